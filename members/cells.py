"""Cells of CSV files and spreadsheets that no program takes for a formula (rule H5).

A cell that starts with one of `= + - @` TAB CR gets an apostrophe in front. One that already
starts with apostrophes and then one of these gets one more, so that `restore` undoes exactly what
`neutralise` did, for every text: `restore(neutralise(x)) == x`.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

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


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A CSV file in pieces of some hundred lines, for a streaming response; memory stays flat."""
    return csv_pieces(header, ([neutralise(cell) for cell in row] for row in rows))


def csv_pieces(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The same of rows whose free text has been neutralised; what comes from lists need not be."""
    remaining = iter(rows)
    piece = BYTE_ORDER_MARK + _lines([[neutralise(name) for name in header]])
    while chunk := list(islice(remaining, _ROWS_AT_ONCE)):
        yield piece + _lines(chunk)
        piece = ""
    if piece:  # a header alone
        yield piece


def _lines(rows: Sequence[Sequence[str]]) -> str:
    """What `csv.writer` makes of them. It looks at each character by itself, a hundred million of
    them in a long export: rows that need no quotes are put together without it."""
    found = [",".join(row) for row in rows]
    for place, (line, row) in enumerate(zip(found, rows, strict=True)):
        if '"' in line or "\n" in line or "\r" in line or line.count(",") >= len(row) or not line:
            found[place] = _quoted(row)
    return "\r\n".join(found) + "\r\n"


def _quoted(row: Sequence[str]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(row)
    return line.getvalue().removesuffix("\r\n")
