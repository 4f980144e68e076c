"""Who may do what with a member's contacts: rules R2, R3, C6, A2 as questions.

Views ask to decide what to show; services ask again under the member's lock, where it counts (H1).
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contacts.models import PROTECTED_ROLES, Contact, DeskSeat, Role
from members.permissions import can_edit_member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from contacts.models import User
    from members.actors import Actor
    from members.models import Consortium, Member


@dataclass(frozen=True)
class Standing:
    """What one actor is at one member, read once: their contact and roles, and their powers."""

    contact: Contact | None = None
    roles: frozenset[Role] = field(default_factory=frozenset)
    can_edit: bool = False
    is_trusted: bool = False

    @property
    def can_manage_protected_roles(self) -> bool:
        """R2: only the Main or the Signatory."""
        return self.is_trusted or (self.can_edit and bool(self.roles & {Role.MAIN, Role.SIGNATORY}))

    def is_self(self, contact: Contact) -> bool:
        return self.contact is not None and self.contact.pk == contact.pk

    def can_set_roles(self, before: Collection[str], after: Collection[str]) -> bool:
        """R2, on the old and the new state: whoever changes a protected role must be allowed to."""
        touched = (set(before) ^ set(after)) & PROTECTED_ROLES
        return self.can_edit and (not touched or self.can_manage_protected_roles)

    def can_edit_details(self, contact: Contact) -> bool:
        """C6: people with a protected role are edited by themselves, the Main or the Signatory."""
        if not self.can_edit:
            return False
        return (
            self.is_self(contact)
            or not PROTECTED_ROLES & set(contact.roles)
            or self.can_manage_protected_roles
        )

    def can_remove(self, contact: Contact) -> bool:
        """R2 on removal. Oneself one always may (C9); R3's last contact is the service's to judge."""
        return self.is_self(contact) or self.can_set_roles(contact.roles, [])


def standing(user: "User | AnonymousUser", member: "Member") -> Standing:
    """A signed-in person at a member; powerless for whoever is not its contact."""
    own = Contact.objects.of(user).filter(member=member).prefetch_related("role_assignments")
    contact = own.first()
    if contact is None:
        return Standing()
    return Standing(contact, frozenset(contact.roles), can_edit_member(user, member))


def standing_of(by: "Actor", member: "Member") -> Standing:
    """The same for whoever calls a service: operator, import and system are not bound."""
    if by.is_trusted:
        return Standing(can_edit=True, is_trusted=True)
    return standing(by.user, member) if by.user else Standing()


def desk_level(user: "User | AnonymousUser", consortium: "Consortium") -> DeskSeat.Level | None:
    """How a person sits on the lead desk: the lead's Main always as manager; None when not at all."""
    if not type(consortium).objects.visible_to(user).filter(pk=consortium.pk).exists():
        return None
    own = Contact.objects.of(user).filter(member=consortium.lead_id)
    if own.with_role(Role.MAIN).exists():
        return DeskSeat.Level.MANAGER
    seat = DeskSeat.objects.filter(consortium=consortium, contact__in=own).first()
    return DeskSeat.Level(seat.level) if seat else None


def can_manage_desk(by: "Actor", consortium: "Consortium") -> bool:
    """A4: managers act for the lead; the operator may too."""
    if by.is_trusted:
        return True
    return by.user is not None and desk_level(by.user, consortium) == DeskSeat.Level.MANAGER
