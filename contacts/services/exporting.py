"""Each list that leaves Member Tools as a file is an event: who, what, which filter, how many."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from contacts.permissions import desks_of
from members.actors import Actor
from members.models import Consortium, Event, Member

# What people type: it may be somebody's name (H4).
_PERSONAL = frozenset({"search", "who"})


@transaction.atomic
def record_export(
    *,
    consortium: Consortium,
    what: str,
    layout: str,
    filters: Mapping[str, Any],
    count: int,
    by: Actor,
) -> None:
    """Write the event before the file is made. `filters` are those given, by their names in the
    address; `layout` is `csv`, `xlsx`, or the name of one of several.

    Raises `PermissionDenied` for whoever does not sit on the desk.
    """
    if by.user is None or not desks_of(by.user).filter(pk=consortium.pk).exists():
        raise PermissionDenied
    given = {name: _plain(value) for name, value in filters.items() if value}
    personal = {name: value for name, value in given.items() if name in _PERSONAL}
    changes = {"list": what, "layout": layout, "rows": count}
    Event.append(
        Event(
            consortium=consortium,
            kind=Event.Kind.EXPORTED,
            changes=changes | {"filter": {k: v for k, v in given.items() if k not in _PERSONAL}},
            personal=personal or None,
            actor=by.user,
            capacity=by.capacity,
        )
    )


@transaction.atomic
def record_member_export(*, member_id: int, layout: str, count: int, by: Actor) -> None:
    """The same for one member's contacts, in that member's history; `layout` as above.

    Raises `PermissionDenied` for whoever may not read the member.
    """
    if by.user is None or not Member.objects.visible_to(by.user).filter(pk=member_id).exists():
        raise PermissionDenied
    Event.append(
        Event(
            member_id=member_id,
            kind=Event.Kind.EXPORTED,
            changes={"list": "contacts", "layout": layout, "rows": count},
            actor=by.user,
            capacity=by.capacity,
        )
    )


def _plain(value: Any) -> Any:
    return value if isinstance(value, list) else str(value)
