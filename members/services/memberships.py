"""Membership periods, and who leads a consortium: the consortium's to decide, not the member's."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from members.actors import Actor
from members.models import Consortium, Event, Member, Membership
from members.permissions import require_trusted
from members.services._shared import member_event, save_next_version
from members.services.identifiers import check_unique_in_consortia


@transaction.atomic
def start_membership(
    *, member_id: int, consortium: Consortium | None, start: datetime.date | None, by: Actor
) -> Membership:
    """Begin a period in the consortium, or as direct member (None); an unknown start is None.

    Raises `PermissionDenied` for all but trusted actors, and `ValidationError` when periods would
    overlap or another member of the consortium has one of its identifiers.
    """
    member = Member.objects.lock(member_id)
    require_trusted(by)
    membership, event = open_membership(member, consortium, start, by)
    Event.append(event)
    return membership


def open_membership(
    member: Member, consortium: Consortium | None, start: datetime.date | None, by: Actor
) -> tuple[Membership, Event]:
    """Like `start_membership`, for a member whose row is locked; the event is not yet written."""
    membership = Membership(member=member, consortium=consortium, start=start)
    check_no_overlap(membership)
    _check_identifiers(membership, by)
    membership.save()
    save_next_version(member)
    return membership, _event(Event.Kind.MEMBERSHIP_STARTED, membership, member, by)


@transaction.atomic
def end_membership(*, membership_id: int, end: datetime.date, reason: str, by: Actor) -> Membership:
    """End a period on its last day, which may lie ahead; a planned end can be moved.

    Raises `PermissionDenied` for all but trusted actors, and `ValidationError` when the period is
    over already, or would end before its start.
    """
    membership = _lock_membership(membership_id, by)
    Event.append(*end_period(membership, end, reason, by))
    return membership


@transaction.atomic
def correct_membership(
    *,
    membership_id: int,
    start: datetime.date | None,
    end: datetime.date | None,
    reason: str,
    by: Actor,
) -> Membership:
    """Put a period's dates right, also of one that is over: the operator's.

    Raises `PermissionDenied` for all but trusted actors, and `ValidationError` when periods would
    overlap or the end lies before the start.
    """
    membership = _lock_membership(membership_id, by)
    Event.append(*change_period(membership, start, end, reason, by))
    return membership


def _lock_membership(membership_id: int, by: Actor) -> Membership:
    membership = lock_membership(membership_id)
    require_trusted(by)
    return membership


def lock_membership(membership_id: int) -> Membership:
    """A period, its member's row locked first (H1); who may change it is the caller's to judge."""
    member_id = Membership.objects.values_list("member", flat=True).get(pk=membership_id)
    member = Member.objects.lock(member_id)
    membership = Membership.objects.select_related("consortium").get(pk=membership_id)
    membership.member = member
    return membership


def end_period(membership: Membership, end: datetime.date, reason: str, by: Actor) -> list[Event]:
    """Like `end_membership`, for a period whose member is locked; events are not yet written."""
    if membership.status == Membership.Status.ENDED:
        raise ValidationError(_("This membership has ended already."), code="ended")
    return change_period(membership, membership.start, end, reason, by)


def change_period(
    membership: Membership,
    start: datetime.date | None,
    end: datetime.date | None,
    reason: str,
    by: Actor,
) -> list[Event]:
    """Like `correct_membership`, for a period whose member is locked; events are not yet written."""
    new = (start, end, reason.strip())
    if new == (membership.start, membership.end, membership.end_reason):
        return []
    membership.start, membership.end, membership.end_reason = new
    if start and end and end < start:
        raise ValidationError({"end": _("The end must not lie before the start.")})
    membership.clean_fields(exclude=["member", "consortium"])
    check_no_overlap(membership)
    if membership.status != Membership.Status.ENDED:
        _check_identifiers(membership, by)
    membership.save()
    save_next_version(membership.member)
    return [_event(Event.Kind.MEMBERSHIP_CHANGED, membership, membership.member, by)]


def withdraw_period(membership: Membership, by: Actor) -> Event:
    """Take back a period that has not begun; its member is locked, the event is not yet written.

    Raises `ValidationError` when it has begun: then it can only be ended.
    """
    if membership.status != Membership.Status.PENDING:
        raise ValidationError(_("This membership has begun already."), code="begun")
    event = _event(Event.Kind.MEMBERSHIP_CHANGED, membership, membership.member, by)
    event.changes["withdrawn"] = True
    membership.delete()
    save_next_version(membership.member)
    event.changes["member_version"] = membership.member.version
    return event


def _check_identifiers(membership: Membership, by: Actor) -> None:
    values = list(membership.member.identifiers.values_list("scheme", "value"))
    check_unique_in_consortia(membership.member, values, [membership.consortium_id], by)


@transaction.atomic
def name_consortium_lead(*, consortium_id: int, member_id: int, by: Actor) -> Consortium:
    """Make a current member of the consortium its lead.

    Raises `PermissionDenied` for all but trusted actors, `ValidationError` for other members.
    """
    member = Member.objects.lock(member_id)
    consortium = Consortium.objects.select_for_update(of=("self",)).get(pk=consortium_id)
    require_trusted(by)
    if not Member.objects.current_in(consortium).filter(pk=member.pk).exists():
        raise ValidationError(
            _("Only a current member of the consortium can lead it."), code="not_a_member"
        )
    old = consortium.lead
    if old == member:
        return consortium
    consortium.lead = member
    consortium.save(update_fields=["lead"])
    save_next_version(member)
    changes = {"fields": {"lead": [old.slug if old else "", member.slug]}}
    event = member_event(Event.Kind.CONSORTIUM_CHANGED, member, by, **changes)
    event.consortium = consortium
    Event.append(event)
    return consortium


def check_no_overlap(membership: Membership) -> None:
    """Raise `ValidationError` when another period of the member shares a day with this one.

    An unknown start counts as long ago. Ask under the member's lock.
    """
    for other in membership.member.memberships.exclude(pk=membership.pk):
        if _first(other) <= _last(membership) and _first(membership) <= _last(other):
            raise ValidationError(
                _("The member has a membership in that time already: %(period)s."),
                code="overlap",
                params={"period": f"{other.start or '?'} – {other.end or '…'}"},
            )


def _first(membership: Membership) -> datetime.date:
    return membership.start or datetime.date.min


def _last(membership: Membership) -> datetime.date:
    return membership.end or datetime.date.max


def _event(kind: Event.Kind, membership: Membership, member: Member, by: Actor) -> Event:
    consortium = membership.consortium
    event = member_event(
        kind,
        member,
        by,
        membership=membership.pk,
        consortium=consortium.name if consortium else None,
        start=membership.start.isoformat() if membership.start else None,
        end=membership.end.isoformat() if membership.end else None,
        reason=membership.end_reason,
    )
    event.consortium = consortium
    return event
