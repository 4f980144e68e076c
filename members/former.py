"""A former member as it was on its last day: its desk is told nothing later (A3)."""

import datetime
from collections.abc import Mapping

from members.dates import end_of
from members.models import Event, Member


def names_then(ends: Mapping[int, datetime.date]) -> dict[int, str]:
    """The display names that members (by key) had on the last day given for each; two queries."""
    names = dict(Member.objects.filter(pk__in=ends).order_by().values_list("pk", "display_name"))
    if not ends:
        return names
    later = Event.objects.filter(
        member__in=ends,
        changes__fields__has_key="display_name",
        created_at__gte=end_of(min(ends.values())),
    )
    seen: set[int | None] = set()
    # The first change after the day says what the name was until then.
    for event in later.order_by("pk"):
        if event.member_id in seen or event.created_at < end_of(_end(ends, event)):
            continue
        seen.add(event.member_id)
        old = event.changes["fields"]["display_name"][0]
        if old and event.member_id:
            names[event.member_id] = old
    return names


def _end(ends: Mapping[int, datetime.date], event: Event) -> datetime.date:
    return ends[event.member_id or 0]
