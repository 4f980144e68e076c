"""H5: no cell of a file is a formula, and imports undo exactly that."""

import csv
import io
import itertools

import pytest

from members.cells import BYTE_ORDER_MARK, csv_lines, csv_pieces, neutralise, restore


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_what_would_be_a_formula_gets_an_apostrophe(start: str) -> None:
    assert neutralise(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["", "plain", "a=b", "'quoted'", "'", "''", " =1", "1-2"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert (neutralise(text), restore(text)) == (text, text)


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_import_gives_back_exactly_what_was_exported(length: int) -> None:
    texts = ["".join(parts) for parts in itertools.product("'=+-@\t\ra ", repeat=length)]

    assert [restore(neutralise(text)) for text in texts] == texts


@pytest.mark.parametrize("length", [1, 2, 3])
def test_no_exported_cell_starts_like_a_formula(length: int) -> None:
    texts = ["".join(parts) for parts in itertools.product("'=+-@\t\ra", repeat=length)]

    assert [text for text in texts if neutralise(text)[0] in "=+-@\t\r"] == []


@pytest.mark.parametrize("columns", [1, 2])
def test_lines_are_as_the_csv_module_writes_them(columns: int) -> None:
    texts = ["".join(parts) for parts in itertools.product('a," \r\n', repeat=3)]
    rows = [list(row) for row in itertools.product([*texts, ""], repeat=columns)][:5000]
    expected = io.StringIO(newline="")
    csv.writer(expected).writerows([["H"] * columns, *rows])

    written = "".join(csv_pieces(["H"] * columns, rows))

    assert written == BYTE_ORDER_MARK + expected.getvalue()


def test_csv_comes_in_pieces_that_make_one_file() -> None:
    rows = [[f"row {number}", "+44 20"] for number in range(1200)]

    pieces = list(csv_lines(["Name", "Phone"], rows))

    whole = "".join(pieces)
    assert len(pieces) == 3
    assert whole.startswith(BYTE_ORDER_MARK)
    read = list(csv.reader(io.StringIO(whole.removeprefix(BYTE_ORDER_MARK), newline="")))
    assert read == [["Name", "Phone"], *([name, "'+44 20"] for name, _phone in rows)]
