"""Pages of a list without counting all of it: beyond a thousand it is "more than 1,000"."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

COUNTED_TO = 1000
PAGE_SIZE = 25
# OFFSET reads everything before it: deeper than this a list is searched, not leafed through.
LAST_PAGE = 400

Row = TypeVar("Row", bound=Model)


class Counted:
    """A part of a list; `total` is None when there are more than `COUNTED_TO`."""

    total: int | None

    @property
    def total_text(self) -> str:
        return total_in_words(self.total)

    @property
    def for_plural(self) -> int:
        """What languages choose their plural by."""
        return COUNTED_TO + 1 if self.total is None else self.total


@dataclass(frozen=True)
class Page(Counted, Generic[Row]):
    """One page of a list; `total` is None when there are more than `COUNTED_TO`."""

    items: list[Row]
    number: int
    size: int
    has_next: bool
    total: int | None

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def previous_number(self) -> int | None:
        """None for the first page, whose address needs no number."""
        return self.number - 1 if self.number > 2 else None

    @property
    def next_number(self) -> int:
        return self.number + 1

    @property
    def summary(self) -> str:
        """`26–50 of 131`."""
        first = (self.number - 1) * self.size + 1
        places = {"first": first, "last": first + len(self.items) - 1, "total": self.total_text}
        return _("%(first)s–%(last)s of %(total)s") % places


def paginate(rows: "QuerySet[Row]", number: Any, *, size: int = PAGE_SIZE) -> Page[Row]:
    """The page with that number as it stands in the address; the first for anything unusable.

    Two queries: the rows (one more than shown, to know of a next page) and the capped count.
    """
    page = _number(number)
    start = (page - 1) * size
    items = list(rows[start : start + size + 1])
    if not items and page > 1:
        return paginate(rows, 1, size=size)
    return Page(items[:size], page, size, len(items) > size, capped_count(rows))


def capped_count(rows: "QuerySet[Any, Any]") -> int | None:
    """How many there are; None beyond `COUNTED_TO`, where nobody goes on counting."""
    counted = rows.order_by()[: COUNTED_TO + 1].count()
    return counted if counted <= COUNTED_TO else None


def total_in_words(total: int | None) -> str:
    """`1,000`, or `more than 1,000` for None."""
    if total is None:
        number = number_format(COUNTED_TO, force_grouping=True)
        return _("more than %(number)s") % {"number": number}
    return number_format(total, force_grouping=True)


def read_key(given: str | None) -> int | None:
    """The key of a row as it stands in an address, for cursors; None for anything unusable."""
    text = given or ""
    # Eighteen digits fit every database's keys; `isdigit` alone lets `²` pass.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _number(given: Any) -> int:
    return min(max(read_key(str(given or "")) or 1, 1), LAST_PAGE)
