"""Tables people upload: CSV in every dialect that spreadsheets write, and XLSX."""

import csv
import datetime
import io
import re
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from members.cells import restore

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 10_000
_MAX_UNPACKED = 50 * 1024 * 1024  # an XLSX is a zip: a small one may unpack to any size
_MAX_COLUMNS = 200
# Empty lines are passed over; a file made to keep us busy has any number of them.
_MAX_LINES = 100_000
_XLS = b"\xd0\xcf\x11\xe0"
_XLSX = b"PK\x03\x04"
_BROKEN_XLSX = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    SyntaxError,  # XML that does not parse
)


@dataclass
class Row:
    """One row: its number as a spreadsheet shows it, its cells by column name, what is wrong."""

    number: int
    cells: dict[str, str]
    errors: list[str] = field(default_factory=list)


@dataclass
class Table:
    rows: list[Row]
    columns: list[str]
    unknown: list[str]
    # Each known column as the file names it.
    headers: dict[str, str] = field(default_factory=dict)


Cells = list[str | ValidationError]


def read_table(file: IO[bytes], names: Mapping[str, str]) -> Table:
    """Read a CSV or XLSX file; `names` gives the column for each header name, as `plain_name` does.

    Cells come stripped, with the guard against formulas undone (H5). Raises `ValidationError` when
    the file as a whole cannot be read.
    """
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValidationError(_("The file is larger than 10 MB."))
    if content.startswith(_XLS):
        raise ValidationError(_("This is an old Excel file. Save it as .xlsx or CSV."))
    lines = _xlsx_lines(content) if content.startswith(_XLSX) else _csv_lines(content, names)
    return _table(enumerate(lines, start=1), names)


def plain_name(header: str) -> str:
    """`Legal name`, `LEGAL-NAME` and `legal_name` are one name."""
    return re.sub(r"[\s_-]+", "_", header.strip().casefold())


def _table(lines: Iterator[tuple[int, Cells]], names: Mapping[str, str]) -> Table:
    filled = ((number, cells) for number, cells in _not_too_many(lines) if any(cells))
    _number, first = next(filled, (0, []))
    if len(first) > _MAX_COLUMNS:
        raise ValidationError(
            _("The file has more than 200 columns. Leave out those that are not needed.")
        )
    header = [str(cell) for cell in first]
    columns = [names.get(plain_name(cell), "") for cell in header]
    known = [column for column in columns if column]
    if not known:
        raise ValidationError(_("The first row names no column that is known here."))
    if twice := sorted(column for column, times in Counter(known).items() if times > 1):
        raise ValidationError(
            _("These columns are there twice: %(columns)s.") % {"columns": ", ".join(twice)}
        )
    named = list(zip(header, columns, strict=True))
    rows: list[Row] = []
    for number, cells in filled:
        if len(rows) == MAX_ROWS:
            raise ValidationError(_("The file has more than 10,000 rows. Split it."))
        rows.append(_row(number, named, cells))
    unknown = [name for name, column in named if name and not column]
    return Table(rows, known, unknown, {column: name for name, column in named if column})


def _not_too_many(lines: Iterator[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
    for number, cells in lines:
        if number > _MAX_LINES:
            raise ValidationError(_("The file has too many empty lines. Take them out."))
        yield number, cells


def _row(number: int, named: list[tuple[str, str]], cells: Cells) -> Row:
    """Cells by column; what is wrong with one is said under the name its header gives it."""
    row = Row(number, {})
    if any(cells[len(named) :]):
        row.errors.append(
            _("The row has more cells than the header: perhaps a text with a comma lacks quotes.")
        )
    for (name, column), cell in zip(named, cells, strict=False):
        if column and isinstance(cell, ValidationError):
            row.errors.append(f"{name}: {cell.message}")
        elif column:
            row.cells[column] = str(cell)
    return row


def _csv_lines(content: bytes, names: Mapping[str, str]) -> Iterator[Cells]:
    text = _decode(content)
    delimiter = _delimiter(text, names)
    try:
        # newline="": the csv module itself knows \r\n, \n and bare \r, and quoted line ends.
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False):
            yield [restore(cell).strip() for cell in line]
    except csv.Error as error:
        raise ValidationError(
            _("The file cannot be read as CSV: %(reason)s.") % {"reason": error}
        ) from error


def decoded(content: bytes, encodings: Sequence[str]) -> str | None:
    """UTF-16 where it says so, else by the first of these that fits; None for what is no text."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    return None


def _decode(content: bytes) -> str:
    text = decoded(content, ["utf-8-sig", "cp1252"])
    if text is None:
        raise ValidationError(_("This is not a CSV or XLSX file."))
    return text


def _delimiter(text: str, names: Mapping[str, str]) -> str:
    """The separator by which the header names the most known columns."""

    def known(delimiter: str) -> int:
        lines = csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=delimiter)
        header: Iterable[str] = next((line for line in lines if any(line)), [])
        return sum(plain_name(name) in names for name in header)

    try:
        return max(",;\t|", key=known)
    except csv.Error:
        return ","


def _xlsx_lines(content: bytes) -> Iterator[Cells]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _MAX_UNPACKED:
                raise ValidationError(_("The file unpacks to too much. Save it as CSV."))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that do not matter here
            book = load_workbook(io.BytesIO(content), read_only=True)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file says of its size may be wrong
            for line in sheet.iter_rows(max_col=_MAX_COLUMNS):
                yield [_xlsx_cell(cell) for cell in line]
    except (*_BROKEN_XLSX, IndexError) as error:
        raise ValidationError(_("The XLSX file is damaged or empty.")) from error


def _xlsx_cell(cell: Any) -> "str | ValidationError":
    value = cell.value
    if cell.data_type == "f":
        return ValidationError(_("This cell is a formula. Paste its value instead."))
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # Excel keeps every number as a float
    return restore(str(value)).strip()
