"""*My publications*, as in the guide of Publons: connect, sync, read on, find the new list (O7)."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from playwright.sync_api import Page, expect
from pytest_django import Settings

from contacts.models import Run, User
from contacts.services import runs
from integrations.orcid import http
from integrations.works.models import Pull
from tests.browser.conftest import as_user
from tests.browser.guides import looks
from tests.browser.person import Person
from tests.factories import make_connection, make_user, make_work
from tests.sandbox_server import SandboxServer
from tests.works.record import work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OLD = [f"Work {number:03}" for number in range(120)]


@pytest.fixture
def ada(portal: str, sandbox: SandboxServer, settings: Settings) -> User:
    """Connected, with a list of more than two pages; no worker is about, but for the test."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    orcid = sandbox.add_person(given_names="Ada", family_name="Lovelace")
    tokens = sandbox.give_permission(orcid, django_settings.ORCID_CLIENT_ID)
    ada = make_user(orcid=orcid, name="Ada Lovelace")
    Pull.objects.create(connection=make_connection(orcid, **tokens))
    codes = sandbox.add_works(orcid, [work(title, doi=f"10.1/{title[-3:]}") for title in OLD])
    for title, code in zip(OLD, codes, strict=True):
        make_work(ada, title, put_code=code, group_put_codes=[code], orcid_modified=0)
    return ada


def work_off() -> None:
    """Be the worker."""
    for key in Run.objects.filter(state="queued").values_list("pk", flat=True):
        runs.perform(run_id=key)


def assert_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_guide_from_connecting_to_reconnecting(
    person: Callable[..., Person], sandbox: SandboxServer, settings: Settings
) -> None:
    ada = person()
    ada.orcid = sandbox.add_person(given_names="Ada", family_name="Lovelace", password="sandbox")
    sandbox.add_works(ada.orcid, [work("Found at ORCID", doi="10.1/1"), work("Found as well")])
    ada.signs_in()
    settings.CELERY_TASK_ALWAYS_EAGER = False
    ada.goes_to("/me/publications/")
    ada.reads("Not connected to ORCID", "No works yet")
    looks(ada, "publications-unconnected")

    ada.presses("Connect your ORCID iD")
    ada.presses("Authorize")
    ada.reads("Your ORCID record is connected.", "Queued: your works will be read from ORCID")
    looks(ada, "publications-connected")
    work_off()
    ada.reads("2 works were added.")
    lists(ada, "Found as well", "Found at ORCID")
    looks(ada, "publications-read")

    ada.follows("Found at ORCID", within="main")
    ada.page.get_by_label("Title", exact=True).fill("My own words")
    ada.presses("Save")
    ada.reads("“My own words” is saved.", "Edited here")
    corrects_at_orcid(ada, "Found at ORCID")
    ada.goes_to("/me/publications/")
    syncs(ada)
    ada.reads("1 was changed.", "Journal of Corrections")
    lists(ada, "Found as well", "My own words")
    looks(ada, "publications-read-again")

    withdraws_at_orcid(ada)
    ada.goes_to("/me/publications/")
    syncs(ada)
    ada.reads("Reconnect needed", "Your works stay here as they were read last.")
    lists(ada, "Found as well", "My own words")
    looks(ada, "publications-withdrawn")
    ada.presses("Connect again")
    ada.presses("Authorize")
    ada.reads("Your ORCID record is connected.")
    work_off()
    ada.reads("Nothing was new.")
    lists(ada, "Found as well", "My own words")


def syncs(ada: Person) -> None:
    ada.presses("Sync with ORCID")
    ada.reads("Queued: your works will be read from ORCID")
    looks(ada, "publications-queued")
    work_off()
    ada.reads_not("Queued")


def lists(ada: Person, *titles: str) -> None:
    """Exactly these, as they stand in the list, each once."""
    expect(ada.page.locator("tbody th a")).to_have_text(list(titles))


def corrects_at_orcid(ada: Person, title: str) -> None:
    """On ORCID's own page of the record: what was edited here, too."""
    ada.page.goto(f"{ada.sandbox.base_url}/my-orcid")
    ada.follows(f"Edit: {title}")
    ada.page.get_by_label("Title", exact=True).fill("Corrected at ORCID")
    ada.fills("Journal", "Journal of Corrections")
    ada.presses("Save")
    ada.reads("Corrected at ORCID")


def withdraws_at_orcid(ada: Person) -> None:
    """On ORCID's own page of trusted organisations."""
    ada.page.goto(f"{ada.sandbox.base_url}/trusted-parties")
    ada.presses("Revoke the access of Member Tools")
    ada.reads("Nobody yet.")


def test_the_new_list_comes_in_without_losing_the_readers_place(
    ada: User, sandbox: SandboxServer, portal: str, context: Callable[..., Any]
) -> None:
    page = context().new_page()
    as_user(page, portal, ada)
    page.goto(f"{portal}/me/publications/?sort=title&search=work")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("link", name="Work 050")).to_be_visible()
    address = page.url

    page.get_by_role("button", name="Sync with ORCID").click()
    expect(page.get_by_role("heading", name="Queued")).to_be_focused()
    assert_accessible(page)
    page.get_by_role("link", name="Work 070").scroll_into_view_if_needed()
    place = page.get_by_role("link", name="Work 070").bounding_box()
    sandbox.add_works(ada.orcid or "", [work("Work 070b, new"), work("Work 001b, new")])
    work_off()

    expect(page.get_by_role("link", name="Work 070b, new")).to_be_visible()
    expect(page.locator("#sync")).to_contain_text("2 works were added.")
    assert page.url == address
    after = page.get_by_role("link", name="Work 070", exact=True).bounding_box()
    assert place is not None
    assert after is not None
    assert abs(after["y"] - place["y"]) < 40
    assert_accessible(page)


def test_without_script_it_is_queued_and_a_refresh_shows_the_list(
    ada: User, sandbox: SandboxServer, portal: str, context: Callable[..., Any]
) -> None:
    page = context(390, java_script_enabled=False).new_page()
    as_user(page, portal, ada)
    page.goto(f"{portal}/me/publications/?sort=title-down")
    sandbox.add_works(ada.orcid or "", [work("Work 999")])

    page.get_by_role("button", name="Sync with ORCID").click()
    expect(page.locator("main")).to_contain_text("Your request is queued")
    work_off()
    page.get_by_role("link", name="Look again").click()

    assert page.url.endswith("?sort=title-down")
    expect(page.locator("tbody tr").first).to_contain_text("Work 999")


def test_orcid_out_of_reach_is_said_where_the_reader_is(
    ada: User,
    sandbox: SandboxServer,
    portal: str,
    context: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "_sleep", lambda _seconds: None)
    sandbox.fault("/api/v3.0/", status=503, times=20)
    page = context(390).new_page()
    as_user(page, portal, ada)
    page.goto(f"{portal}/me/publications/")

    page.get_by_role("button", name="Sync with ORCID").click()
    expect(page.get_by_role("heading", name="Queued")).to_be_visible()
    work_off()

    expect(page.get_by_role("heading", name="ORCID cannot be reached")).to_be_visible()
    assert_accessible(page)
    sandbox.clear_faults()
    page.get_by_role("button", name="Try again now").click()
    expect(page.get_by_role("heading", name="Queued")).to_be_visible()
    work_off()
    expect(page.locator("#sync")).to_contain_text("Last synced with ORCID on")
