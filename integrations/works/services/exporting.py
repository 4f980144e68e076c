"""A list that leaves Member Tools is an event, like every other list."""

from collections.abc import Mapping
from typing import Literal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from integrations.works.permissions import members_with_works_for
from members.actors import Actor
from members.models import Event, Member

# What people type: it may be somebody's name (H4).
_PERSONAL = frozenset({"search"})


@transaction.atomic
def record_export(
    *,
    what: Literal["researchers", "works"],
    member_id: int,
    layout: str,
    filters: Mapping[str, str],
    count: int,
    by: Actor,
) -> None:
    """Write the event before the file is made; `layout` is its format, `filters` those given.

    Raises `PermissionDenied` for whoever may not read that list of the member.
    """
    if by.user is None:
        raise PermissionDenied
    all_seen = Member.objects.visible_to(by.user)
    readable = members_with_works_for(by.user) if what == "works" else all_seen
    if not readable.filter(pk=member_id).exists():
        raise PermissionDenied
    given = {name: value for name, value in filters.items() if value}
    changes = {"list": what, "layout": layout, "rows": count}
    Event.append(
        Event(
            member_id=member_id,
            kind=Event.Kind.EXPORTED,
            changes=changes | {"filter": {k: v for k, v in given.items() if k not in _PERSONAL}},
            personal={k: v for k, v in given.items() if k in _PERSONAL} or None,
            actor=by.user,
            capacity=by.capacity,
        )
    )
