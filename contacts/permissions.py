"""Who may do what with a member's contacts: rules R2, R3, C6, A2 as questions.

Views ask to decide what to show; services ask again under the member's lock, where it counts (H1).
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Subquery, Value, When

from contacts.models import PROTECTED_ROLES, Contact, DeskSeat, Role
from members.models import Consortium, Event
from members.permissions import can_edit_member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from contacts.models import User
    from members.actors import Actor, Reach
    from members.models import Member


@dataclass(frozen=True)
class Standing:
    """What one actor is at one member, read once: their contact and roles, and their powers."""

    contact: Contact | None = None
    roles: frozenset[Role] = field(default_factory=frozenset)
    can_edit: bool = False
    is_trusted: bool = False
    # A manager of the lead desk at a member that has switched on *lead may manage contacts* (A3).
    is_lead: bool = False

    @property
    def can_manage_protected_roles(self) -> bool:
        """R2: only the Main or the Signatory."""
        return self.is_trusted or (self.can_edit and bool(self.roles & {Role.MAIN, Role.SIGNATORY}))

    def is_self(self, contact: Contact) -> bool:
        return self.contact is not None and self.contact.pk == contact.pk

    def can_set_roles(self, before: Collection[str], after: Collection[str]) -> bool:
        """R2, on the old and the new state: whoever changes a protected role must be allowed to.

        The lead leaves people who hold one alone, even where that role stays (A3).
        """
        if self.is_lead and (set(before) | set(after)) & PROTECTED_ROLES:
            return False
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
    """A signed-in person at a member; powerless for whoever is neither its contact nor, where the
    member has switched that on, manager of its lead desk (A3). Being a contact counts first."""
    own = Contact.objects.of(user).filter(member=member).prefetch_related("role_assignments")
    contact = own.first()
    if contact is None:
        is_lead = _manages_for_lead(user, member)
        return Standing(can_edit=is_lead, is_lead=is_lead)
    return Standing(contact, frozenset(contact.roles), can_edit_member(user, member))


def standing_of(by: "Actor", member: "Member") -> Standing:
    """The same for whoever calls a service: operator, import and system are not bound."""
    if by.is_trusted:
        return Standing(can_edit=True, is_trusted=True)
    who = standing(by.user, member) if by.user else Standing()
    if by.reach is not None and not _token_serves(by.reach, who, member):
        return Standing()
    # What is done for the lead is done in its name, never as if by a contact.
    return Standing() if who.is_lead and by.capacity == Event.Capacity.CONTACT else who


def _token_serves(reach: "Reach", who: Standing, member: "Member") -> bool:
    """Whether a token may change contacts there: a member's its own, the desk's where the lead may."""
    if not reach.can_write:
        return False
    if who.is_lead:
        return reach.consortium_id is not None and reach.consortium_id == _consortium_of(member)
    return reach.member_id == member.pk


def can_answer_for(by: "Actor", member: "Member") -> bool:
    """Whether the actor is in charge of the member: its Main, or the operator (A3)."""
    who = standing_of(by, member)
    return by.is_operator or (who.can_edit and Role.MAIN in who.roles)


def _manages_for_lead(user: "User | AnonymousUser", member: "Member") -> bool:
    """A3, second half: the switch is on, and the person manages the consortium that the member
    belongs to or, if to none yet, will belong to first."""
    if not member.lead_may_manage_contacts:
        return False
    managed = desks_of(user).filter(desk_level=DeskSeat.Level.MANAGER)
    return managed.filter(pk=_consortium_of(member)).exists()


def _consortium_of(member: "Member") -> int | None:
    periods = member.memberships.current().order_by(F("start").asc(nulls_first=True))
    return periods.values_list("consortium", flat=True).first()


def desks_of(user: "User | AnonymousUser") -> "QuerySet[Any, Any]":
    """The consortia on whose lead desk a person sits, each with its `desk_level`.

    The lead's Main is always manager; everybody else has the level of their seat.
    """
    consortia = Consortium.objects.visible_to(user)
    own = Contact.objects.of(user).filter(member=OuterRef("lead"))
    seat = DeskSeat.objects.filter(
        consortium=OuterRef("pk"),
        contact__in=Contact.objects.of(user).values("pk"),
        contact__member=OuterRef("lead"),
    )
    manager = Value(str(DeskSeat.Level.MANAGER))
    return consortia.annotate(
        desk_level=Case(
            When(Exists(own.with_role(Role.MAIN)), then=manager),
            default=Subquery(seat.values("level")[:1]),
        )
    )


def can_manage_desk(by: "Actor", consortium: "Consortium") -> bool:
    """A4: managers act for the lead; the operator may too."""
    if by.is_trusted:
        return True
    if by.user is None or by.capacity != Event.Capacity.LEAD:
        return False
    return desks_of(by.user).filter(pk=consortium.pk, desk_level="manager").exists()


def can_name_first_contact(by: "Actor", member: "Member", consortium: "Consortium") -> bool:
    """R2's exception: managers name the Main of a current member that nobody has acted for yet.

    Whoever was added and then said *this is not me* never acted for it.
    """
    contacts = Contact.objects.filter(member=member)
    if contacts.current().exists() or contacts.signed_in().exists():
        return False
    is_current = member.memberships.current().filter(consortium=consortium).exists()
    return is_current and can_manage_desk(by, consortium)
