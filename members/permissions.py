"""Who may do what with a member's own things. Seeing is `Member.objects.visible_to`."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from members.models import Consortium, Member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from contacts.models import User
    from members.actors import Actor


def can_edit_member(user: "User | AnonymousUser", member: Member) -> bool:
    """A contact of the member, while a membership is active or to come (A2)."""
    return Member.objects.editable_by(user).filter(pk=member.pk).exists()


def can_edit_legal_name(by: "Actor") -> bool:
    """The operator, on request; contacts ask for it (formats.md section 1)."""
    return by.is_trusted


def can_see_member(by: "Actor", member: Member) -> bool:
    """Whether its name may be told to the actor: siblings are invisible (A2)."""
    if by.is_trusted:
        return True
    return Member.objects.in_reach(by).filter(pk=member.pk).exists()


def led_consortia(user: "User | AnonymousUser", member: Member) -> "QuerySet[Consortium]":
    """The consortia this member leads whose lead desk the person sits on (A3)."""
    return Consortium.objects.visible_to(user).filter(lead=member)


def may_edit(by: "Actor", member: Member) -> bool:
    """`can_edit_member` for whoever acts; a token no further than it reaches."""
    if by.is_trusted:
        return True
    if by.user is None or not by.may_change(member.pk):
        return False
    return can_edit_member(by.user, member)


def require_edit(by: "Actor", member: Member) -> None:
    """Raise `PermissionDenied` unless the actor may change the member. Ask under its lock (H1)."""
    if not may_edit(by, member):
        raise PermissionDenied


def require_trusted(by: "Actor") -> None:
    """Raise `PermissionDenied` for all but the operator, imports and the system: for what is the
    consortium's to decide, not the member's (memberships, the lead, new members)."""
    if not by.is_trusted:
        raise PermissionDenied
