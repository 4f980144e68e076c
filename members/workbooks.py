"""XLSX files, written row by row."""

import tempfile
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from members.cells import neutralise


def xlsx_file(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> IO[bytes]:
    """A file to be read from its start, kept on disk so that memory stays flat.

    Each cell is a text, whatever it looks like, and guarded as in a CSV file: it may be saved as
    one (H5).
    """
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(title[:31])
    for row in chain([header], rows):
        sheet.append([_text_cell(sheet, value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    book.save(file)
    file.seek(0)
    return file


def _text_cell(sheet: Any, value: str) -> Any:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", neutralise(value)))
    cell.data_type = "s"
    return cell
