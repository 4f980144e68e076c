"""Erasure: what names a person is emptied in the history, and readers of the feed are told (H4)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from members.actors import Actor
from members.models import Event, Member
from members.permissions import require_trusted
from members.querysets import EventQuerySet

EVENTS_IN_ONE = 1000


@transaction.atomic
def erase_personal(
    *,
    events: EventQuerySet,
    by: Actor,
    also: Mapping[int, Mapping[str, Sequence[Any]]] | None = None,
) -> int:
    """Empty `personal` of these events; per member, one event names them in `changes.events`.

    `also` tells, by the member's key, what else was erased there (`contacts`, `invitations`: keys),
    for those who keep a copy. Call it last in a transaction (H3), before other events: it locks the
    members. Returns how many events were emptied. Raises `PermissionDenied` for all but the
    operator and the system.
    """
    require_trusted(by)
    about = also or {}
    keys: dict[tuple[int | None, int | None], list[int]] = defaultdict(list)
    for member in about:
        keys[member, None] = []  # told also where no event of its own was left
    named = events.filter(personal__isnull=False).order_by("pk")
    for pk, of_member, of_consortium in named.values_list("pk", "member", "consortium"):
        keys[of_member, None if of_member else of_consortium].append(pk)
    members = Member.objects.filter(pk__in=[member for member, _consortium in keys])
    list(members.order_by("pk").select_for_update(of=("self",)))
    emptied = [pk for several in keys.values() for pk in several]
    Event.objects.filter(pk__in=emptied).empty_personal()
    Event.append(
        *(
            Event(
                member_id=member,
                consortium_id=consortium,
                kind=Event.Kind.ERASED,
                changes={"events": some, **about.get(member or 0, {})},
                actor=by.user,
                capacity=by.capacity,
            )
            for (member, consortium), all_of_it in keys.items()
            for some in _stretches(all_of_it)
        )
    )
    return len(emptied)


def _stretches(keys: list[int]) -> list[list[int]]:
    starts = range(0, max(len(keys), 1), EVENTS_IN_ONE)
    return [keys[start : start + EVENTS_IN_ONE] for start in starts]
