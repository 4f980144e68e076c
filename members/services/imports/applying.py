"""What the plan says, and nothing else."""

from collections.abc import Iterator
from typing import cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from members.actors import Actor
from members.models import Consortium, Event, Member
from members.permissions import require_trusted
from members.services.identifiers import put_identifier
from members.services.imports.plan import Plan, PlannedRow, Problem, in_words
from members.services.information import Information, change_information
from members.services.memberships import open_membership
from members.services.register import put_member


@transaction.atomic
def apply_import(plan: Plan, by: Actor) -> None:
    """Do what the plan says, all or nothing.

    Raises `PermissionDenied` for all but trusted actors; `ValidationError` when the plan has
    errors, or when a member has changed since it was made.
    """
    require_trusted(by)
    if plan.errors:
        raise ValidationError(_("Nothing was imported: the file has errors."))
    members = _lock(plan)
    events: list[Event] = []
    for row in plan.changes:
        try:
            events += _apply(row, plan.consortium, members, by)
        except ValidationError as error:
            raise ValidationError([str(Problem(row.number, m)) for m in in_words(error)]) from error
    Event.append(*events)


def _lock(plan: Plan) -> dict[int, Member]:
    """All members of the plan, then the consortium: services that lock one member, then the
    consortium, cannot come between. Events follow when everything is written (H3)."""
    versions = {row.member_id: row.version for row in plan.changes if row.member_id}
    rows = Member.objects.select_for_update(of=("self",)).filter(pk__in=versions).order_by("pk")
    members = {member.pk: member for member in rows}
    Consortium.objects.select_for_update(of=("self",)).get(pk=plan.consortium.pk)
    changed = [str(member) for member in members.values() if member.version != versions[member.pk]]
    if changed:
        words = _("Changed meanwhile: %(names)s. Check the file again.")
        raise ValidationError(words % {"names": ", ".join(changed)})
    return members


def _apply(
    row: PlannedRow, consortium: Consortium, members: dict[int, Member], by: Actor
) -> Iterator[Event]:
    information = cast("Information", {name: new for name, (_old, new) in row.fields.items()})
    if row.member_id is None:
        _member, events = put_member(information, consortium, row.start, row.identifiers, by)
        yield from events
        return
    member = members[row.member_id]
    yield from change_information(member, by, **information)
    if row.joins:
        yield open_membership(member, consortium, row.start, by)[1]
    for scheme, value in row.identifiers:
        yield put_identifier(member, scheme, value, by)[1]
