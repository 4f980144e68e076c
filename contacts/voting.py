"""R4: who votes for a member. The holder of the role, else the Main stands in."""

from collections.abc import Iterable
from dataclasses import dataclass

from contacts.models import Contact, Role


@dataclass(frozen=True)
class Voter:
    """The effective voting contact; `stands_in` when it is the Main who votes without the role."""

    contact: Contact
    stands_in: bool


def effective_voter(contacts: Iterable[Contact]) -> Voter | None:
    """Out of a member's current contacts, with their `role_assignments` prefetched."""
    by_role = {role: contact for contact in contacts for role in contact.roles}
    for role in (Role.VOTING, Role.MAIN):
        if role in by_role:
            return Voter(by_role[role], stands_in=role == Role.MAIN)
    return None
