"""Long lists in the order of one column, page by page: the last is as fast as the first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from members.paging import COUNTED_TO, Counted, capped_count, read_key, total_in_words

PAGE_SIZE = 50
Row = TypeVar("Row", bound=Model)
# Where a row stands: what it is ordered by, and its key.
Place = tuple[str, int]


@dataclass(frozen=True)
class Order:
    """By a column of text, then by key, both up or both down."""

    column: str = "sort_key"
    is_down: bool = False

    def columns(self, *, backwards: bool = False) -> list[str]:
        sign = "-" if self.is_down != backwards else ""
        return [f"{sign}{self.column}", f"{sign}pk"]

    def beyond(self, place: Place, *, backwards: bool = False) -> Q:
        """What comes after the place; the first condition is what an index is entered by."""
        way = "lt" if self.is_down != backwards else "gt"
        value, pk = place
        return Q(**{f"{self.column}__{way}e": value}) & (
            Q(**{f"{self.column}__{way}": value}) | Q(**{f"pk__{way}": pk})
        )


@dataclass(frozen=True)
class Stretch(Counted, Generic[Row]):
    """Part of a list; `before` and `after` are the cursors of its neighbours, None at an end."""

    items: list[Row]
    before: int | None
    after: int | None
    total: int | None


def stretch(
    rows: QuerySet[Row, Any],
    everything: QuerySet[Row, Any],
    asked: QueryDict,
    *,
    order: Order = Order(),  # it never changes
    shown: Callable[[QuerySet[Row, Any]], QuerySet[Row, Any]] = lambda rows: rows,
    is_narrowed: bool = False,
) -> Stretch[Row]:
    """The rows after, or before, the one whose key stands in the address (`?after=`, `?before=`).

    `everything` is where that row is looked up: it may have left `rows` meanwhile, but a key of
    anything else leads to the start, and so tells nothing. `shown` adds what a page shows of its
    rows. Three queries at most: the place, the rows, and the capped count.

    Where filters have narrowed the list, it may be to a few: these are found by their keys, instead
    of being looked for all along the order.
    """
    place = _place(everything, order, asked.get("after"))
    before = None if place else _place(everything, order, asked.get("before"))
    is_beyond_counting = False
    if is_narrowed:
        keys = list(rows.order_by().values_list(order.column, "pk")[: COUNTED_TO + 1])
        if len(keys) <= COUNTED_TO:
            keys.sort(reverse=order.is_down)
            every = shown(rows.model._default_manager.all())
            return _of_few(every, keys, order, place, before)
        is_beyond_counting = True
    if before:
        beyond = rows.filter(order.beyond(before, backwards=True))
        found = list(shown(beyond).order_by(*order.columns(backwards=True))[: PAGE_SIZE + 1])
        more_before, more_after = len(found) > PAGE_SIZE, True
        items = found[:PAGE_SIZE][::-1]
    else:
        beyond = rows.filter(order.beyond(place)) if place else rows
        found = list(shown(beyond).order_by(*order.columns())[: PAGE_SIZE + 1])
        more_before, more_after = place is not None, len(found) > PAGE_SIZE
        items = found[:PAGE_SIZE]
    is_whole = not place and not before and not more_after
    total = len(items) if is_whole else None if is_beyond_counting else capped_count(rows)
    return Stretch(
        items,
        before=items[0].pk if items and more_before else None,
        after=items[-1].pk if items and more_after else None,
        total=total,
    )


def _of_few(
    rows: QuerySet[Row, Any],
    keys: list[Place],
    order: Order,
    place: Place | None,
    before: Place | None,
) -> Stretch[Row]:
    """The same out of keys that are in hand, in their order."""
    if before:
        last = sum(key > before if order.is_down else key < before for key in keys)
        first = max(last - PAGE_SIZE, 0)
    else:
        first = sum(key >= place if order.is_down else key <= place for key in keys) if place else 0
        last = min(first + PAGE_SIZE, len(keys))
    some = [key for _value, key in keys[first:last]]
    found = {row.pk: row for row in rows.filter(pk__in=some)} if some else {}
    return Stretch(
        [found[key] for key in some if key in found],
        before=some[0] if some and first > 0 else None,
        after=some[-1] if some and last < len(keys) else None,
        total=len(keys),
    )


def counted(rows: QuerySet[Any, Any]) -> str:
    """How many there are, in words, without counting beyond a thousand."""
    return total_in_words(capped_count(rows))


def _place(everything: QuerySet[Row, Any], order: Order, given: str | None) -> Place | None:
    key = read_key(given)
    return everything.filter(pk=key).values_list(order.column, "pk").first() if key else None
