"""Membership periods as the lead's managers decide on them (A4); the operator does so in the admin."""

import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from contacts.letters import site_url
from contacts.models import Contact, Mail
from contacts.permissions import can_manage_desk
from contacts.services.mails import queue_mail
from members.actors import Actor
from members.dates import today
from members.models import Consortium, Event, Member, Membership
from members.services import memberships as core


@transaction.atomic
def end_membership(
    *,
    membership_id: int,
    end: datetime.date,
    reason: str,
    goes_on_directly: bool = False,
    by: Actor,
) -> Membership:
    """End a period in the consortium on its last day, today or later; a planned end can be moved.

    The member's contacts are told, as when it is undone. With `goes_on_directly` the organisation is a direct member from the day after. Raises
    `PermissionDenied` for all but managers of the desk; `ValidationError` by field, or when the
    period is over already.
    """
    membership = _lock(membership_id, by)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the membership ends.")})
    if end < today():
        raise ValidationError({"end": _("The last day is today or later.")})
    before = membership.end, direct_after(membership).exists()
    events = _withdraw_next(membership, by)
    events += core.end_period(membership, end, reason, by)
    if goes_on_directly:
        after = end + datetime.timedelta(days=1)
        events.append(core.open_membership(membership.member, None, after, by)[1])
    if before != (end, goes_on_directly):
        _tell(membership, by, goes_on_directly=goes_on_directly)
    Event.append(*events)
    return membership


@transaction.atomic
def keep_membership(*, membership_id: int, by: Actor) -> Membership:
    """Undo a planned end, up to the last day; a direct membership that was to follow goes too.

    Raises `PermissionDenied` for all but managers of the desk; `ValidationError` when the period
    is over, or when another is to follow.
    """
    membership = _lock(membership_id, by)
    if membership.status == Membership.Status.ENDED:
        raise ValidationError(_("This membership has ended already."), code="ended")
    was_to_end = membership.end is not None
    events = _withdraw_next(membership, by)
    events += core.change_period(membership, membership.start, None, "", by)
    if was_to_end:
        _tell(membership, by)
    Event.append(*events)
    return membership


@transaction.atomic
def start_again(
    *, member_id: int, consortium: Consortium, start: datetime.date, by: Actor
) -> Membership:
    """Begin a new period of a member that was, or until a planned end is, in the consortium.

    Raises `PermissionDenied` for all but managers of the desk, and for members that never belonged
    to it; `ValidationError` when periods would overlap, or when another member has one of its
    identifiers.
    """
    member = Member.objects.lock(member_id)
    was_here = member.memberships.filter(consortium=consortium).exists()
    if not (was_here and can_manage_desk(by, consortium)):
        raise PermissionDenied
    membership, event = core.open_membership(member, consortium, start, by)
    Event.append(event)
    return membership


def _lock(membership_id: int, by: Actor) -> Membership:
    membership = core.lock_membership(membership_id)
    # A direct membership is no consortium's to end.
    if membership.consortium is None or not can_manage_desk(by, membership.consortium):
        raise PermissionDenied
    return membership


def _tell(membership: Membership, by: Actor, *, goes_on_directly: bool = False) -> None:
    """Mail the member's contacts when their membership ends, or that it goes on after all."""
    member, end = membership.member, membership.end
    kept = datetime.timedelta(days=settings.FORMER_MEMBER_DAYS)
    for contact in Contact.objects.current().filter(member=member):
        queue_mail(
            kind=Mail.Kind.MEMBERSHIP_ENDS,
            to=contact.email,
            member=member,
            context={
                "contact": contact,
                "consortium": membership.consortium,
                "end": end,
                "reason": membership.end_reason,
                "goes_on_directly": goes_on_directly,
                "reads_until": end and end + kept,
                "by": by.user,
                "tools_url": site_url(member.get_absolute_url()),
            },
        )


def direct_after(membership: Membership) -> QuerySet[Membership, Any]:
    """The direct membership, if any, that is to begin when this period ends."""
    if membership.end is None:
        return Membership.objects.none()
    after = membership.end + datetime.timedelta(days=1)
    return membership.member.memberships.filter(consortium=None, start=after, end=None)


def _withdraw_next(membership: Membership, by: Actor) -> list[Event]:
    """Take back the direct membership that was to begin when this period ends."""
    events = []
    for period in direct_after(membership):
        period.member = membership.member
        events.append(core.withdraw_period(period, by))
    return events
