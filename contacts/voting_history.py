"""R4 as of a date: who voted for a member on a day, out of the history of roles."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from contacts.models import Contact, Role, RoleAssignment
from contacts.voting import VOTES_BY
from members.dates import end_of
from members.models import Event


@dataclass(frozen=True)
class PastVoter:
    """The effective voting contact of a day; `contact` is None once the person was erased."""

    contact_id: int
    contact: Contact | None
    stands_in: bool


@dataclass(frozen=True)
class _Change:
    at: datetime.datetime
    before: list[str]
    after: list[str]


def voters_now(members: Collection[int]) -> dict[int, PastVoter]:
    """By the member's key; members for whom nobody votes are not in it."""
    held = RoleAssignment.objects.filter(member__in=members, role__in=VOTES_BY)
    holders: dict[int, dict[str, Contact]] = defaultdict(dict)
    for assignment in held.select_related("contact"):
        holders[assignment.member_id][assignment.role] = assignment.contact
    return {
        member: PastVoter(contact.pk, contact, Role.VOTING not in by_role)
        for member, by_role in holders.items()
        for contact in [next(by_role[role] for role in VOTES_BY if role in by_role)]
    }


def voters_on(members: Collection[int], day: datetime.date) -> dict[int, PastVoter]:
    """The same as it was at the end of that day, in the portal's time zone. Three queries.

    A contact's roles then are those after the last event up to then; where only later events are
    known, those before the first of them; where there is none, those held now.
    """
    moment = end_of(day)
    changes = _changes(members)
    now: dict[int, set[str]] = defaultdict(set)
    of: dict[int, int] = {contact: member for member, contact in changes}
    for member, contact, role in RoleAssignment.objects.filter(
        member__in=members, role__in=VOTES_BY
    ).values_list("member", "contact", "role"):
        now[contact].add(role)
        of[contact] = member
    rows = Contact.objects.in_bulk(of)
    holders: dict[int, dict[str, int]] = defaultdict(dict)
    for contact, member in of.items():
        known = changes.get((member, contact), [])
        for role in _roles_at(moment, known, rows.get(contact), now[contact]):
            holders[member][role] = contact
    return {
        member: PastVoter(key, rows.get(key), Role.VOTING not in by_role)
        for member, by_role in holders.items()
        for key in [next((by_role[role] for role in VOTES_BY if role in by_role), None)]
        if key is not None
    }


def _roles_at(
    moment: datetime.datetime, changes: list[_Change], contact: Contact | None, now: set[str]
) -> Collection[str]:
    if contact and contact.removed_at and contact.removed_at < moment:
        return []
    if earlier := [change for change in changes if change.at < moment]:
        return earlier[-1].after
    if contact and contact.created_at >= moment:
        return []
    return changes[0].before if changes else now


def _changes(members: Collection[int]) -> dict[tuple[int, int], list[_Change]]:
    """The changes of roles of each member's contacts, oldest first."""
    found: dict[tuple[int, int], list[_Change]] = defaultdict(list)
    events = Event.objects.filter(member__in=members, changes__has_keys=["contact", "roles"])
    # Those of invitations tell of roles offered.
    events = events.exclude(kind__startswith="invitation_").order_by("pk")
    for member, at, changes in events.values_list("member", "created_at", "changes"):
        for contact, change in _read(at, changes):
            found[member, contact].append(change)
    return found


def _read(at: datetime.datetime, changes: dict[str, Any]) -> Iterator[tuple[int, _Change]]:
    before, after = changes["roles"]
    yield changes["contact"], _Change(at, before, after)
    if other := changes.get("united_with"):  # C8: what the other held is in `after`
        yield other, _Change(at, [], [])
