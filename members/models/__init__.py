"""Consortia, members, membership periods, identifiers, and the append-only history, by topic."""

from members.models.events import Event
from members.models.identifiers import EmailDomain, Identifier
from members.models.memberships import Membership
from members.models.organisations import Consortium, FormerSlug, Member

__all__ = [
    "Consortium",
    "EmailDomain",
    "Event",
    "FormerSlug",
    "Identifier",
    "Member",
    "Membership",
]
