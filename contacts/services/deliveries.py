"""How an announcement goes out: each delivery a row, then a few mails for each wake-up (H6).

A wake-up writes the rows if that has not been done, delivers some of what is due, and calls the
next: other mails get their turn in between. A chain that breaks is taken up by the sweep.
"""

import datetime
import logging
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from contacts.audience import audience_of
from contacts.letters import new_message_id
from contacts.models import Announcement, Contact, Mail
from contacts.services.mails import Line, deliver
from contacts.waking import wake

log = logging.getLogger(__name__)
State = Announcement.State

ROWS_AT_ONCE = 1000
MAILS_AT_ONCE = 50
# A chain that has done nothing for so long has broken.
SILENCE = datetime.timedelta(seconds=60)


def carry_on(*, announcement_id: int, most: int = MAILS_AT_ONCE) -> int:
    """Deliver up to `most` mails, and wake a worker for the rest. Returns how many were tried.

    May run several times at once: each mail is claimed by one of them.
    """
    if not _write_rows(announcement_id):
        return 0
    due = Mail.objects.due().filter(announcement=announcement_id).order_by("pk")
    keys = list(due.values_list("pk", flat=True)[:most])
    with Line() as line:
        tried = sum(deliver(mail_id=key, line=line) is not None for key in keys)
    if due.exists():
        wake("contacts.tasks.deliver_announcement", announcement_id)
    else:
        finish(announcement_id)
    return tried


def _write_rows(announcement_id: int) -> bool:
    """A row for each who gets it, a thousand at a time; True once there are all.

    Begun again, it leaves alone whoever has one. False when the announcement was stopped.
    """
    announcement = Announcement.objects.select_related("consortium").get(pk=announcement_id)
    if announcement.state == State.SENDING and announcement.queued_at is None:
        rows = Mail.objects.filter(announcement=announcement)
        served = Contact.objects.filter(pk__in=rows.order_by().values("contact")).values("orcid")
        receivers = _receivers(announcement).exclude(orcid__in=served.order_by())
        keys = iter(list(receivers.order_by("pk").values_list("pk", flat=True)))
        while some := list(islice(keys, ROWS_AT_ONCE)):
            if not _write_some(announcement, some):
                return False
        still = Announcement.objects.filter(pk=announcement_id, state=State.SENDING)
        still.update(queued_at=timezone.now())
    return True


def _receivers(announcement: Announcement) -> QuerySet[Contact, Any]:
    try:
        return audience_of(announcement).receivers()
    except ValidationError:
        log.warning("The audience of announcement %s fits nobody any more.", announcement.pk)
        return Contact.objects.none()


@transaction.atomic
def _write_some(announcement: Announcement, keys: list[int]) -> bool:
    """Under the announcement's lock, so that none is added after *stop*."""
    locked = Announcement.objects.select_for_update().get(pk=announcement.pk)
    if locked.state != State.SENDING:
        return False
    Mail.objects.bulk_create(
        [_row(announcement, contact) for contact in Contact.objects.filter(pk__in=keys)],
        ignore_conflicts=True,  # another worker may write them, too
    )
    return True


def _row(announcement: Announcement, contact: Contact) -> Mail:
    return Mail(
        kind=Mail.Kind.ANNOUNCEMENT,
        to=contact.email,
        reply_to=announcement.consortium.reply_to_email,
        subject=announcement.subject,
        member_id=contact.member_id,
        announcement=announcement,
        contact=contact,
        message_id=new_message_id(),
    )


def finish(announcement_id: int) -> bool:
    """Mark it as sent once nothing waits or is in flight any more."""
    rows = Mail.objects.filter(announcement=announcement_id, state__in=Mail.UNDER_WAY)
    done = Announcement.objects.filter(
        pk=announcement_id, state=State.SENDING, queued_at__isnull=False
    )
    if rows.exists():
        return False
    return bool(done.update(state=State.SENT, finished_at=timezone.now()))


def withdraw_waiting(announcement: Announcement) -> int:
    """What has not left yet, and is not leaving this moment. Returns how many."""
    waiting = Mail.objects.filter(announcement=announcement, state=Mail.State.QUEUED)
    return waiting.update(state=Mail.State.WITHDRAWN)


def sweep() -> int:
    """Take up what has come to a halt: rows not all written, mails due and nobody at them; and
    finish what is done. Returns how many announcements got a worker."""
    for key in Announcement.objects.filter(state=State.SENDING).values_list("pk", flat=True):
        finish(key)
    unwritten = Announcement.objects.filter(state=State.SENDING, queued_at=None)
    due = Mail.objects.due().exclude(announcement=None).order_by()
    waiting = {
        *unwritten.values_list("pk", flat=True),
        *due.values_list("announcement", flat=True).distinct(),
    }
    halted = [key for key in sorted(waiting) if key and not _is_moving(key)]
    for key in halted:
        wake("contacts.tasks.deliver_announcement", key)
    return len(halted)


def _is_moving(announcement_id: int) -> bool:
    lately = timezone.now() - SILENCE
    rows = Mail.objects.filter(announcement=announcement_id)
    if rows.filter(claimed_at__gt=lately).exists():
        return True
    # The rows are being written.
    return rows.filter(created_at__gt=lately, claimed_at=None).exists()
