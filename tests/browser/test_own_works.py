"""A person adds a work, hides it and takes that back, with and without script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from integrations.works.models import Work
from tests.browser.conftest import as_user
from tests.factories import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("script", [True, False])
def test_a_work_is_added_hidden_and_back(
    portal: str,
    context: Callable[..., BrowserContext],
    script: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    user = make_user(name="Ana García")
    page = context(width=390, java_script_enabled=script).new_page()
    as_user(page, portal, user)
    page.goto(f"{portal}/me/publications/add/")
    page.get_by_label("Type", exact=True).select_option("Journal article")
    page.get_by_label("Title", exact=True).fill("Typed before")
    page.get_by_label("Identifier", exact=True).fill("10.1000/one")

    page.get_by_role("button", name="Add a row for an identifier").click()
    second = page.get_by_role("group", name="Identifier 2")
    second.get_by_label("Identifier", exact=True).fill("10.1000/two")
    expect(page.get_by_label("Title", exact=True)).to_have_value("Typed before")
    page.get_by_role("button", name="Add to my list").click()

    page.get_by_role("button", name="Typed before").click()
    expect(page.get_by_text("is hidden here")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Typed before")).to_be_visible()
    assert [each["value"] for each in Work.objects.get().identifiers] == [
        "10.1000/one",
        "10.1000/two",
    ]
