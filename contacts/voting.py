"""R4: who votes for a member. The holder of the role, else the Main stands in.

The rule is said here: for contacts that are in hand (`effective_voter`), for keys of many members
(`voter_keys`), as a condition (`is_voter`). Only `contacts/facts.py` says it again, as columns of a query.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Q

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


def is_voter() -> Q:
    """The condition that a contact votes, for lists that reach across any number of members."""
    voting = RoleAssignment.objects.filter(role=Role.VOTING).order_by()
    mains = RoleAssignment.objects.filter(role=Role.MAIN).order_by()
    stand_ins = mains.exclude(member__in=voting.values("member"))
    return Q(pk__in=voting.values("contact")) | Q(pk__in=stand_ins.values("contact"))


def _first(holders: Mapping[str, Holder]) -> Holder | None:
    return next((holders[role] for role in VOTES_BY if role in holders), None)
