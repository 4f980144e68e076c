"""The files people have: every dialect of CSV, XLSX; and those that cannot be read."""

import datetime
import io
import zipfile
from collections.abc import Callable, Sequence

import pytest
from openpyxl import Workbook

from members import sheets
from members.cells import csv_lines
from members.import_rows import NAMES
from members.models import Consortium
from members.services.imports.plan import Plan, plan_import

HEADER = ["legal_name", "country", "community", "city", "ringgold"]
ROW = ["Universidad Católica", "CL", "Research Institute", "Ñuñoa, RM", "28033"]
EXPECTED = {
    "legal_name": ["", "Universidad Católica"],
    "display_name": ["", "Universidad Católica"],
    "country": ["", "CL"],
    "community": ["", "research"],
    "city": ["", "Ñuñoa, RM"],
}


def plan(consortium: Consortium, content: bytes) -> Plan:
    return plan_import(io.BytesIO(content), consortium)


def csv_text(delimiter: str = ",", end: str = "\r\n") -> str:
    quoted = [f'"{cell}"' for cell in ROW]
    return delimiter.join(HEADER) + end + delimiter.join(quoted) + end


def xlsx(*rows: Sequence[object]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        csv_text().encode(),
        csv_text().encode("utf-8-sig"),
        csv_text().encode("cp1252"),
        csv_text("\t").encode("utf-16"),
        csv_text(";").encode("cp1252"),
        csv_text("\t").encode(),
        csv_text(end="\n").encode(),
        csv_text(end="\r").encode(),
        ("\r\n\r\n" + csv_text(end="\r\n\r\n")).encode(),
        csv_text().replace("legal_name", " Legal Name ").replace("ringgold", "RINGGOLD-ID").encode(),
        xlsx(list(HEADER), [*ROW[:4], 28033]),
        xlsx([], list(HEADER), [], [*ROW[:4], 28033.0]),
    ],
    ids=[
        "utf-8", "bom", "windows-1252", "utf-16 tabs", "semicolons", "tabs", "lf", "cr",
        "blank lines", "other header names", "xlsx", "xlsx with blank rows",
    ],
)  # fmt: skip
def test_every_usual_file_is_read(consortium: Consortium, content: bytes) -> None:
    made = plan(consortium, content)

    assert (made.errors, made.warnings) == ([], [])
    assert [(row.fields, row.identifiers) for row in made.rows] == [
        (EXPECTED, (("ringgold", "28033"),))
    ]


def test_columns_stand_in_any_order(consortium: Consortium) -> None:
    lines = csv_lines(HEADER[::-1], [ROW[::-1]])

    assert [row.fields for row in plan(consortium, "".join(lines).encode()).rows] == [EXPECTED]


def test_a_line_end_within_quotes_is_part_of_the_text(consortium: Consortium) -> None:
    content = b'legal_name,country,community,description\nUno,CL,Funder,"one\r\ntwo"\nDos,,,\n'

    made = plan(consortium, content)

    assert made.rows[0].fields["description"] == ["", "one\ntwo"]
    assert [problem.row for problem in made.errors] == [3]


@pytest.mark.parametrize("street", ["+44 Road", "=1+1", "'=1+1", "-", "@home", "'quoted'"])
def test_the_guard_against_formulas_is_undone_exactly(consortium: Consortium, street: str) -> None:
    header = ["legal_name", "country", "community", "street"]
    content = "".join(csv_lines(header, [["Uno", "CL", "Funder", street]])).encode()

    made = plan(consortium, content)

    assert made.rows[0].fields["street"] == ["", street]


def test_a_formula_in_a_spreadsheet_is_refused_in_its_row(consortium: Consortium) -> None:
    made = plan(consortium, xlsx(list(HEADER), ["Uno", "CL", "Funder", "=1+1", ""]))

    assert [str(problem) for problem in made.errors] == [
        "Row 2: city: This cell is a formula. Paste its value instead."
    ]


def test_a_date_cell_is_a_date(consortium: Consortium) -> None:
    day = datetime.datetime(2024, 7, 31)  # noqa: DTZ001  # Excel knows no zones

    made = plan(
        consortium,
        xlsx(["legal_name", "country", "community", "start"], ["Uno", "CL", "Funder", day]),
    )

    assert [row.start for row in made.rows] == [day.date()]


def _old_excel() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100


def _broken_xlsx() -> bytes:
    return xlsx(list(HEADER), ROW)[:-200]


def _zip_of_something_else() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("readme.txt", "hello")
    return written.getvalue()


def _unpacks_to_too_much() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", b"\0" * (51 * 1024 * 1024))
    return written.getvalue()


def _with_sheet(sheet: str) -> bytes:
    """A workbook whose only sheet is what somebody has put there by hand."""
    made = xlsx(["legal_name"])
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as was, zipfile.ZipFile(written, "w") as packed:
        for name in was.namelist():
            is_sheet = name == "xl/worksheets/sheet1.xml"
            packed.writestr(name, sheet if is_sheet else was.read(name))
    return written.getvalue()


def _row_far_below() -> bytes:
    name = '<row r="1"><c r="A1" t="inlineStr"><is><t>legal_name</t></is></c></row>'
    row = '<row r="900000000"><c r="A900000000"><v>1</v></c></row>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return _with_sheet(f'<worksheet xmlns="{space}"><sheetData>{name}{row}</sheetData></worksheet>')


def _entity_of_a_file() -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cell = '<c r="A1" t="inlineStr"><is><t>legal_name &file;</t></is></c>'
    return _with_sheet(
        f'<!DOCTYPE worksheet [<!ENTITY file SYSTEM "file:///etc/passwd">]><worksheet xmlns="{space}">'
        f'<sheetData><row r="1">{cell}</row></sheetData></worksheet>'
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: b"", "The first row names no column that is known here."),
        (lambda: b"a,b\n1,2\n", "The first row names no column that is known here."),
        (
            lambda: b"legal_name,Legal Name\nUno,Dos\n",
            "These columns are there twice: legal_name.",
        ),
        (lambda: b"\x00\x01\x02\x8d", "This is not a CSV or XLSX file."),
        (lambda: b"x" * (10 * 1024 * 1024 + 1), "The file is larger than 10 MB."),
        (_old_excel, "This is an old Excel file. Save it as .xlsx or CSV."),
        (_broken_xlsx, "The XLSX file is damaged or empty."),
        (_zip_of_something_else, "The XLSX file is damaged or empty."),
        (_row_far_below, "The file has too many empty lines. Take them out."),
        (_entity_of_a_file, "The XLSX file is damaged or empty."),
        (
            lambda: b"legal_name" + b",legal_name" * 300_000,
            "The file has more than 200 columns. Leave out those that are not needed.",
        ),
        (_unpacks_to_too_much, "The file unpacks to too much. Save it as CSV."),
        (
            lambda: b"legal_name\n" + b"Uno\n" * 10_001,
            "The file has more than 10,000 rows. Split it.",
        ),
        (
            lambda: b"legal_name\n" + b"x" * 140_000,
            "The file cannot be read as CSV: field larger than field limit (131072).",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(
    consortium: Consortium, make: Callable[[], bytes], message: str
) -> None:
    made = plan(consortium, make())

    assert [str(problem) for problem in made.errors] == [message]
    assert made.rows == []


def test_ten_thousand_rows_are_read() -> None:
    content = b"legal_name\n" + b"Uno\n" * 10_000

    assert len(sheets.read_table(io.BytesIO(content), NAMES).rows) == 10_000
