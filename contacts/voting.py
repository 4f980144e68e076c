"""R4: who votes for a member. The holder of the role, else the Main stands in.

The rule is said here once, for contacts that are in hand (`effective_voter`) and for keys of many
members (`voter_keys`). `contacts/facts.py` alone says it again, as columns of a query.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from contacts.models import Contact, Role, RoleAssignment

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from members.models import Member

# Whoever holds the first of these that is held.
VOTES_BY = (Role.VOTING, Role.MAIN)
Holder = TypeVar("Holder")


@dataclass(frozen=True)
class Voter:
    """The effective voting contact; `stands_in` when it is the Main who votes without the role."""

    contact: Contact
    stands_in: bool


def voter_among(holders: Mapping[str, Contact]) -> Voter | None:
    """Out of one member's contacts by the role they hold."""
    contact = _first(holders)
    return Voter(contact, stands_in=Role.VOTING not in holders) if contact else None


def effective_voter(contacts: Iterable[Contact]) -> Voter | None:
    """Out of a member's current contacts, with their `role_assignments` prefetched."""
    return voter_among({role: contact for contact in contacts for role in contact.roles})


def voter_keys(members: "QuerySet[Member, Any] | Iterable[int]") -> set[int]:
    """The keys of the contacts who vote for these members: one for each at most, in one query."""
    held = RoleAssignment.objects.filter(member__in=members, role__in=VOTES_BY).order_by()
    by_member: dict[int, dict[str, int]] = {}
    for member, role, contact in held.values_list("member", "role", "contact"):
        by_member.setdefault(member, {})[role] = contact
    return {key for holders in by_member.values() if (key := _first(holders)) is not None}


def _first(holders: Mapping[str, Holder]) -> Holder | None:
    return next((holders[role] for role in VOTES_BY if role in holders), None)
