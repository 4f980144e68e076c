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
    return by.user is not None and Member.objects.visible_to(by.user).filter(pk=member.pk).exists()


def led_consortia(user: "User | AnonymousUser", member: Member) -> "QuerySet[Consortium]":
    """The consortia this member leads whose lead desk the person sits on (A3)."""
    return Consortium.objects.visible_to(user).filter(lead=member)


def require_edit(by: "Actor", member: Member) -> None:
    """Raise `PermissionDenied` unless the actor may change the member. Ask under its lock (H1)."""
    if by.is_trusted or (by.user is not None and can_edit_member(by.user, member)):
        return
    raise PermissionDenied


def require_trusted(by: "Actor") -> None:
    """Raise `PermissionDenied` for all but the operator, imports and the system: for what is the
    consortium's to decide, not the member's (memberships, the lead, new members)."""
    if not by.is_trusted:
        raise PermissionDenied
