"""R1: who holds the protected roles of a member, one person each at most."""

from contacts.models import PROTECTED_ROLES, Contact, RoleAssignment
from members.models import Member


def protected_holders(member: Member) -> dict[str, Contact]:
    """The holder of each protected role that is held."""
    held = RoleAssignment.objects.filter(member=member, role__in=PROTECTED_ROLES)
    return {assignment.role: assignment.contact for assignment in held.select_related("contact")}
