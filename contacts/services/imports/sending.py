"""*Send*: what a lead has brought in goes out, once to each (H6).

Pressing it is a row; a worker mails, member by member, each under its lock, and finds in the rows
themselves who is left. The beat looks for imports whose worker died.
"""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.import_progress import (
    imports_that_wait,
    open_invitations,
    waiting_contacts,
    waiting_invitations,
)
from contacts.models import ContactImport, Invitation
from contacts.permissions import can_manage_desk
from contacts.services.adding import tell_added
from contacts.services.invitations import put_invitation_again, put_withdrawal
from contacts.services.lead_changes import append_events
from contacts.waking import wake
from members.actors import Actor
from members.models import Event, Member

# Nobody is reminded of a mail that has just come.
REMIND_AFTER = datetime.timedelta(days=3)


@transaction.atomic
def send_import(*, import_id: int, by: Actor) -> int:
    """Let everything that has not gone out go out; how many that is. Pressed again, it is none.

    Raises `PermissionDenied` (A4), `ValidationError` while the file is still being brought in.
    """
    into = _lock(import_id, by)
    into.sent_at = into.sent_at or timezone.now()
    number = waiting_invitations(into).count() + waiting_contacts(into).count()
    if number:
        _press(into, by, number, is_reminder=False)
    return number


@transaction.atomic
def remind_import(*, import_id: int, by: Actor) -> int:
    """Send once more what was sent some days ago and has not been answered; how many that is.

    What was never sent stays unsent. Raises as `send_import`.
    """
    into = _lock(import_id, by)
    number = to_remind(into).count()
    if number:
        into.remind_before = timezone.now() - REMIND_AFTER
        _press(into, by, number, is_reminder=True)
    return number


def to_remind(into: ContactImport) -> QuerySet[Invitation, Any]:
    """Whom a reminder would go to now."""
    return open_invitations(into).filter(sent_at__lt=timezone.now() - REMIND_AFTER)


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
    wake("contacts.tasks.send_import", into.pk)


def carry_on(*, import_id: int) -> int:
    """Mail what waits of an import that was sent; how many mails became rows.

    Stops when who pressed send no longer manages the desk (R5): somebody else may press it.
    """
    into = ContactImport.objects.select_related("consortium", "sent_by").get(pk=import_id)
    if not into.sent_as:
        return 0
    by = Actor(into.sent_by, Event.Capacity(into.sent_as))
    if not can_manage_desk(by, into.consortium):
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
        events.append(_put_again(invitation, by))
    told = 0
    for added in waiting_contacts(into).filter(contact__member=member).select_related("contact"):
        added.contact.member = member
        tell_added(added.contact, added.contact.roles, by)
        added.told_at = timezone.now()
        added.save(update_fields=["told_at"])
        told += 1
    append_events(member, by, *events)
    return len(events) + told


def _put_again(invitation: Invitation, by: Actor) -> Event:
    event = put_invitation_again(invitation, by)
    event.changes["contact_import"] = invitation.contact_import_id
    return event


def sweep() -> int:
    """Carry on with imports of which something waits though send was pressed; how many."""
    waiting = list(imports_that_wait().values_list("pk", flat=True))
    for import_id in waiting:
        wake("contacts.tasks.send_import", import_id)
    return len(waiting)


@transaction.atomic
def send_one(*, invitation_id: int, again: bool, by: Actor) -> Invitation:
    """Send one invitation of an import: for the first time, or `again` with a new link and period.

    Raises `PermissionDenied` (A4), `ValidationError`: answered, withdrawn or (unless `again`) sent
    meanwhile, or the membership has ended.
    """
    invitation = _lock_one(invitation_id, by)
    if invitation.sent_at and not again:
        raise ValidationError(_("This invitation has been sent meanwhile."), code="sent")
    append_events(invitation.member, by, _put_again(invitation, by))
    return invitation


@transaction.atomic
def withdraw_one(*, invitation_id: int, by: Actor) -> Invitation:
    """Close one invitation of an import. Raises as `send_one`."""
    invitation = _lock_one(invitation_id, by)
    append_events(invitation.member, by, put_withdrawal(invitation, by))
    return invitation


def _lock_one(invitation_id: int, by: Actor) -> Invitation:
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
    return invitation
