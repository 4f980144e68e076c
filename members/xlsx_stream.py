"""XLSX files as a stream: the first rows leave before the last are read, and memory stays flat.

openpyxl makes the workbook, with its header and no rows; its parts go into the archive as they are,
and only the rows, which it would gather in a file first, are written between the halves of the
sheet. Every cell is a string, never a formula (H5).
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import islice

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from members.cells import neutralise

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHEET = "xl/worksheets/sheet1.xml"
_END_OF_ROWS = b"</sheetData>"
_ROWS_AT_ONCE = 500
_MOST_CHARACTERS = 32_767  # that Excel takes in one cell
# What XML cannot hold.
_UNHEARD_OF = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xlsx_pieces(
    title: str, header: Sequence[str], rows: Iterable[Sequence[str]]
) -> Iterator[bytes]:
    """A workbook of one sheet, in pieces; `rows` hold free text that has been neutralised."""
    out = _Pieces()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        before, after = b"", b""
        for name, content in _parts(title, header):
            if name == _SHEET:
                before, _found, rest = content.partition(_END_OF_ROWS)
                after = _END_OF_ROWS + rest
            else:
                archive.writestr(name, content)
        with archive.open(_SHEET, "w") as sheet:
            sheet.write(before)
            for piece in _sheet_rows(rows):
                sheet.write(piece)
                yield from out.taken()
            sheet.write(after)
    yield from out.taken()


class _Pieces(io.RawIOBase):
    """What the archive writes to: it cannot go back, and hands on what it got."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self._kept.append(bytes(data))  # type: ignore[call-overload]  # a buffer of bytes
        return len(self._kept[-1])

    def taken(self) -> Iterator[bytes]:
        if self._kept:
            whole = b"".join(self._kept)
            self._kept.clear()
            yield whole


def _parts(title: str, header: Sequence[str]) -> list[tuple[str, bytes]]:
    """The files of a workbook that holds the header alone."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, name in enumerate(header, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = max(12, min(len(name) + 4, 40))
    cells = [WriteOnlyCell(sheet, value=neutralise(name)) for name in header]
    for cell in cells:
        cell.font = Font(bold=True)
    sheet.append(cells)
    whole = io.BytesIO()
    book.save(whole)
    with zipfile.ZipFile(whole) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def _sheet_rows(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    numbered = enumerate(rows, start=2)
    while chunk := list(islice(numbered, _ROWS_AT_ONCE)):
        yield "".join([_row(number, cells) for number, cells in chunk]).encode()


def _row(number: int, cells: Sequence[str]) -> str:
    return f'<row r="{number}">{"".join([_cell(text) for text in cells])}</row>'


def _cell(text: str) -> str:
    if not text:
        return "<c/>"
    if not text.isprintable() or len(text) > _MOST_CHARACTERS:
        text = _UNHEARD_OF.sub("", text)[:_MOST_CHARACTERS]
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text, quote=False)}</t></is></c>'
