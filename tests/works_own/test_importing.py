"""A file of works: looked through, shown with every error in its place, brought in on go."""

import html
import re
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from contacts.models import Run, User
from contacts.services import runs
from integrations.works.files.reading import read_works
from integrations.works.models import Work
from integrations.works.services import imports
from tests.works_own.conftest import doi, make_orcid_work, make_work

IMPORT = "/me/publications/import/"
BIBTEX = r"""
@string{jt = "Journal of {T}ests"}
@article{one,
  title = {{\'E}tude on G{\"o}del \& the {\ss}-function $H_2O$, 100\%},
  author = {Garc{\'\i}a M{\'a}rquez, Gabriel and {Health and Friends} and others},
  journal = jt, year = 2012, month = oct, day = 3,
  doi = {10.1000/ab\_c}, issn = "0317-8471",
}
@book{broken, title = "No end, author = {X}
@book{two,
  title = {Fine}, isbn = {0-306-40615-2}, year = {c2012}, editor = {Li, Bo}
}
@phdthesis{three, author = {A B}, year = {in press}}
"""
RIS = """1.
TY  - JOUR
TI  - A title
 that goes on
AU  - Muñoz, Ana
PY  - 2012
DA  - 2012/10//
DO  - https://doi.org/10.1000/X
SN  - 0317-8471
UR  - https://pubmed.ncbi.nlm.nih.gov/123/
ER  -

TY - CHAP
T1 - No end of record
T2 - A book
SN - 9780306406157
TY  - BOOK
SN  - 9780306406158
ER  -
"""
CSL = """[
 {"type": "article-journal", "title": "T", "author": [{"family": "Li", "given": "Bo"}],
  "issued": {"date-parts": [["2012", 10]]}, "DOI": "10.1000/x"},
 3,
 {"type": "book", "title": "B", "issued": {"raw": "2012-13"}}
]"""
CSV = """Type;Title;Year;DOI;Authors;Shoe size
journal article;Überblick;2012;10.1000/1;"Li, Bo; Ana García";41
;No type;2013;;;
book;;20x;1;;
"""


def upload(browser: Client, content: str | bytes, name: str, **more: Any) -> Any:
    raw = content.encode() if isinstance(content, str) else content
    return browser.post(IMPORT, {"file": SimpleUploadedFile(name, raw)}, follow=True, **more)


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def go(browser: Client, **more: Any) -> Any:
    run = Run.objects.get(state=Run.State.DRAFT)
    return browser.post(f"{IMPORT}{run.pk}/", {"do": "add", **more}, follow=True)


@pytest.fixture
def people(person: User, other: User) -> tuple[User, User]:
    return person, other


def test_bibtex(browser: Client, person: User) -> None:
    preview = text_of(upload(browser, BIBTEX, "list.bib"))
    go(browser)

    assert "To be added: 2 ." in preview
    assert "Entry 2, line 9" in preview
    assert "cannot be read as BibTeX" in preview
    assert "Entry 4, line 13" in preview
    assert "A work needs a title." in preview
    assert "“in press” is no date." in preview
    one, two = Work.objects.of(person).order_by("pk")
    assert one.title == "Étude on Gödel & the ß-function $H_2O$, 100%"
    assert (one.type, one.journal_title, one.published) == (
        "journal-article", "Journal of Tests", "2012-10-03",
    )  # fmt: skip
    assert [each["name"] for each in one.contributors] == [
        "Gabriel García Márquez",
        "Health and Friends",
    ]
    assert [
        (each["type"], each["normalized"], each["relationship"]) for each in one.identifiers
    ] == [
        ("doi", "10.1000/ab_c", "self"),
        ("issn", "0317-8471", "part-of"),
    ]
    assert (two.type, two.published, two.identifiers[0]["relationship"]) == ("book", "2012", "self")
    assert (two.origin, two.visibility) == ("file", "private")


def test_ris(browser: Client, person: User) -> None:
    preview = text_of(upload(browser, RIS, "list.ris"))
    go(browser)

    assert "Entry 3, line 17" in preview
    assert "“9780306406158” is no ISBN." in preview
    one, two = Work.objects.of(person).order_by("pk")
    assert (one.title, one.published) == ("A title that goes on", "2012-10")
    assert {(each["type"], each["normalized"]) for each in one.identifiers} == {
        ("doi", "10.1000/x"), ("issn", "0317-8471"), ("pmid", "123"),
    }  # fmt: skip
    assert one.contributors[0]["name"] == "Ana Muñoz"
    assert (two.type, two.title, two.journal_title) == (
        "book-chapter",
        "No end of record",
        "A book",
    )
    assert two.identifiers[0]["relationship"] == "part-of"


def test_csl_json(browser: Client, person: User) -> None:
    preview = text_of(upload(browser, CSL, "list.json"))
    go(browser)

    assert "Entry 2, line 4" in preview
    assert "should stand in curly brackets" in preview
    assert "Entry 3, line 5" in preview
    assert "There is no such day as 2012-13." in preview
    work = Work.objects.of(person).get()
    assert (work.title, work.published, work.contributors[0]["name"]) == ("T", "2012-10", "Bo Li")


def test_csv(browser: Client, person: User) -> None:
    preview = text_of(upload(browser, CSV.encode("cp1252"), "list.csv"))
    go(browser)

    assert "Row 3" in preview
    assert "Say what kind of work it is." in preview
    assert "“1” is no DOI." in preview
    work = Work.objects.of(person).get()
    assert (work.title, work.type) == ("Überblick", "journal-article")
    assert [each["name"] for each in work.contributors] == ["Bo Li", "Ana García"]


def test_xlsx(browser: Client, person: User) -> None:
    book, file = Workbook(), BytesIO()
    for row in (["Title", "Type", "Year"], ["From a sheet", "Book", 2012]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(file)

    upload(browser, file.getvalue(), "list.xlsx")
    go(browser)

    work = Work.objects.of(person).get()
    assert (work.title, work.type, work.published) == ("From a sheet", "book", "2012")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("content", "name"), [
    ("@book{a,\n title={Málaga},\n year=2001}\n", "x.bib"),
    ("TY  - BOOK\nTI  - Málaga\nPY  - 2001\nER  - \n", "x.ris"),
    ('[\n{"type":"book","title":"Málaga","issued":{"raw":"2001"}}\n]', "x.json"),
    ("Title,Type,Year\nMálaga,book,2001\n", "x.csv"),
])  # fmt: skip
def test_every_encoding_and_line_end(content: str, name: str, ends: str, encoding: str) -> None:
    found = read_works(BytesIO(content.replace("\n", ends).encode(encoding)), name).entries

    assert [(each.content["title"], each.content["published"], each.errors) for each in found] == [
        ("Málaga", "2001", [])
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"   ", "The file is empty."),
        (b"\x89PNG\r\n\x00\x00\x00", "This is not a text file."),
        (b"%PDF-1.7\n1 0 obj", "This is not a text file."),
        (b"nothing,known\n1,2\n", "names no column that is known"),
        (b"[1, 2", "The file breaks off"),
        (b'[{"a": }]', "line 1, character 8"),
        (b"[]", "No works were found"),
        (b"[" * 100_000, "cannot be read as JSON"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "This is an old Excel file."),
    ],
)
def test_a_file_that_cannot_be_read_says_why(browser: Client, content: bytes, words: str) -> None:
    page = text_of(upload(browser, content, "list.txt"))

    assert words in page
    assert not Run.objects.exists()


def test_a_file_that_is_too_large_is_refused(browser: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("integrations.works.files.reading.MAX_ENTRIES", 1)

    page = text_of(upload(browser, BIBTEX, "list.bib"))

    assert "more than 10,000 works" in page


def test_the_same_file_again_changes_nothing(browser: Client, person: User) -> None:
    upload(browser, BIBTEX, "list.bib")
    go(browser)
    before = list(Work.objects.order_by("pk").values())

    preview = text_of(upload(browser, BIBTEX, "list.bib"))

    assert "Nothing new to add" in preview
    assert list(Work.objects.order_by("pk").values()) == before


def test_o7_what_is_in_the_list_is_found_by_its_identifier(browser: Client, person: User) -> None:
    make_orcid_work(person, "Quite another title", identifiers=[doi("10.1000/AB_C")])

    preview = text_of(upload(browser, BIBTEX, "list.bib"))
    go(browser)

    assert "To be added: 1 . In the list already, or twice in the file: 1 ." in preview
    assert " 0 ." not in preview
    assert "Already in the list: Quite another title" in preview
    assert [work.title for work in Work.objects.filter(origin="file")] == ["Fine"]


def test_without_identifier_the_same_title_year_and_type_is_a_maybe(
    browser: Client, person: User
) -> None:
    make_work(person, "Twice!")
    file = "Title,Type,Year\nTwice,journal-article,2020\nTwice,journal-article,2021\n"

    preview = text_of(upload(browser, file, "list.csv"))
    go(browser)

    assert "Perhaps in the list: 1 ." in preview
    assert sorted(Work.objects.values_list("published", flat=True)) == ["2020", "2021"]


def test_a_maybe_that_is_ticked_is_added(browser: Client, person: User) -> None:
    make_work(person, "Twice!")
    file = "Title,Type,Year\nOther,book,2020\nTwice,journal-article,2020\n"
    upload(browser, file, "list.csv")

    go(browser, also=["2", "77", "x"])

    assert Work.objects.filter(origin="file").count() == 2


def test_twice_in_the_file_is_once_in_the_list(browser: Client, person: User) -> None:
    file = (
        "Title,Type,Year,DOI\nA,book,2020,10.1000/1\nB,book,2020,https://doi.org/10.1000/1\n"
        "C,book,2020,\nc,book,2020,\n"
    )

    preview = text_of(upload(browser, file, "list.csv"))
    go(browser)

    assert "Line 3 is the same as line 2" in preview
    assert "The same as in line 4 of this file" in preview
    assert [work.title for work in Work.objects.order_by("pk")] == ["A", "C"]


@pytest.mark.parametrize(
    ("content", "name", "kept"),
    [
        (BIBTEX, "list.bib", "@phdthesis{three, author = {A B}, year = {in press}}"),
        (RIS, "list.ris", "SN  - 9780306406158"),
        (CSL, "list.json", '"issued": {"raw": "2012-13"}'),
        (CSV, "list.csv", "No type"),
    ],
)
def test_the_failing_ones_come_as_a_file_of_the_same_format(
    browser: Client, content: str, name: str, kept: str
) -> None:
    upload(browser, content, name)
    run = Run.objects.get()

    response = browser.get(f"{IMPORT}{run.pk}/failing/")

    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert kept in text
    assert name.rpartition(".")[2] in response["Content-Disposition"]
    # Uploaded as it is, it fails in the same way.
    again = text_of(upload(browser, text, name))
    assert "Nothing new to add With errors, which are left out:" in again


def test_a_file_can_be_thrown_away(browser: Client, person: User) -> None:
    upload(browser, CSL, "list.json")
    run = Run.objects.get()

    page = browser.post(f"{IMPORT}{run.pk}/", {"do": "discard"}, follow=True)

    assert "Nothing was added" in text_of(page)
    assert not Run.objects.exists()
    assert not Work.objects.exists()


def test_a_new_file_takes_the_place_of_one_that_waits(browser: Client) -> None:
    upload(browser, CSL, "one.json")
    upload(browser, CSL, "two.json")

    assert [run.subject["file_name"] for run in Run.objects.all()] == ["two.json"]


def test_pressing_twice_adds_once(browser: Client, person: User) -> None:
    upload(browser, CSL, "list.json")
    run = Run.objects.get()

    go(browser)
    again = browser.post(f"{IMPORT}{run.pk}/", {"do": "add"}, follow=True)

    assert "This has been started already." in text_of(again)
    assert Work.objects.of(person).count() == 1


def test_h6_a_worker_that_dies_loses_nothing_and_doubles_nothing(
    browser: Client, person: User, monkeypatch: Any
) -> None:
    monkeypatch.setattr(imports, "BATCH", 2)
    monkeypatch.setattr(imports, "AT_ONCE", 0)
    # Of one kind, without identifiers: only the place in the file tells them apart.
    file = "Title,Type,Year\n" + "".join(f"Work {n},book,2020\n" for n in range(7))
    upload(browser, file, "list.csv")
    go(browser)
    run = Run.objects.get()
    real, calls = Work.objects.bulk_create, []

    def dies_at_the_third(works: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(works)

    monkeypatch.setattr(Work.objects, "bulk_create", dies_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        runs.perform(run_id=run.pk)
    assert Work.objects.count() == 4
    Run.objects.update(state=Run.State.QUEUED)

    runs.perform(run_id=run.pk)

    assert sorted(Work.objects.values_list("title", flat=True)) == [f"Work {n}" for n in range(7)]
    run.refresh_from_db()
    assert (run.state, run.result["added"]) == (Run.State.DONE, 7)


def test_a_long_file_shows_how_far_it_is(browser: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(imports, "AT_ONCE", 0)
    upload(browser, CSL, "list.json")

    page = go(browser)

    assert "Waiting" in text_of(page)
    assert 'hx-trigger="every 1s"' in page.content.decode()


def test_somebody_elses_file_is_404(browser: Client, other: User) -> None:
    theirs = Client()
    theirs.force_login(other)
    upload(theirs, CSL, "list.json")
    run = Run.objects.get()
    address = f"{IMPORT}{run.pk}/"

    answers = [
        browser.get(address).status_code,
        browser.get(f"{address}failing/").status_code,
        browser.post(address, {"do": "add"}).status_code,
        browser.post(address, {"do": "discard"}).status_code,
    ]

    assert answers == [404] * 4
    assert Run.objects.get().state == Run.State.DRAFT
