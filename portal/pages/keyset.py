"""Long lists in the order of `sort_key`, page by page: the last is as fast as the first."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from members.paging import COUNTED_TO, capped_count, read_key, total_in_words

PAGE_SIZE = 50
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Stretch(Generic[Row]):
    """Part of a list; `before` and `after` are the cursors of its neighbours, None at an end."""

    items: list[Row]
    before: int | None
    after: int | None
    total_text: str


def stretch(
    rows: QuerySet[Row, Any],
    everything: QuerySet[Row, Any],
    asked: QueryDict,
    *,
    among: QuerySet[Row, Any] | None = None,
) -> Stretch[Row]:
    """The rows after, or before, the one whose key stands in the address (`?after=`, `?before=`).

    `everything` is where that row is looked up: it may have left `rows` meanwhile, but a key of
    anything else leads to the start, and so tells nothing. Three queries at most: its place, the
    rows, and the capped count.

    Where filters may leave but a few, `among` is the same list without them: the few are found
    first and counted by their keys, instead of being looked for all along the order.
    """
    total_text = ""
    if among is not None:
        keys = list(rows.order_by().values_list("pk", flat=True)[: COUNTED_TO + 1])
        is_few = len(keys) <= COUNTED_TO
        rows = among.filter(pk__in=keys) if is_few else rows
        total_text = total_in_words(len(keys) if is_few else None)
    place = _place(everything, asked.get("after"))
    backwards = None if place else _place(everything, asked.get("before"))
    if backwards:
        found = list(
            rows.filter(_beyond("lt", *backwards)).order_by("-sort_key", "-pk")[: PAGE_SIZE + 1]
        )
        more_before, more_after = len(found) > PAGE_SIZE, True
        items = found[:PAGE_SIZE][::-1]
    else:
        beyond = rows.filter(_beyond("gt", *place)) if place else rows
        found = list(beyond.order_by("sort_key", "pk")[: PAGE_SIZE + 1])
        more_before, more_after = place is not None, len(found) > PAGE_SIZE
        items = found[:PAGE_SIZE]
    is_whole = not place and not backwards and not more_after
    return Stretch(
        items,
        before=items[0].pk if items and more_before else None,
        after=items[-1].pk if items and more_after else None,
        total_text=total_text or (total_in_words(len(items)) if is_whole else counted(rows)),
    )


def counted(rows: QuerySet[Any, Any]) -> str:
    """How many there are, in words, without counting beyond a thousand."""
    return total_in_words(capped_count(rows))


def _place(everything: QuerySet[Row, Any], given: str | None) -> tuple[str, int] | None:
    key = read_key(given)
    return everything.filter(pk=key).values_list("sort_key", "pk").first() if key else None


def _beyond(way: str, sort_key: str, pk: int) -> Q:
    """`(sort_key, pk)` beyond the place; the first condition is what an index is entered by."""
    return Q(**{f"sort_key__{way}e": sort_key}) & (
        Q(**{f"sort_key__{way}": sort_key}) | Q(**{f"pk__{way}": pk})
    )
