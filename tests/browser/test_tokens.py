"""A token is made in the browser: shown once, used, revoked; and the API's page loads its parts."""

import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import BrowserContext, expect

from integrations.orcid.views import FRESH_SESSION_KEY
from tests.access.world import make_world
from tests.api.calling import Caller
from tests.browser.conftest import as_user
from tests.browser.looking import describe, photograph, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def just_signed_in() -> None:
    """As if the password had been typed at ORCID a moment ago."""
    store = SessionStore(Session.objects.get().session_key)
    store[FRESH_SESSION_KEY] = time.time()
    store.save()


@pytest.mark.parametrize("width", [1280, 390])
def test_token_is_made_copied_and_revoked(
    portal: str, context: Callable[..., BrowserContext], width: int
) -> None:
    world = make_world()
    page = context(width=width).new_page()
    user = world.people["main contact"]
    assert user is not None
    as_user(page, portal, user)
    just_signed_in()

    page.goto(portal + reverse("tools:tokens", args=[world.ours.member.slug]))
    page.get_by_label("Name").fill("Library system")
    page.get_by_label("Read and write").check()
    page.get_by_role("button", name="Make the token").click()
    secret = page.locator("code.secret").inner_text()
    photograph(page, "token-made", width)
    found = [describe(violation) for violation in violations(page)]
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    address = f"/api/v1/members/{world.ours.member.slug}/"
    opened = Caller(secret).get(address).status_code
    page.get_by_role("button", name="Revoke").click()

    expect(page.get_by_text("The token “Library system” is revoked")).to_be_visible()
    expect(page.locator("code.secret")).to_have_count(0)
    assert (found, overflow) == ([], 0)
    assert (opened, Caller(secret).get(address).status_code) == (200, 401)


def test_description_of_the_api_is_shown_by_what_is_here(
    portal: str, context: Callable[..., BrowserContext]
) -> None:
    page = context().new_page()
    refused: list[str] = []
    asked: set[str] = set()
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))

    page.goto(portal + reverse("api_docs"))
    page.get_by_text("/api/v1/events/").first.wait_for()
    page.get_by_text("/api/v1/events/").first.click()

    expect(page.get_by_text("Changes after a cursor, oldest first.")).to_be_visible()
    photograph(page, "api-docs-loaded", 1280)
    assert asked - {""} == {urlsplit(portal).netloc}
    assert refused == []
