"""A real portal, a real local ORCID with its mailbox, and Chromium between them."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from contacts.models import Contact, User
from tests.browser.person import Person
from tests.sandbox_server import SandboxServer

# Playwright's loop runs in this thread; Django would take the tests' own queries for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    assert found, "No Chromium: install one, or name it in CHROMIUM."
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def portal(live_server: LiveServer, sandbox: SandboxServer, settings: Settings) -> str:
    """The portal's address; mails leave by SMTP at once, as from a worker, into the mailbox."""
    sandbox.reset()
    settings.SITE_URL = live_server.url
    settings.ORCID_BASE_URL = sandbox.base_url
    settings.ORCID_PUBLIC_API_URL = sandbox.public_api_url
    settings.ORCID_MEMBER_API_URL = sandbox.member_api_url
    policy = settings.CONTENT_SECURITY_POLICY
    directives = policy["DIRECTIVES"] | {"form-action": ["'self'", sandbox.base_url]}
    settings.CONTENT_SECURITY_POLICY = policy | {"DIRECTIVES": directives}
    settings.CELERY_TASK_ALWAYS_EAGER = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sandbox.smtp_port
    sandbox.add_client(
        client_id=settings.ORCID_CLIENT_ID,
        client_secret=settings.ORCID_CLIENT_SECRET,
        name="Member Tools",
        redirect_uris=[
            f"{live_server.url}/accounts/orcid/login/callback/",
            f"{live_server.url}/me/accounts/orcid/connected/",
        ],
    )
    return live_server.url


@pytest.fixture
def context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browsers of people who share nothing; closed at the end."""
    opened: list[BrowserContext] = []

    def make(width: int = 1280, **options: Any) -> BrowserContext:
        new = browser.new_context(viewport={"width": width, "height": 900}, **options)
        new.set_default_timeout(10_000)
        opened.append(new)
        return new

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def person(
    portal: str, sandbox: SandboxServer, context: Callable[..., BrowserContext]
) -> Callable[..., Person]:
    """Somebody with a browser of their own, at the portal's front page."""

    def make(contact: Contact | None = None, **options: Any) -> Person:
        if contact is not None:
            sandbox.add_person(
                orcid=contact.orcid,
                password="sandbox",
                given_names=contact.given_names,
                family_name=contact.family_name,
            )
        page = context(**options).new_page()
        page.goto(portal)
        return Person(page, portal, sandbox, contact.orcid if contact else "")

    return make


def as_user(page: Page, portal: str, user: User) -> None:
    """Sign in without the walk through ORCID, for looking at many pages."""
    from django.test import Client  # noqa: PLC0415

    client = Client()
    client.force_login(user)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": portal}])
    page.goto(portal + reverse("home"))
