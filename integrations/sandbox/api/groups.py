"""Items that are versions of one thing, found by their shared identifiers (orcid-api.md, 2.5)."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Q

from integrations.sandbox.models import Activity, ActivityIdentifier, Person

Json = dict[str, Any]
Key = tuple[str, str]


class Row(NamedTuple):
    """What a list needs of an item. No model: 10,000 of them must be quick."""

    put_code: int
    source_client_id: int | None
    visibility: str
    display_index: int
    created_ms: int
    modified_ms: int
    summary: Json


def group_rows(person: Person, kind: Activity.Kind, seen: Q | None = None) -> list[list[Row]]:
    """The items of this kind that match `seen` in groups, the preferred one of each first."""
    return groups_by_kind(person, [kind], seen)[kind]


def groups_by_kind(
    person: Person, kinds: Iterable[Activity.Kind], seen: Q | None = None
) -> dict[Activity.Kind, list[list[Row]]]:
    """The same for several kinds, with as many queries as for one."""
    rows: dict[Activity.Kind, dict[int, Row]] = {kind: {} for kind in kinds}
    items = Activity.objects.filter(seen or Q(), person=person, kind__in=rows)
    for kind, *fields in items.values_list("kind", *Row._fields):
        row = Row(*fields)
        rows[Activity.Kind(kind)][row.put_code] = row
    if not any(rows.values()):
        return {kind: [] for kind in rows}
    identifiers = ActivityIdentifier.objects.filter(
        activity__person=person, activity__kind__in=[kind for kind, some in rows.items() if some]
    )
    keys = [
        (put_code, (type_, value))
        for put_code, type_, value in identifiers.values_list("activity_id", "type", "value")
    ]
    return {
        kind: [
            sorted((some[put_code] for put_code in group), key=preference)
            for group in grouped(some, keys)
        ]
        for kind, some in rows.items()
    }


def preference(row: Row) -> tuple[int, int, int]:
    return -row.display_index, row.created_ms, row.put_code


def grouped(put_codes: Iterable[int], keys: Iterable[tuple[int, Key]]) -> list[list[int]]:
    """The put-codes in groups: two that share a key belong together, also by way of others.

    `keys` of other items than these count for nothing. An item without a key is on its own.
    """
    parent = {put_code: put_code for put_code in put_codes}

    def root(item: int) -> int:
        while parent[item] != item:
            # Halves the way for whoever comes next.
            parent[item] = item = parent[parent[item]]
        return item

    first_with: dict[Key, int] = {}
    for put_code, key in keys:
        if put_code in parent:
            other = first_with.setdefault(key, put_code)
            parent[root(put_code)] = root(other)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for put_code in parent:
        groups[root(put_code)].append(put_code)
    return list(groups.values())
