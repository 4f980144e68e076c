"""*Yes, this is right*: a member's contact confirms contacts and information."""

import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from contacts.models import Confirmation
from contacts.permissions import standing_of
from members.actors import Actor
from members.errors import StaleVersion
from members.models import Consortium, Event, Member

if TYPE_CHECKING:
    from django.db.models import QuerySet

# A second press so soon is the same answer.
SAME_PRESS = datetime.timedelta(minutes=1)
# What the page shows that is asked about; anything else may happen meanwhile.
_Kind = Event.Kind
SHOWN_KINDS = frozenset(
    {
        _Kind.INFORMATION_CHANGED, _Kind.MEMBER_RENAMED, _Kind.MEMBERS_MERGED,
        _Kind.IDENTIFIER_ADDED, _Kind.IDENTIFIER_REMOVED, _Kind.IDENTIFIER_PREFERRED,
        _Kind.CONTACT_ADDED, _Kind.CONTACT_CHANGED, _Kind.CONTACT_ADDRESS_PROVED,
        _Kind.CONTACT_REMOVED, _Kind.CONTACT_LEFT, _Kind.CONTACT_DISOWNED,
        _Kind.ROLES_CHANGED, _Kind.MAIN_HANDED_OVER, _Kind.ORCID_MOVED,
    }
)  # fmt: skip


def last_seen(member: Member) -> int:
    """Up to which event a page read now shows the member; ask before reading the rest."""
    return Event.objects.filter(member=member).values_list("pk", flat=True).first() or 0


@transaction.atomic
def confirm_member(*, member_id: int, seen: int, by: Actor) -> Member:
    """Record that contacts and information are right, and answer the open round if there is one.

    `seen` is `last_seen` of the page that was confirmed. Pressing twice, late, or when no round
    asks does no harm. Raises `PermissionDenied` for all but the member's own contacts while it is a
    member, `StaleVersion` when somebody else has changed what the page showed (H2).
    """
    member = Member.objects.lock(member_id)
    who = standing_of(by, member)
    if who.contact is None or not who.can_edit:
        raise PermissionDenied
    if newer := _changes_since(member, seen, by):
        raise StaleVersion(version=newer[-1].pk, events=newer)
    now, asked = timezone.now(), open_confirmations(member)
    if not asked.exists() and _is_same_press(member, by, now):
        return member
    member.confirmed_at, member.confirmed_by = now, by.user
    member.save(update_fields=["confirmed_at", "confirmed_by"])
    asked.update(confirmed_at=now, confirmed_by=by.user, due_at=None)
    Event.append(
        Event(
            member=member,
            kind=Event.Kind.CONFIRMED,
            changes={},
            actor=by.user,
            capacity=by.capacity,
        )
    )
    return member


def _changes_since(member: Member, seen: int, by: Actor) -> list[Event]:
    newer = Event.objects.filter(member=member, pk__gt=seen, kind__in=SHOWN_KINDS)
    # One's own changes one knows.
    others = newer.exclude(actor=by.user, actor__isnull=False)
    return list(others.select_related("actor").order_by("pk"))


def _is_same_press(member: Member, by: Actor, now: datetime.datetime) -> bool:
    at = member.confirmed_at
    return (
        at is not None
        and at > now - SAME_PRESS
        and member.confirmed_by_id == (by.user.pk if by.user else None)
    )


def open_confirmations(member: Member) -> "QuerySet[Confirmation]":
    """What open rounds of the consortia it belongs to wait for; a former lead learns no more."""
    periods = member.memberships.current().exclude(consortium=None)
    consortia = Consortium.objects.filter(pk__in=periods.values("consortium"))
    return Confirmation.objects.filter(
        member=member, confirmed_at=None, round__closed_at=None, round__consortium__in=consortia
    )
