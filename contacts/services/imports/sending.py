"""*Send*: what a lead has brought in goes out, once to each (H6).

Pressing it is a row; a worker mails, member by member, each under its lock, and finds in the rows
themselves who is left. The beat looks for imports whose worker died.
"""

import datetime
import logging
from collections.abc import Callable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.import_progress import waiting_contacts, waiting_invitations
from contacts.models import ContactImport, Invitation
from contacts.permissions import can_manage_desk
from contacts.services.adding import tell_added
from contacts.services.invitations import put_invitation_again, put_withdrawal
from contacts.services.lead_changes import append_events
from members.actors import Actor
from members.models import Event, Member

log = logging.getLogger(__name__)
# Nobody is reminded of a mail that has just come.
REMIND_AFTER = datetime.timedelta(days=3)


@transaction.atomic
def send_import(*, import_id: int, by: Actor) -> int:
    """Let everything that has not gone out go out; how many that is. Pressed again, it is none.

    Raises `PermissionDenied` (A4), `ValidationError` while the file is still being brought in.
    """
    into = _lock(import_id, by)
    number = waiting_invitations(into).count() + waiting_contacts(into).count()
    if number:
        into.sent_at = into.sent_at or timezone.now()
        _press(into, by, number, is_reminder=False)
    return number


@transaction.atomic
def remind_import(*, import_id: int, by: Actor) -> int:
    """Send once more what was sent some days ago and has not been answered; how many that is.

    Raises as `send_import`, and `ValidationError` when nothing has been sent.
    """
    into = _lock(import_id, by)
    if into.sent_at is None and not into.invitations.exclude(sent_at=None).exists():
        raise ValidationError(_("Nothing has been sent yet."), code="unsent")
    number = to_remind(into).count()
    if number:
        into.sent_at = into.sent_at or timezone.now()
        into.remind_before = timezone.now() - REMIND_AFTER
        _press(into, by, number, is_reminder=True)
    return number


def to_remind(into: ContactImport) -> "QuerySet[Invitation, Any]":
    """Whom a reminder would go to now."""
    before = timezone.now() - REMIND_AFTER
    members = Member.objects.current_in(into.consortium).values("pk")
    found = Invitation.objects.open().filter(contact_import=into, member__in=members)
    return found.filter(sent_at__lt=before)


def _lock(import_id: int, by: Actor) -> ContactImport:
    rows = ContactImport.objects.select_for_update(of=("self",)).select_related("consortium")
    into = rows.get(pk=import_id)
    if not can_manage_desk(by, into.consortium):
        raise PermissionDenied
    if into.finished_at is None:
        raise ValidationError(_("The file is still being brought in."), code="unfinished")
    return into


def _press(into: ContactImport, by: Actor, number: int, *, is_reminder: bool) -> None:
    into.sent_by, into.sent_as = by.user, by.capacity
    into.save(update_fields=["sent_at", "sent_by", "sent_as", "remind_before"])
    Event.append(
        Event(
            consortium=into.consortium,
            kind=Event.Kind.IMPORT_SENT,
            changes={"contact_import": into.pk, "mails": number, "reminder": is_reminder},
            actor=by.user,
            capacity=by.capacity,
        )
    )
    _wake(into.pk)


def carry_on(*, import_id: int) -> int:
    """Mail what waits of an import that was sent; how many mails became rows.

    Stops when who pressed send no longer manages the desk (R5): somebody else may press it.
    """
    into = ContactImport.objects.select_related("consortium", "sent_by").get(pk=import_id)
    by = Actor(into.sent_by, Event.Capacity(into.sent_as)) if into.sent_at else None
    if by is None or not can_manage_desk(by, into.consortium):
        return 0
    invited = waiting_invitations(into).values_list("member", flat=True)
    added = waiting_contacts(into).values_list("contact__member", flat=True)
    return sum(_mail_member(pk, into, by) for pk in sorted({*invited, *added}))


@transaction.atomic
def _mail_member(member_id: int, into: ContactImport, by: Actor) -> int:
    member = Member.objects.lock(member_id)
    events = []
    for invitation in waiting_invitations(into).filter(member=member):
        invitation.member = member
        events.append(put_invitation_again(invitation, by))
    told = 0
    for added in waiting_contacts(into).filter(contact__member=member).select_related("contact"):
        added.contact.member = member
        tell_added(added.contact, added.contact.roles, by)
        added.told_at = timezone.now()
        added.save(update_fields=["told_at"])
        told += 1
    append_events(member, by, *events)
    return len(events) + told


def sweep() -> int:
    """Carry on with imports of which something waits though send was pressed; how many."""
    drafts = Q(invitations__sent_at=None) | Q(added__told_at=None)
    drafts &= Q(invitations__closed_at=None)
    sent = ContactImport.objects.filter(sent_at__isnull=False)
    sent = sent.filter(drafts | Q(remind_before__isnull=False)).distinct()
    for import_id in sent.values_list("pk", flat=True):
        _wake(import_id)
    return len(sent)


@transaction.atomic
def send_one(*, invitation_id: int, by: Actor) -> Invitation:
    """Send one invitation of an import, first or again: a new link for a new period.

    Raises `PermissionDenied` (A4), `ValidationError`: answered or withdrawn meanwhile, or the
    membership has ended.
    """
    return _deal_with(invitation_id, by, put_invitation_again)


@transaction.atomic
def withdraw_one(*, invitation_id: int, by: Actor) -> Invitation:
    """Close one invitation of an import. Raises as `send_one`."""
    return _deal_with(invitation_id, by, put_withdrawal)


def _deal_with(
    invitation_id: int, by: Actor, act: Callable[[Invitation, Actor], Event]
) -> Invitation:
    found = Invitation.objects.select_related("contact_import__consortium")
    member = Member.objects.lock(found.values_list("member", flat=True).get(pk=invitation_id))
    invitation = found.get(pk=invitation_id)
    invitation.member = member
    into = invitation.contact_import
    if into is None or not can_manage_desk(by, into.consortium):
        raise PermissionDenied
    if invitation.closed_at:
        raise ValidationError(
            _("This invitation has been answered or withdrawn meanwhile."), code="closed"
        )
    if not Member.objects.current_in(into.consortium).filter(pk=member.pk).exists():
        raise ValidationError(_("This organisation’s membership has ended."), code="ended")
    append_events(member, by, act(invitation, by))
    return invitation


def _wake(import_id: int) -> None:
    from contacts.tasks import send_import as task  # noqa: PLC0415  # the task calls this module

    def send() -> None:
        try:
            task.apply_async(args=(import_id,), retry=False)
        except Exception:  # noqa: BLE001  # whatever the broker raises, the sweep finds the row
            log.warning("No worker could be woken; import %s waits for the sweep.", import_id)

    transaction.on_commit(send, robust=True)
