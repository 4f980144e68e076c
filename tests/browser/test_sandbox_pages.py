"""The local ORCID's pages: no axe violation, and they fit on a screen of 390 pixels."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.looking import faults_of, look
from tests.sandbox.steps import (
    bearer,
    client_source,
    client_token,
    external_id,
    external_ids,
    orcid_work,
    user_token,
)
from tests.sandbox_server import SandboxClient, SandboxServer

pytestmark = pytest.mark.browser


@pytest.fixture
def ada(sandbox: SandboxServer) -> str:
    """Somebody with works in two versions, who trusts an organisation that asserts a post."""
    sandbox.reset()
    client = sandbox.add_client(name="Northfield Repository")
    both = external_ids(external_id("doi", "10.5555/12345678"), external_id("issn", "1234-5678"))
    works = [
        orcid_work("On the growth of lichens in northern cities", **both),
        orcid_work("On the growth", **both, **client_source(client.client_id, client.client_id)),
        orcid_work("دراسة في اللغة", visibility="private"),
    ]
    jobs = [{"organization": "University of Northfield", "current": False}]
    orcid = sandbox.add_person(
        given_names="Ada", family_name="Quist", works=works, employments=jobs
    )
    token = user_token(sandbox, client, orcid, scope="/read-limited /activities/update")
    post = {"role-title": "Curator", "organization": {"name": "Northfield"}}
    sandbox.http.post(
        f"/api/v3.0/{orcid}/service",
        headers=bearer(token["access_token"]),
        json={**post, **external_ids(external_id("source-work-id", "1"))},
    ).raise_for_status()
    ask_for_permission(sandbox, client, orcid)
    sandbox.fault("/nowhere/", kind="cut", times=None)
    return orcid


def ask_for_permission(sandbox: SandboxServer, client: SandboxClient, orcid: str) -> None:
    request = {
        "notification-type": "permission",
        "authorization-url": {"path": "/oauth/authorize?client_id=APP-1"},
        "notification-subject": "Your publications",
        "notification-intro": "We keep some that are not on your record.",
        "items": {"item": [{"item-type": "work", "item-name": "On the growth of mosses"}]},
    }
    sandbox.http.post(
        f"/api/v3.0/{orcid}/notification-permission",
        headers=bearer(client_token(sandbox, client, "/premium-notification")),
        json=request,
    ).raise_for_status()


def test_every_page_of_the_sandbox_is_accessible_and_fits(
    sandbox: SandboxServer, context: Callable[..., BrowserContext], ada: str
) -> None:
    page = context().new_page()
    base = sandbox.base_url
    strangers = ["/", "/signin", "/register", "/institutional-signin", f"/{ada}", "/sandbox/"]
    own = ["/my-orcid", "/my-orcid/works/add", "/inbox", "/trusted-parties", f"/{ada}"]

    faults = {path: look(page, base + path, f"sandbox{path}") for path in strangers}
    link_account(page, sandbox, ada)
    faults |= {path: look(page, base + path, f"sandbox-own{path}") for path in own}
    page.goto(f"{base}/my-orcid")
    links = page.get_by_role("link", name=re.compile("^(Edit|Delete):"))
    for path in [str(link.get_attribute("href")) for link in links.all()[:2]]:
        faults[path] = look(page, base + path, f"sandbox-own{path}")

    assert {path: found for path, found in faults.items() if found} == {}


def link_account(page: Page, sandbox: SandboxServer, orcid: str) -> None:
    """In by way of the institution, with each page on the way looked at."""
    page.goto(f"{sandbox.base_url}/institutional-signin?q=northfield")
    page.get_by_role("link", name="University of Northfield").click()
    assert faults_of(page, "sandbox-institution") == []
    page.get_by_label("User name").fill("aquist")
    page.get_by_role("button", name="Sign in").click()
    assert faults_of(page, "sandbox-linking") == []
    page.get_by_label("E-mail or ORCID iD").fill(orcid)
    page.get_by_label("Password").fill("sandbox")
    page.get_by_role("button", name="Sign in and link").click()
    expect(page.get_by_role("heading", name="Ada Quist")).to_be_visible()


def test_a_person_keeps_works_and_takes_trust_back_without_javascript(
    sandbox: SandboxServer, context: Callable[..., BrowserContext], ada: str
) -> None:
    page = context(java_script_enabled=False).new_page()
    page.goto(f"{sandbox.base_url}/signin")
    page.get_by_role("button", name="Sign in as Ada Quist").click()
    page.get_by_role("link", name="My record", exact=True).click()

    page.get_by_role("link", name="Add a work").click()
    page.get_by_label("Title", exact=True).fill("Typed by hand")
    page.get_by_label("Year of publication").fill("2024")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("The work has been added.")
    added = page.get_by_role("article").filter(has_text="Typed by hand")
    added.get_by_role("button", name="Only me").click()
    expect(added.get_by_role("button", name="Only me")).to_have_attribute("aria-pressed", "true")

    page.get_by_role("link", name="Trusted parties").click()
    page.get_by_role("button", name="Revoke the access of Northfield Repository").click()
    expect(page.get_by_text("Nobody yet.")).to_be_visible()
