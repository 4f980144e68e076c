"""Hiding, showing, deleting and bringing back; ORCID's value again."""

import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contacts.models import Run, User
from contacts.services import runs
from integrations.works.models import Work
from tests.sandbox_server import SandboxServer
from tests.works.conftest import make_researcher
from tests.works.record import work as on_record
from tests.works_own.conftest import doi, make_orcid_work, make_work
from tests.works_own.test_form import typed

LIST = "/me/publications/"


def press(browser: Client, name: str, work: Work, **sent: Any) -> str:
    answer = browser.post(reverse(f"works:{name}", args=[work.pk]), sent, follow=True)
    return html.unescape(answer.content.decode())


def undo(browser: Client, page: str) -> str:
    """Press the button of the message."""
    address = re.search(r'<form method="post" action="([^"]+)">[^/]*<button[^>]*>Undo', page)
    assert address is not None
    return html.unescape(browser.post(address[1], follow=True).content.decode())


@pytest.mark.parametrize("make", [make_work, make_orcid_work])
def test_any_work_is_hidden_and_shown_again(browser: Client, person: User, make: Any) -> None:
    work = make(person, "The <b>work</b>")

    page = press(browser, "hide", work)

    assert "“The work” is hidden here. At ORCID nothing has changed." in page
    assert f'id="work-{work.pk}"' not in page
    assert f'id="work-{work.pk}"' in undo(browser, page)
    work.refresh_from_db()
    assert work.hidden_at is None


@pytest.mark.parametrize("name", ["hide", "show"])
def test_the_reader_comes_back_to_the_same_place_in_the_list(
    browser: Client, person: User, name: str
) -> None:
    work = make_work(person)

    address = reverse(f"works:{name}", args=[work.pk])
    answer = browser.post(address, {"query": "sort=title&after=7"})

    assert answer["Location"] == f"{LIST}?sort=title&after=7"


def test_after_editing_the_reader_comes_back_to_the_same_place(
    browser: Client, person: User
) -> None:
    work = make_work(person, "Mine")
    in_list = html.unescape(browser.get(LIST, {"search": "mine", "sort": "title"}).content.decode())
    address = re.search(rf'href="({reverse("works:edit", args=[work.pk])}[^"]*)"', in_list)
    assert address is not None

    page = html.unescape(browser.get(address[1]).content.decode())
    saved = browser.post(address[1], typed(page) | {"title": "Mine too"})

    assert page.count(f'href="{LIST}?search=mine&sort=title"') == 2  # on top, and beside Save
    assert saved["Location"] == f"{LIST}?search=mine&sort=title"


def test_the_title_in_a_message_is_no_markup(browser: Client, person: User) -> None:
    work = make_work(person, "<script>alert(1)</script>")

    page = browser.post(reverse("works:hide", args=[work.pk]), follow=True).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_an_own_work_is_deleted_and_brought_back(browser: Client, person: User) -> None:
    work = make_work(person, "Mine", origin=Work.Origin.FILE, identifiers=[doi("10.1000/1")])
    before = Work.objects.values("title", "origin", "identifiers", "published").get()

    page = press(browser, "delete", work)

    assert "“Mine” is deleted." in page
    assert not Work.objects.exists()
    undo(browser, page)
    assert Work.objects.values("title", "origin", "identifiers", "published").get() == before
    assert Work.objects.get().person == person
    # Once.
    assert "There is nothing to bring back." in undo(browser, page)
    assert Work.objects.count() == 1


def test_a_work_on_the_orcid_record_cannot_be_deleted_here(browser: Client, person: User) -> None:
    work = make_orcid_work(person)

    page = press(browser, "delete", work)

    assert "This work is on your ORCID record. Hide it here, or delete it at ORCID." in page
    assert Work.objects.exists()


def test_a_work_that_left_orcid_can_be_deleted(browser: Client, person: User) -> None:
    work = make_orcid_work(person, left_orcid_at="2024-01-01T00:00Z")

    press(browser, "delete", work)

    assert not Work.objects.exists()


def test_what_changes_needs_a_post(browser: Client, person: User) -> None:
    work = make_work(person)

    answers = {
        name: browser.get(reverse(f"works:{name}", args=[work.pk])).status_code
        for name in ("hide", "show", "delete", "reset")
    }

    assert answers == dict.fromkeys(answers, 405)
    assert Work.objects.get().hidden_at is None


def test_o7_orcids_value_comes_again_where_the_person_asks_for_it(
    db: None, orcid: SandboxServer
) -> None:
    ada = make_researcher(orcid)
    ada.has(on_record("At ORCID", published="2012", doi="10.1000/1"))
    ada.sync()
    [work] = ada.works
    work.title, work.published, work.edited_fields = "Mine", "2013", ["published", "title"]
    work.save()
    ada.sync()
    assert ada.titles == ["Mine"]
    browser = ada.client
    assert (
        "Use ORCID’s value again"
        in browser.get(reverse("works:edit", args=[work.pk])).content.decode()
    )

    page = press(browser, "reset", work, field="title")

    assert "ORCID’s own value is being read and comes in a moment: Title." in page
    runs.perform(run_id=Run.objects.get(state=Run.State.QUEUED).pk)
    [work] = ada.works
    assert (work.title, work.published, work.edited_fields) == ("At ORCID", "2013", ["published"])


def test_orcids_value_cannot_come_while_orcid_is_not_connected(
    browser: Client, person: User
) -> None:
    work = make_orcid_work(person, edited_fields=["title"])

    page = press(browser, "reset", work, field="title")

    assert "Connect ORCID first." in page
    work.refresh_from_db()
    assert work.edited_fields == ["title"]


@pytest.mark.parametrize("edited", [0, 3])
def test_the_page_of_a_work_asks_as_much_whatever_it_holds(
    browser: Client, person: User, django_assert_num_queries: Any, edited: int
) -> None:
    work = make_orcid_work(person, edited_fields=["title", "url", "type"][:edited])

    # Session, person, the work; two of the frame around every page.
    with django_assert_num_queries(5):
        browser.get(reverse("works:edit", args=[work.pk]))


@pytest.mark.parametrize("number", [1, 3])
def test_the_preview_of_a_file_asks_as_much_whatever_it_holds(
    browser: Client, person: User, django_assert_num_queries: Any, number: int
) -> None:
    lines = "".join(f"Work {n},book,2020\nSame {n},book,2020\n" for n in range(number))
    for n in range(number):
        make_work(person, f"Same {n}", type="book")
    file = SimpleUploadedFile("x.csv", f"Title,Type,Year\n{lines}".encode())
    address = browser.post("/me/publications/import/", {"file": file})["Location"]

    # Session, person, the run with its person, their works; two of the frame.
    with django_assert_num_queries(6):
        browser.get(address)
