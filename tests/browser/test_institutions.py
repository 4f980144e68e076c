"""Signing in through an institution in the browser: there, back, and on to ORCID."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from contacts.models import InstitutionalSignIn, User
from tests.browser.looking import describe, photograph, violations
from tests.browser.person import Person
from tests.institutional.conftest import (  # noqa: F401  # fixtures
    college,
    oidc_idp,
    oidc_server,
    saml_idp,
    saml_server,
    university,
)
from tests.sandbox_server import SandboxServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [1280, 390])
def test_first_sign_in_by_openid_connect_and_then_orcid(
    portal: str,
    university: InstitutionalSignIn,  # noqa: F811
    sandbox: SandboxServer,
    context: Callable[..., BrowserContext],
    width: int,
) -> None:
    page = context(width=width).new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text))
    orcid = sandbox.add_person(password="sandbox", given_names="Sofia", family_name="Garcia")
    sofia = Person(page, portal, sandbox, orcid)

    sofia.goes_to("/accounts/login/")
    sofia.follows("Sign in through your institution")
    sofia.fills("Name of your institution", "north")
    page.keyboard.press("Enter")
    photograph(page, "institutions-found", width)
    sofia.presses("Sign in through Uni of the North")
    page.locator("[name=login]").fill("sofia")
    page.locator("[name=password]").fill("sofia")
    page.keyboard.press("Enter")
    page.locator("[name=action][value=grant]").click()
    sofia.reads("One more step: your ORCID iD", "We have sent a mail to sofia@uni.example")
    photograph(page, "institutions-connect", width)
    assert [describe(found) for found in violations(page)] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    sofia.presses("Connect your ORCID iD")
    sofia.signs_in_at_orcid()
    sofia.reads("Your ORCID record is connected.")

    assert User.objects.get(orcid=orcid).name == "Sofia Garcia"
    assert [text for text in refused if "Content Security Policy" in text] == []


def test_first_sign_in_by_saml(
    portal: str,
    college: InstitutionalSignIn,  # noqa: F811
    context: Callable[..., BrowserContext],
) -> None:
    page = context().new_page()
    page.goto(f"{portal}/accounts/institutions/?next=/me/")
    page.get_by_role("button", name="Sign in through College of the South").click()
    page.get_by_label("Username").fill("noor")
    page.get_by_label("Password").fill("noor")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Go on").click()

    expect(page.locator("h1")).to_have_text("One more step: your ORCID iD")
    page.get_by_role("link", name="Not now").click()

    expect(page).to_have_url(f"{portal}/me/")
    assert User.objects.get().name == "Noor Haddad"
