"""What the services of this room share: the lock, the version, the member's event."""

from typing import Any

from django.core.exceptions import ValidationError

from members.actors import Actor
from members.errors import StaleVersion
from members.models import Event, Member
from members.permissions import require_edit


def lock_for_edit(*, member_id: int, by: Actor, version: int | None = None) -> Member:
    """Lock the member's row, then judge permission and version under that lock (H1, H2).

    Raises `PermissionDenied`, or `StaleVersion` with the events since the version that was read.
    """
    member = Member.objects.lock(member_id)
    require_edit(by, member)
    check_version(member, version)
    return member


def check_version(member: Member, version: int | None) -> None:
    """Raise `StaleVersion` with the events since (H2). None: the caller has read no version."""
    if version is not None and version != member.version:
        since = Event.objects.since_member_version(member, version).select_related("actor")
        raise StaleVersion(version=member.version, events=list(since))


def save_next_version(member: Member) -> None:
    """Save the locked member's row with its next version."""
    member.version += 1
    member.save()


def member_event(
    kind: Event.Kind,
    member: Member,
    by: Actor,
    *,
    personal: dict[str, Any] | None = None,
    **changes: Any,
) -> Event:
    """An event about the member's own things, at the version it has now."""
    return Event(
        member=member,
        kind=kind,
        changes={**changes, "member_version": member.version},
        personal=personal,
        actor=by.user,
        capacity=by.capacity,
    )


def field_errors(error: ValidationError, field: str) -> ValidationError:
    """The same error, to stand beside that field."""
    return ValidationError({field: error.error_list})
