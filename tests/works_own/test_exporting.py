"""Files of exactly what the list shows, in each format; what leaves comes back as nothing new."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.models import Run, User
from integrations.works.files.reading import read_works
from integrations.works.files.writing import FORMATS
from integrations.works.identifiers import identifier
from integrations.works.models import Work
from integrations.works.vocabulary import WORK_TYPES
from tests.works_own.conftest import doi, make_orcid_work, make_work

LIST = "/me/publications/"
SUFFIX = {name: kind.suffix for name, kind in FORMATS.items()}
quick = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
# What a title may hold, as works keep it: one line without what no page can show.
lines = (
    (
        st.text(
            st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
            min_size=1,
            max_size=60,
        )
        | st.text("a{}\\$%&#_~^-'`\"<>,!?@= .:;[]()/", min_size=1, max_size=40)
        | st.sampled_from(
            ["=1+1", "@SUM(A1)", "-x", "'quoted", "TY  - JOUR", "ER  - ", "@book{x,", "a,b;c\td"]
        )
    )
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)


names = st.lists(
    st.sampled_from(["Ana", "de", "la", "and", "García", "van", "X.", "O’Neill", "Müller-Li", "others", "AND"]),
    min_size=1, max_size=5,
).map(" ".join)  # fmt: skip


def exported(browser: Client, form: str, query: str = "") -> str:
    response = browser.get(f"{LIST}export/{form}/{query}")
    return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]


def fill(person: User) -> None:
    """A list with something of everything that is hard."""
    make_work(person, "=cmd|' /C calc'!A0", identifiers=[doi("10.1000/1")])
    make_work(
        person, "Braces {and} $x_1$ \\alpha 100% & #1 ~ ^ -- ``q''", type="invention", published=""
    )
    make_work(person, "  ".join(["Ünïcode", "“quotes”", "עברית", "中文"]).replace("  ", " "), published="2012-10-01",
              journal_title="A, B; C", contributors=[
                  {"name": "Ana García", "orcid": "", "role": "author", "sequence": "first"},
                  {"name": "Health and Friends, Inc", "orcid": "", "role": "", "sequence": ""},
                  {"name": "Bo Li", "orcid": "", "role": "editor", "sequence": ""}])  # fmt: skip
    make_work(person, "Several ids", type="book", published="2012-10", identifiers=[
        identifier("isbn", "0-306-40615-2", "self"), identifier("issn", "0317-8471", "part-of"),
        identifier("pmid", "123", "self"), identifier("arxiv", "2101.00001v2", "version-of"),
        identifier("wosuid", "WOS:000285416000014", "self"), doi("10.1000/grant", "funded-by")])  # fmt: skip
    make_work(
        person,
        "Only a Web of Science id",
        identifiers=[identifier("wosuid", "WOS:000285416000099", "self")],
    )
    make_orcid_work(person, "From ORCID", type="of-tomorrow", short_description="Two\nlines", url="https://example.org/a%20b_{c}",
                    citation_type="bibtex", citation_value="@article{x, volume={12}, pages = \"1--9\", publisher={A {B}}}")  # fmt: skip
    make_orcid_work(person, "Not normalisable", identifiers=[doi("123")])
    for kind in WORK_TYPES:
        make_work(person, f"One of {kind}", type=kind)


@pytest.mark.parametrize("form", FORMATS)
def test_exported_and_brought_in_again_is_nothing_new(
    browser: Client, person: User, form: str
) -> None:
    fill(person)
    before = list(Work.objects.order_by("pk").values())
    content = exported(browser, form).encode()

    file = SimpleUploadedFile(f"list.{SUFFIX[form]}", content)
    page = browser.post("/me/publications/import/", {"file": file}, follow=True).content.decode()

    run = Run.objects.get()
    assert run.total == len(before)
    assert "Nothing new to add" in page
    browser.post(f"/me/publications/import/{run.pk}/", {"do": "add"})
    assert list(Work.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("form", FORMATS)
@quick
@given(title=lines, journal=lines, name=names, note=lines)
def test_text_comes_back_as_it_left(
    form: str, title: str, journal: str, name: str, note: str
) -> None:
    person = {"name": name, "orcid": "", "role": "author", "sequence": "first"}
    work = Work(
        pk=7, type="journal-article", title=title, journal_title=journal, published="2012-10",
        short_description=note, identifiers=[doi("10.1000/a_b")], contributors=[person],
        citation_type="", citation_value="",
    )  # fmt: skip

    content = "".join(FORMATS[form].write(iter([work]))).encode()
    [entry] = read_works(BytesIO(content), f"list.{SUFFIX[form]}").entries

    assert entry.errors == []
    kept = ("type", "title", "journal_title", "published", "short_description")
    assert {key: entry.content[key] for key in kept} == {key: getattr(work, key) for key in kept}
    assert entry.content["identifiers"] == work.identifiers
    assert entry.content["contributors"] == [person]


@quick
@given(
    st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode(errors="replace"))
)
def test_whatever_is_uploaded_nothing_breaks(content: bytes) -> None:
    for start in (b"", b"@article{a,\n", b"TY  - JOUR\n", b"[{", b"Title,Type\n"):
        try:
            found = read_works(BytesIO(start + content), "list.txt").entries
        except ValidationError:
            continue
        assert all(entry.errors or entry.content["title"] for entry in found)


@pytest.mark.parametrize("form", FORMATS)
def test_the_file_holds_what_the_list_shows_in_its_order(
    browser: Client, person: User, other: User, form: str
) -> None:
    make_work(person, "Zebra", type="book")
    make_work(person, "Aardvark", type="book")
    make_work(person, "An article")
    hidden = make_work(person, "Hidden", type="book")
    browser.post(f"{LIST}{hidden.pk}/hide/")
    make_work(other, "Somebody else’s", type="book")

    content = exported(browser, form, "?type=book&sort=title")
    found = read_works(BytesIO(content.encode()), f"list.{SUFFIX[form]}").entries

    assert [entry.content["title"] for entry in found] == ["Aardvark", "Zebra"]


def test_h5_no_cell_of_the_csv_is_a_formula(browser: Client, person: User) -> None:
    make_work(person, "=1+1", journal_title="@x")

    content = exported(browser, "csv")

    assert "'=1+1" in content
    assert "'@x" in content
    assert ",=1" not in content


def test_an_empty_list_is_an_empty_file(browser: Client) -> None:
    assert json.loads(exported(browser, "csl")) == []
    assert exported(browser, "bibtex") == ""
    assert exported(browser, "csv").count("\n") == 1


def test_volume_and_pages_of_the_citation_are_given_back(browser: Client, person: User) -> None:
    make_orcid_work(
        person,
        citation_type="bibtex",
        citation_value='@article{x, volume={12}, pages = "1--9", publisher={A {B}}, title={No}}',
    )

    content = exported(browser, "bibtex")

    assert "volume = {12}" in content
    assert "pages = {1--9}" in content
    assert "publisher = {A {B}}" in content
    assert "No" not in content


def test_an_unknown_format_is_404(browser: Client) -> None:
    assert browser.get(f"{LIST}export/endnote/").status_code == 404


@pytest.mark.parametrize("form", FORMATS)
def test_as_many_queries_for_three_as_for_one(
    browser: Client, person: User, form: str, django_assert_num_queries: Any
) -> None:
    # Session, person, sources of the filter, works.
    make_work(person, "One")
    with django_assert_num_queries(4):
        exported(browser, form)
    for number in range(2):
        make_work(person, f"More {number}")
    with django_assert_num_queries(4):
        exported(browser, form)
