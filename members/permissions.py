"""Who may do what with a member's own things. Seeing is `Member.objects.visible_to`."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from members.models import Member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from contacts.models import User
    from members.actors import Actor


def can_edit_member(user: "User | AnonymousUser", member: Member) -> bool:
    """A contact of the member, while a membership is active or to come (A2)."""
    return Member.objects.editable_by(user).filter(pk=member.pk).exists()


def require_edit(by: "Actor", member: Member) -> None:
    """Raise `PermissionDenied` unless the actor may change the member. Ask under its lock (H1)."""
    if by.is_trusted or (by.user is not None and can_edit_member(by.user, member)):
        return
    raise PermissionDenied
