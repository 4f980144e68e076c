"""Adding and editing a work by form: without script, with checks beside the fields."""

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import User
from integrations.works.models import Work
from tests.works_own.conftest import doi, make_orcid_work, make_work

ADD = "/me/publications/add/"
BARE = {
    "version": "0",
    "type": "journal-article",
    "title": "On tests",
    "identifiers-TOTAL_FORMS": "1",
    "identifiers-INITIAL_FORMS": "1",
    "identifiers-0-type": "doi",
    "identifiers-0-value": "",
    "identifiers-0-relationship": "self",
    "contributors-TOTAL_FORMS": "1",
    "contributors-INITIAL_FORMS": "1",
    "contributors-0-name": "",
    "contributors-0-role": "author",
}


def typed(page: Any) -> dict[str, str]:
    """What a browser would send back of the form as it stands on the page."""
    form = re.search(r'<form method="post" class="form" id="work-form".*?</form>', page, re.S)
    assert form is not None
    sent = {}
    for name, value in re.findall(r'<input[^>]*name="([^"]+)"(?:[^>]*value="([^"]*)")?', form[0]):
        sent[name] = html.unescape(value)
    for name, inner in re.findall(
        r"<select[^>]*name=\"([^\"]+)\"[^>]*>(.*?)</select>", form[0], re.S
    ):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        first = re.search(r'value="([^"]*)"', inner)
        found = chosen or first
        sent[name] = html.unescape(found[1]) if found else ""
    for name, value in re.findall(
        r"<textarea[^>]*name=\"([^\"]+)\"[^>]*>(.*?)</textarea>", form[0], re.S
    ):
        sent[name] = html.unescape(value).removeprefix("\n").removeprefix("\r\n")
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def edit(work: Work) -> str:
    return reverse("works:edit", args=[work.pk])


def test_a_work_of_title_and_type_is_added(browser: Client, person: User) -> None:
    browser.post(ADD, BARE)

    work = Work.objects.of(person).get()
    assert (work.title, work.type, work.origin, work.published) == (
        "On tests", "journal-article", "form", "",
    )  # fmt: skip
    assert (work.identifiers, work.contributors, work.visibility) == ([], [], "private")


def test_everything_that_is_typed_is_kept(browser: Client, person: User) -> None:
    given = {
        "type": "book-chapter", "title": " On  tests ", "subtitle": "Part 1", "journal_title": "Handbook",
        "year": "2012", "month": "2", "day": "29", "url": "https://example.org/x",
        "translated_title": "Über Tests", "translated_title_language": "de", "language_code": "en",
        "country": "CL", "short_description": "One\r\ntwo", "citation_type": "formatted-apa",
        "citation_value": "García (2012)",
        "identifiers-TOTAL_FORMS": "2",
        "identifiers-0-value": "https://doi.org/10.1000/ABC",
        "identifiers-1-type": "isbn", "identifiers-1-value": "0-306-40615-2",
        "identifiers-1-relationship": "part-of",
        "contributors-TOTAL_FORMS": "2",
        "contributors-0-name": "Ana García",
        "contributors-1-name": "Bo Li", "contributors-1-role": "editor",
    }  # fmt: skip

    browser.post(ADD, BARE | given)

    work = Work.objects.of(person).get()
    assert (work.title, work.subtitle, work.published) == ("On tests", "Part 1", "2012-02-29")
    assert (work.short_description, work.country) == ("One\ntwo", "CL")
    assert (work.translated_title, work.translated_title_language) == ("Über Tests", "de")
    assert [
        (each["type"], each["normalized"], each["relationship"]) for each in work.identifiers
    ] == [
        ("doi", "10.1000/abc", "self"),
        ("isbn", "9780306406157", "part-of"),
    ]
    assert [(each["name"], each["role"]) for each in work.contributors] == [
        ("Ana García", "author"),
        ("Bo Li", "editor"),
    ]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"title": " "}, "A work needs a title."),
        ({"type": ""}, "Say what kind of work it is."),
        ({"type": "novel"}, "Choose one of the list."),
        ({"year": "2023", "month": "2", "day": "30"}, "There is no such day as 2023-02-30."),
        ({"year": "20x3"}, "“20x3” is no date."),
        ({"month": "2"}, "A month or day needs its year."),
        ({"year": "2023", "day": "3"}, "A day needs its month."),
        ({"url": "example.org"}, "A web address starts with http:// or https://."),
        ({"identifiers-0-value": "11.1/x"}, "“11.1/x” is no DOI."),
        ({"identifiers-0-type": "isbn", "identifiers-0-value": "9780306406158"}, "is no ISBN."),
        ({"identifiers-0-type": "issn", "identifiers-0-value": "0317-8471",
          "identifiers-0-relationship": "funded-by"}, "cannot name funding"),
        ({"citation_value": "x"}, "Say how the citation is written."),
        ({"translated_title": "x"}, "Say in which language it is."),
        ({"title": "x" * 1001}, "at most 1000 characters"),
    ],
)  # fmt: skip
def test_each_fault_has_its_own_words_beside_the_field_and_loses_nothing(
    browser: Client, person: User, given: dict[str, str], words: str
) -> None:
    page = html.unescape(browser.post(ADD, BARE | {"subtitle": "kept"} | given).content.decode())

    assert not Work.objects.exists()
    assert page.count(words) >= 2  # in the list at the top, and beside the field
    assert 'value="kept"' in page


def test_all_faults_are_told_at_once(browser: Client) -> None:
    wrong = {"year": "20x3", "url": "example.org", "identifiers-0-value": "11.1/x"}

    page = html.unescape(browser.post(ADD, BARE | wrong).content.decode())

    for words in ("“20x3” is no date.", "A web address starts with http", "“11.1/x” is no DOI."):
        assert page.count(words) >= 2  # in the list at the top, and beside the field


def test_a_row_is_added_without_script_and_keeps_what_was_typed(browser: Client) -> None:
    sent = BARE | {
        "title": "",
        "subtitle": "kept",
        "identifiers-0-value": "nonsense",
        "year": "20x",
    }

    page = browser.post(ADD, sent | {"add": "identifiers"}).content.decode()

    given = typed(page)
    assert given["identifiers-TOTAL_FORMS"] == "2"
    assert (given["identifiers-0-value"], given["identifiers-1-value"]) == ("nonsense", "")
    assert (given["subtitle"], given["year"]) == ("kept", "20x")
    assert "error-summary" not in page
    assert "errorlist" not in page


def test_a_row_is_removed_without_script(browser: Client) -> None:
    sent = BARE | {
        "contributors-TOTAL_FORMS": "3",
        "contributors-0-name": "A", "contributors-0-role": "author",
        "contributors-1-name": "B", "contributors-1-role": "author",
        "contributors-2-name": "C", "contributors-2-role": "editor",
    }  # fmt: skip

    given = typed(browser.post(ADD, sent | {"remove": "contributors-1"}).content.decode())

    assert given["contributors-TOTAL_FORMS"] == "2"
    assert (given["contributors-0-name"], given["contributors-1-name"]) == ("A", "C")
    assert given["contributors-1-role"] == "editor"


def test_an_empty_row_is_no_row(browser: Client, person: User) -> None:
    sent = BARE | {
        "identifiers-TOTAL_FORMS": "2", "identifiers-1-type": "doi",
        "identifiers-1-value": "10.1000/a", "identifiers-1-relationship": "self",
    }  # fmt: skip

    browser.post(ADD, sent)

    assert [each["value"] for each in Work.objects.of(person).get().identifiers] == ["10.1000/a"]


def test_a_form_sent_back_untouched_changes_nothing(browser: Client, person: User) -> None:
    work = make_orcid_work(
        person, "A  <b>bold</b> “title” & \u202eright-to-left",
        type="of-tomorrow", published="2012-10-01", language_code="tlh", country="CL",
        short_description="Two  spaces\n\n\nand lines", translated_title="ohne Sprache",
        citation_value="@article{x,\n\ttitle={T}}",
        identifiers=[doi("123"), {"type": "new-id", "value": "X 1", "normalized": "x 1", "url": "", "relationship": "self"}],
        contributors=[
            {"name": "Ana", "orcid": "0000-0002-1825-0097", "role": "", "sequence": ""},
            {"name": "Ana", "orcid": "", "role": "new-role", "sequence": "first"},
        ],
    )  # fmt: skip

    page = browser.get(edit(work)).content.decode()
    browser.post(edit(work), typed(page))

    after = Work.objects.get()
    assert (after.version, after.edited_fields) == (work.version, [])


def test_of_an_orcid_work_exactly_what_was_changed_is_marked(browser: Client, person: User) -> None:
    work = make_orcid_work(person, "A work", identifiers=[doi("123")], journal_title="J")
    sent = typed(browser.get(edit(work)).content.decode())

    browser.post(edit(work), sent | {"title": "A better title", "year": "2021"})

    work.refresh_from_db()
    assert (work.title, work.published, work.journal_title) == ("A better title", "2021", "J")
    assert work.edited_fields == ["published", "title"]
    assert work.version == 2


def test_people_of_an_orcid_work_keep_their_ids(browser: Client, person: User) -> None:
    ana = {"name": "Ana", "orcid": "0000-0002-1825-0097", "role": "author", "sequence": "first"}
    work = make_orcid_work(person, contributors=[ana])
    sent = typed(browser.get(edit(work)).content.decode())

    browser.post(edit(work), sent | {
        "contributors-0-role": "editor", "contributors-TOTAL_FORMS": "2",
        "contributors-1-name": "Bo", "contributors-1-role": "author", "contributors-1-orcid": "0000-0001-5109-3700",
    })  # fmt: skip

    work.refresh_from_db()
    assert [(each["name"], each["orcid"], each["role"]) for each in work.contributors] == [
        ("Ana", "0000-0002-1825-0097", "editor"),
        ("Bo", "", "author"),
    ]
    assert work.edited_fields == ["contributors"]


def test_a_hundred_and_one_people_are_kept_as_they_are(browser: Client, person: User) -> None:
    people = [{"name": f"P{n}", "orcid": "", "role": "author", "sequence": ""} for n in range(101)]
    work = make_orcid_work(person, contributors=people)
    page = browser.get(edit(work)).content.decode()

    browser.post(edit(work), typed(page) | {"title": "Other"})

    work.refresh_from_db()
    assert (work.title, work.contributors) == ("Other", people)
    assert work.edited_fields == ["title"]
    assert "The 101 people of this work are kept as they are" in page


def test_a_work_typed_here_has_no_marks(browser: Client, person: User) -> None:
    work = make_work(person)
    sent = typed(browser.get(edit(work)).content.decode())

    browser.post(edit(work), sent | {"title": "Other"})

    work.refresh_from_db()
    assert (work.title, work.edited_fields) == ("Other", [])


def test_h2_the_second_of_two_is_told_what_changed_and_loses_nothing(
    browser: Client, person: User
) -> None:
    work = make_work(person, "First", journal_title="Old journal")
    mine = typed(browser.get(edit(work)).content.decode())
    other = {**mine, "title": "Theirs", "journal_title": "New journal"}
    browser.post(edit(work), other)

    page = browser.post(
        edit(work), mine | {"title": "Mine", "subtitle": "also mine"}
    ).content.decode()

    assert "While you were editing, this was changed elsewhere" in page
    assert "Theirs" in page
    again = typed(page)
    # What was typed stays; what was left alone takes what it says now.
    assert (again["title"], again["subtitle"], again["journal_title"]) == (
        "Mine", "also mine", "New journal",
    )  # fmt: skip
    browser.post(edit(work), again)
    work.refresh_from_db()
    assert (work.title, work.subtitle, work.journal_title) == ("Mine", "also mine", "New journal")


def test_a_work_in_the_list_is_pointed_out_before_saving(browser: Client, person: User) -> None:
    there = make_work(person, "The one", identifiers=[doi("10.1000/ABC")])
    sent = BARE | {"identifiers-0-value": "doi:10.1000/abc"}

    page = browser.post(ADD, sent).content.decode()

    assert Work.objects.count() == 1
    assert "Already in your list" in page
    assert edit(there) in page
    browser.post(ADD, sent | {"same": str(there.pk)})
    assert Work.objects.count() == 2


def test_one_alike_in_title_year_and_type_is_a_perhaps(browser: Client, person: User) -> None:
    make_work(person, "On  Tests!")

    page = browser.post(ADD, BARE | {"year": "2020"}).content.decode()

    assert "Perhaps already in your list" in page
    assert Work.objects.count() == 1


def test_two_dois_that_differ_are_two_works(browser: Client, person: User) -> None:
    make_work(person, "Editorial", identifiers=[doi("10.1000/1")])

    browser.post(
        ADD, BARE | {"title": "Editorial", "year": "2020", "identifiers-0-value": "10.1000/2"}
    )

    assert Work.objects.count() == 2


def test_somebody_elses_list_says_nothing(browser: Client, person: User, other: User) -> None:
    make_work(other, "The one", identifiers=[doi("10.1000/abc")])

    browser.post(ADD, BARE | {"identifiers-0-value": "10.1000/abc"})

    assert Work.objects.of(person).count() == 1
