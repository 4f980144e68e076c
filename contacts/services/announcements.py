"""Announcements of the lead: written, tried on oneself, sent, scheduled, stopped (A4, R5).

What becomes of them once they are being sent is in `deliveries`.
"""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.announcement_letters import letter_to
from contacts.audience import audience_of
from contacts.letters import new_message_id
from contacts.models import Announcement, Contact, Mail
from contacts.permissions import can_manage_desk
from contacts.services.deliveries import withdraw_waiting
from contacts.services.mails import send_again
from contacts.waking import wake
from members.actors import Actor
from members.errors import StaleVersion
from members.models import Consortium, Event

State = Announcement.State
# What can be written at; and what can be sent.
OPEN_STATES = frozenset({State.DRAFT, State.PAUSED})
# Their old and new values go into the history; of the text only that it changed.
_TOLD = ("kind", "subject", "audience")


@transaction.atomic
def write_announcement(*, consortium_id: int, by: Actor, **fields: Any) -> Announcement:
    """A new draft: `kind`, `subject`, `body`, and `audience` as `audience.kept` gives it.

    Raises `PermissionDenied` for all but managers of the desk, `ValidationError` with the fields
    that are wrong.
    """
    consortium = Consortium.objects.get(pk=consortium_id)
    if by.user is None or not can_manage_desk(by, consortium):
        raise PermissionDenied
    announcement = Announcement(consortium=consortium, created_by=by.user, **fields)
    _check(announcement)
    announcement.save()
    _record(Event.Kind.ANNOUNCEMENT_WRITTEN, announcement, by, fields=_values(announcement))
    return announcement


@transaction.atomic
def edit_announcement(
    *, announcement_id: int, version: int, by: Actor, **fields: Any
) -> Announcement:
    """Change a draft, or one that was paused.

    Raises `PermissionDenied`, `StaleVersion` when somebody was faster (H2), `ValidationError` when
    it is being sent, or with the fields that are wrong.
    """
    announcement = _lock(announcement_id, by, version)
    _require(announcement, OPEN_STATES, _("It cannot be changed any more."))
    before = _values(announcement) | {"body": announcement.body}
    for name, value in fields.items():
        setattr(announcement, name, value)
    _check(announcement)
    changed = [name for name in before if before[name] != getattr(announcement, name)]
    if changed:
        announcement.version += 1
        announcement.save()
        told = {n: [before[n], getattr(announcement, n)] for n in changed if n in _TOLD}
        names = {"field_names": ["body"]} if "body" in changed else {}
        _record(Event.Kind.ANNOUNCEMENT_WRITTEN, announcement, by, fields=told, **names)
    return announcement


@transaction.atomic
def discard_announcement(*, announcement_id: int, version: int, by: Actor) -> None:
    """Throw a draft away. Raises as `edit_announcement` does."""
    announcement = _lock(announcement_id, by, version)
    _require(announcement, OPEN_STATES, _("It cannot be thrown away any more."))
    _record(Event.Kind.ANNOUNCEMENT_STOPPED, announcement, by, state=[announcement.state, None])
    announcement.delete()


@transaction.atomic
def send_test(*, announcement_id: int, by: Actor) -> Mail:
    """Mail it to oneself, as it stands, with links of one's own.

    Raises `PermissionDenied`, `ValidationError` when one's contact at the lead has no address.
    """
    announcement = _lock(announcement_id, by)
    consortium = announcement.consortium
    own = Contact.objects.of(by.user) if by.user else Contact.objects.none()
    contact = own.filter(member=consortium.lead_id).select_related("member").first()
    if contact is None or not contact.email:
        raise ValidationError(_("There is no e-mail address in your own details."), code="address")
    letter = letter_to(contact, announcement, consortium)
    mail = Mail.objects.create(
        kind=Mail.Kind.ANNOUNCEMENT,
        to=contact.email,
        reply_to=consortium.reply_to_email,
        subject=(_("[Test] %(subject)s") % {"subject": announcement.subject})[:255],
        text=letter.text,
        html=letter.html,
        headers=letter.headers,
        member=contact.member,
        contact=contact,
        message_id=new_message_id(),
    )
    wake("contacts.tasks.deliver_mail", mail.pk)
    return mail


@transaction.atomic
def send_announcement(
    *, announcement_id: int, version: int, by: Actor, send_at: datetime.datetime | None = None
) -> Announcement:
    """Start sending, or schedule it for `send_at` when that lies ahead; who gets it is settled then.

    Raises `PermissionDenied`, `StaleVersion`, `ValidationError` when it is under way already, when
    nobody would get it, or when its filters no longer make sense.
    """
    announcement = _lock(announcement_id, by, version)
    _require(announcement, OPEN_STATES, _("It is on its way already."))
    if by.user is None:
        raise PermissionDenied
    announcement.sent_by = by.user
    number = audience_of(announcement).receivers().count()
    if not number:
        raise ValidationError(_("Nobody would get it. Choose a wider audience."), code="nobody")
    if send_at and send_at > timezone.now():
        _move(announcement, State.SCHEDULED, send_at=send_at)
        kind = Event.Kind.ANNOUNCEMENT_SCHEDULED
        _record(kind, announcement, by, send_at=send_at.isoformat(), receivers=number)
    else:
        _start(announcement, by, number)
    return announcement


def _start(announcement: Announcement, by: Actor, number: int) -> None:
    _move(announcement, State.SENDING, started_at=timezone.now())
    _record(Event.Kind.ANNOUNCEMENT_SENT, announcement, by, receivers=number)
    wake("contacts.tasks.deliver_announcement", announcement.pk)


@transaction.atomic
def stop_announcement(*, announcement_id: int, by: Actor) -> Announcement:
    """What has not left yet stays here; a mail in flight goes. A scheduled one is a draft again.

    Raises `PermissionDenied`, `ValidationError` when there is nothing to stop.
    """
    announcement = _lock(announcement_id, by)
    _require(
        announcement, {State.SENDING, State.SCHEDULED}, _("There is nothing to stop any more.")
    )
    before = announcement.state
    if before == State.SCHEDULED:
        _move(announcement, State.DRAFT, send_at=None)
        held_back = None
    else:
        _move(announcement, State.STOPPED, finished_at=timezone.now())
        held_back = withdraw_waiting(announcement)
    kind = Event.Kind.ANNOUNCEMENT_STOPPED
    changes = {"state": [before, announcement.state], "held_back": held_back}
    _record(kind, announcement, by, **changes)
    return announcement


@transaction.atomic
def send_delivery_again(*, mail_id: int, by: Actor) -> None:
    """Once more to somebody whose mail failed, or of which it is not known whether it went out.

    Raises `PermissionDenied`, `ValidationError` when it was sent or queued meanwhile, or when the
    announcement was stopped.
    """
    mail = Mail.objects.get(pk=mail_id)
    if mail.announcement_id is None:
        raise PermissionDenied
    announcement = _lock(mail.announcement_id, by)
    _require(announcement, {State.SENDING, State.SENT}, _("The announcement was stopped."))
    if not send_again(mail_id=mail_id):
        raise ValidationError(_("It has been sent or queued meanwhile."), code="state")


def start_due() -> int:
    """Start what was scheduled, for whoever still may (R5); the rest is paused. How many started."""
    due = Announcement.objects.filter(state=State.SCHEDULED, send_at__lte=timezone.now())
    return sum(_start_scheduled(key) for key in due.values_list("pk", flat=True))


@transaction.atomic
def _start_scheduled(announcement_id: int) -> bool:
    announcement = _locked(announcement_id)
    if announcement.state != State.SCHEDULED or announcement.sent_by is None:
        return False
    by = Actor.lead(announcement.sent_by)
    try:
        if not can_manage_desk(by, announcement.consortium):
            raise PermissionDenied
        _start(announcement, by, audience_of(announcement).receivers().count())
    except (PermissionDenied, ValidationError):
        Event.append(_pause(announcement, Actor.system()))
        return False
    return True


def pause_announcements_of(contact: Contact, by: Actor) -> list[Event]:
    """R5: what somebody has scheduled who is leaving the desk waits for another manager.

    Called under the member's lock; returns the events for the caller to append last.
    """
    scheduled = Announcement.objects.select_for_update(of=("self",)).filter(
        state=State.SCHEDULED, sent_by__orcid=contact.orcid, consortium__lead=contact.member_id
    )
    return [_pause(announcement, by) for announcement in scheduled.order_by("pk")]


def _pause(announcement: Announcement, by: Actor) -> Event:
    _move(announcement, State.PAUSED, send_at=None)
    return _event(Event.Kind.ANNOUNCEMENT_PAUSED, announcement, by)


# --- Shared by all of them -------------------------------------------------------------------------


def _locked(announcement_id: int) -> Announcement:
    rows = Announcement.objects.select_for_update(of=("self",))
    return rows.select_related("consortium", "sent_by").get(pk=announcement_id)


def _lock(announcement_id: int, by: Actor, version: int | None = None) -> Announcement:
    """The row under its lock, once the actor is known to be a manager and to have read it last."""
    announcement = _locked(announcement_id)
    if not can_manage_desk(by, announcement.consortium):
        raise PermissionDenied
    if version is not None and version != announcement.version:
        raise StaleVersion(version=announcement.version, events=_since(announcement, version))
    return announcement


def _since(announcement: Announcement, version: int) -> list[Event]:
    events = Event.objects.filter(
        consortium=announcement.consortium, changes__announcement=announcement.pk
    )
    since = events.since_version("announcement_version", version)
    return list(since.select_related("actor"))


def _require(announcement: Announcement, states: frozenset[str] | set[str], otherwise: str) -> None:
    if announcement.state not in states:
        raise ValidationError(otherwise, code="state")


def _check(announcement: Announcement) -> None:
    announcement.subject = " ".join(announcement.subject.split())
    announcement.full_clean(exclude=["sent_by", "consortium", "created_by"])
    audience_of(announcement)


def _move(announcement: Announcement, state: Announcement.State, **fields: Any) -> None:
    announcement.state = state
    announcement.version += 1
    for name, value in fields.items():
        setattr(announcement, name, value)
    announcement.save()


def _values(announcement: Announcement) -> dict[str, Any]:
    return {name: getattr(announcement, name) for name in _TOLD}


def _event(kind: Event.Kind, announcement: Announcement, by: Actor, **changes: Any) -> Event:
    known = {
        "announcement": announcement.pk,
        "announcement_version": announcement.version,
        "subject": announcement.subject,
    }
    return Event(
        consortium=announcement.consortium,
        kind=kind,
        changes={**known, **changes},
        actor=by.user,
        capacity=by.capacity,
    )


def _record(kind: Event.Kind, announcement: Announcement, by: Actor, **changes: Any) -> None:
    Event.append(_event(kind, announcement, by, **changes))
