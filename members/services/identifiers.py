"""A member's identifiers: added, preferred, removed."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from members import identifiers
from members.actors import Actor
from members.models import Consortium, Event, Identifier, Member, Membership
from members.permissions import can_see_member
from members.services._shared import field_errors, lock_for_edit, member_event, save_next_version


@transaction.atomic
def add_identifier(*, member_id: int, scheme: str, value: str, by: Actor) -> Identifier:
    """Add an identifier; the first of its scheme becomes the preferred one.

    Raises `ValidationError` for `value` when its form or check digits are wrong, when it is there
    already, or when another current member of the consortium has it.
    """
    member = lock_for_edit(member_id=member_id, by=by)
    identifier, event = put_identifier(member, scheme, value, by)
    Event.append(event)
    return identifier


def put_identifier(member: Member, scheme: str, value: str, by: Actor) -> tuple[Identifier, Event]:
    """Like `add_identifier`, for a member whose row is locked; the event is not yet written."""
    try:
        value = identifiers.normalise(scheme, value)
        _check_new(member, scheme, value, by)
    except ValidationError as error:
        raise field_errors(error, "value") from error
    first = not member.identifiers.filter(scheme=scheme).exists()
    identifier = Identifier.objects.create(
        member=member, scheme=scheme, value=value, preferred=first
    )
    save_next_version(member)
    return identifier, _event(Event.Kind.IDENTIFIER_ADDED, identifier, member, by)


@transaction.atomic
def prefer_identifier(*, member_id: int, identifier_id: int, by: Actor) -> Identifier:
    """Make it the preferred one of its scheme. Raises `ValidationError` when it is gone."""
    member = lock_for_edit(member_id=member_id, by=by)
    identifier = _current(member, identifier_id)
    if identifier.preferred:
        return identifier
    member.identifiers.filter(scheme=identifier.scheme, preferred=True).update(preferred=False)
    _prefer(identifier)
    save_next_version(member)
    Event.append(_event(Event.Kind.IDENTIFIER_PREFERRED, identifier, member, by))
    return identifier


@transaction.atomic
def remove_identifier(*, member_id: int, identifier_id: int, by: Actor) -> None:
    """Remove it; if it was preferred, the one added first takes its place.

    Raises `ValidationError` when it is gone already.
    """
    member = lock_for_edit(member_id=member_id, by=by)
    identifier = _current(member, identifier_id)
    identifier.delete()
    next_one = member.identifiers.filter(scheme=identifier.scheme).order_by("pk").first()
    if identifier.preferred and next_one is not None:
        _prefer(next_one)
    save_next_version(member)
    Event.append(_event(Event.Kind.IDENTIFIER_REMOVED, identifier, member, by))


def check_unique_in_consortia(
    member: Member, values: Iterable[tuple[str, str]], consortia: Iterable[int | None], by: Actor
) -> None:
    """Raise `ValidationError` when another current member of these consortia has one of them.

    Takes the consortium rows, in their order: two members adding the same value take turns. The
    member's row must be locked before. Direct members share no consortium.
    """
    ids = sorted(pk for pk in consortia if pk is not None)
    list(Consortium.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    others = Membership.objects.current().filter(consortium__in=ids).exclude(member=member)
    for scheme, value in values:
        taken = Identifier.objects.filter(
            scheme=scheme, value=value, member__in=others.values("member")
        ).select_related("member")
        for identifier in taken:
            raise _taken(identifier, by)


def current_consortia(member: Member) -> list[int | None]:
    """The consortia of its active and coming memberships."""
    periods: list[int | None] = list(
        Membership.objects.current().filter(member=member).values_list("consortium", flat=True)
    )
    return periods


def _check_new(member: Member, scheme: str, value: str, by: Actor) -> None:
    if member.identifiers.filter(scheme=scheme, value=value).exists():
        raise ValidationError(_("This identifier is already listed here."), code="already_here")
    check_unique_in_consortia(member, [(scheme, value)], current_consortia(member), by)


def _taken(identifier: Identifier, by: Actor) -> ValidationError:
    if not can_see_member(by, identifier.member):
        return ValidationError(
            _("Another member of the consortium has this identifier."), code="taken"
        )
    return ValidationError(
        _("%(member)s, a member of the same consortium, has this identifier: %(value)s."),
        code="taken",
        params={"member": identifier.member, "value": identifier},
    )


def _current(member: Member, identifier_id: int) -> Identifier:
    identifier = member.identifiers.filter(pk=identifier_id).first()
    if identifier is None:
        raise ValidationError(_("This identifier has been removed meanwhile."), code="gone")
    return identifier


def _prefer(identifier: Identifier) -> None:
    identifier.preferred = True
    identifier.save(update_fields=["preferred"])


def _event(kind: Event.Kind, identifier: Identifier, member: Member, by: Actor) -> Event:
    return member_event(kind, member, by, scheme=identifier.scheme, value=identifier.value)
