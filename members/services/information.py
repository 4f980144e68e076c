"""A member's own information and its logo."""

from typing import Any, TypedDict, Unpack

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.validators import ProhibitNullCharactersValidator
from django.db import transaction
from django.utils import timezone

from members.actors import Actor
from members.models import Event, Member
from members.permissions import can_edit_legal_name
from members.services._shared import field_errors, lock_for_edit, member_event, save_next_version
from members.text import one_line
from members.websites import complete_website


class Information(TypedDict, total=False):
    """The fields that can be given; one left out stays as it is."""

    legal_name: str
    display_name: str
    website: str
    public_email: str
    description: str
    community: str
    country: str
    street: str
    city: str
    region: str
    postal_code: str
    trademark_permission: str


# What names or reaches a person goes where erasure can empty it (H4).
PERSONAL_FIELDS = frozenset({"public_email"})
_no_null_characters = ProhibitNullCharactersValidator()


@transaction.atomic
def edit_information(
    *, member_id: int, version: int | None, by: Actor, **fields: Unpack[Information]
) -> Member:
    """Change the given fields; values are tidied and checked here, as every caller needs it.

    Raises `StaleVersion` (H2), `PermissionDenied`, and `ValidationError` by field. Nothing
    different: nothing is written, no event.
    """
    member = lock_for_edit(member_id=member_id, by=by, version=version)
    Event.append(*change_information(member, by, **fields))
    return member


def change_information(member: Member, by: Actor, **fields: Unpack[Information]) -> list[Event]:
    """Like `edit_information`, for a member whose row is locked; hands back the events unwritten.

    For services that change several things: events come last of all (H3).
    """
    if "legal_name" in fields and not can_edit_legal_name(by):
        raise PermissionDenied
    changed = assign_information(member, fields)
    if not changed:
        return []
    if "trademark_permission" in changed:
        _note_answer(member, by)
    save_next_version(member)
    return [fields_event(Event.Kind.INFORMATION_CHANGED, member, by, changed)]


def assign_information(member: Member, fields: Information) -> dict[str, list[str]]:
    """Set the fields on the instance, tidied and checked: `{name: [old, new]}` of what differs.

    Writes nothing. Raises `ValidationError` by field.
    """
    changed: dict[str, list[str]] = {}
    for name, value in fields.items():
        old = str(getattr(member, name))
        new = _tidy(name, str(value))
        if old != new:
            setattr(member, name, new)
            changed[name] = [old, new]
    member.clean_fields(exclude={f.name for f in Member._meta.get_fields()} - set(fields))
    return changed


def _tidy(name: str, value: str) -> str:
    value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    try:
        _no_null_characters(value)
        value = value if name == "description" else one_line(value)
        return complete_website(value) if name == "website" else value
    except ValidationError as error:
        raise field_errors(error, name) from error


def _note_answer(member: Member, by: Actor) -> None:
    answered = member.trademark_permission != Member.Trademark.UNANSWERED
    member.trademark_answered_by = by.user if answered else None
    member.trademark_answered_at = timezone.now() if answered else None


def fields_event(
    kind: Event.Kind, member: Member, by: Actor, changed: dict[str, list[str]]
) -> Event:
    """Names of all fields stay in `changes`; values of personal ones stand in `personal` alone."""
    fields: dict[str, Any] = {
        name: None if name in PERSONAL_FIELDS else values for name, values in changed.items()
    }
    personal = {name: changed[name] for name in changed if name in PERSONAL_FIELDS}
    return member_event(kind, member, by, fields=fields, personal=personal or None)


def set_logo(
    *, member_id: int, version: int | None, logo: ContentFile[bytes] | None, by: Actor
) -> Member:
    """Set or replace the logo by one that `logos.read_logo` has made, or remove it (None).

    The old file goes when the change is committed, the new one if it is not: neither a broken
    picture nor an orphan remains. Raises `StaleVersion`, `PermissionDenied`.
    """
    storage = Member._meta.get_field("logo").storage
    name = storage.save(f"logos/{logo.name}", logo) if logo else ""
    try:
        return _write_logo(member_id, version, name, by)
    except BaseException:
        if name:
            storage.delete(name)
        raise


@transaction.atomic
def _write_logo(member_id: int, version: int | None, name: str, by: Actor) -> Member:
    member = lock_for_edit(member_id=member_id, by=by, version=version)
    old = member.logo.name or ""
    if old == name:
        return member
    member.logo.name = name
    save_next_version(member)
    if old:
        storage = member.logo.storage
        transaction.on_commit(lambda: storage.delete(old), robust=True)
    changed = {"logo": [old, name]}
    Event.append(fields_event(Event.Kind.INFORMATION_CHANGED, member, by, changed))
    return member
