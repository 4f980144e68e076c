"""Telling who one is, showing it to everybody, and taking it back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from contacts.models import Profile
from tests.browser.conftest import as_user
from tests.factories import make_user
from tests.pictures import drawn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without"])
def test_a_person_shows_themselves_and_stops(
    portal: str, context: Callable[..., BrowserContext], *, javascript: bool
) -> None:
    page = context(java_script_enabled=javascript).new_page()
    as_user(page, portal, make_user(name="Ada Lovelace"))
    page.goto(f"{portal}/me/accounts/")
    page.get_by_role("link", name="Profile", exact=True).click()

    page.locator("input[type=file]").set_input_files(
        {"name": "me.png", "mimeType": "image/png", "buffer": drawn(size=(300, 200))}
    )
    page.get_by_label("Title or position").fill("Analyst")
    page.get_by_label("Field").select_option("Mathematics")
    page.get_by_label("Biography").fill("One.\nTwo.")
    page.get_by_role("group", name="Link 1").get_by_label("Web address").fill("ada.example")
    page.get_by_label("Show my profile publicly").check()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("Your profile is saved.")).to_be_visible()
    address = portal + Profile.objects.get().get_absolute_url()
    visitor = context(java_script_enabled=javascript).new_page()
    visitor.goto(address)
    expect(visitor.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    expect(visitor.get_by_role("link", name="https://ada.example")).to_be_visible()
    assert visitor.locator("main img.avatar").evaluate("image => image.naturalWidth") == 200

    page.get_by_label("Show my profile publicly").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your profile is not public any more.")).to_be_visible()
    gone = visitor.goto(address)
    assert gone is not None
    assert gone.status == 404
    expect(visitor.locator("body")).not_to_contain_text("Lovelace")
