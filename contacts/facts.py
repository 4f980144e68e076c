"""What lists say of a contact besides its own row, as columns of the one query that reads them."""

from typing import Any

from django.db.models import (
    Case,
    Exists,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)

from contacts.models import Contact, Role, RoleAssignment, User

# The roles of a contact as one number. A string of them, in ORCID's order, would take an aggregate
# that SQLite and PostgreSQL do not share.
BITS = {role: 1 << place for place, role in enumerate(Role)}
_VOTING, _MAIN = BITS[Role.VOTING], BITS[Role.MAIN]


def with_facts(contacts: QuerySet[Contact, Any]) -> QuerySet[Contact, Any]:
    """Annotate `role_bits`; `is_voted_for`: whether the member has a Voting contact, be it another;
    `is_proved`: whether the iD was proved here."""
    voting = RoleAssignment.objects.filter(role=Role.VOTING, member=OuterRef("member"))
    return contacts.annotate(
        role_bits=_role_bits(),
        is_voted_for=Exists(voting),
        is_proved=Exists(User.objects.filter(orcid=OuterRef("orcid"))),
    )


def _role_bits() -> Subquery:
    bit = Case(
        *(When(role=role, then=Value(value)) for role, value in BITS.items()),
        default=Value(0),
        output_field=IntegerField(),
    )
    held = RoleAssignment.objects.filter(contact=OuterRef("pk")).order_by()
    total = held.values("contact").annotate(bits=Sum(bit)).values("bits")
    return Subquery(total, output_field=IntegerField())


def votes(bits: int | None, is_voted_for: bool) -> bool:  # noqa: FBT001  # two columns
    """R4, as `contacts.voting` has it, out of what `with_facts` annotates."""
    held = bits or 0
    return bool(held & _VOTING or (held & _MAIN and not is_voted_for))
