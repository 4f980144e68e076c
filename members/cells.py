"""Cells of CSV files and spreadsheets that no program takes for a formula (rule H5).

A cell that starts with one of `= + - @` TAB CR gets an apostrophe in front. One that already
starts with apostrophes and then one of these gets one more, so that `restore` undoes exactly what
`neutralise` did, for every text: `restore(neutralise(x)) == x`.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

_SUSPECT = frozenset("=+-@\t\r'")
_TO_NEUTRALISE = re.compile(r"'*[=+\-@\t\r]")
_TO_RESTORE = re.compile(r"'+[=+\-@\t\r]")
_ROWS_AT_ONCE = 500
BYTE_ORDER_MARK = "\ufeff"  # Excel takes a file without it for Windows-1252


def neutralise(value: str) -> str:
    """The text as it may stand in a cell."""
    # Most cells are decided by their first character: exports have a hundred thousand rows.
    if not value or value[0] not in _SUSPECT:
        return value
    return f"'{value}" if _TO_NEUTRALISE.match(value) else value


def restore(value: str) -> str:
    """The text that `neutralise` was given."""
    return value[1:] if _TO_RESTORE.match(value) else value


class _Pieces:
    """What `csv.writer` writes to: hands each line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A CSV file in pieces of some hundred lines, for a streaming response; memory stays flat."""
    writer = csv.writer(_Pieces())
    piece = [BYTE_ORDER_MARK]
    for row in chain([header], rows):
        piece.append(writer.writerow([neutralise(cell) for cell in row]))
        if len(piece) > _ROWS_AT_ONCE:
            yield "".join(piece)
            piece.clear()
    yield "".join(piece)
