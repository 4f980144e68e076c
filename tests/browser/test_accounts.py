"""A person's own account in the browser: a real passkey, and every page that asks for proof first."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings

from tests.accounts.elsewhere import CLIENTS
from tests.accounts.steps import code_for
from tests.browser.conftest import as_user
from tests.browser.looking import faults_of
from tests.browser.person import Person
from tests.browser.test_tokens import just_signed_in
from tests.factories import make_contact, make_member, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def with_a_phone(page: Page) -> None:
    """A passkey device that always says yes, as Chromium makes it for tests."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_passkey_is_added_and_asked_for_at_the_next_sign_in(
    person: Callable[..., Person],
) -> None:
    somebody = person(make_contact(make_member("Alpha")))
    with_a_phone(somebody.page)
    refused: list[str] = []
    somebody.page.on("console", lambda said: refused.append(said.text))
    somebody.signs_in()

    somebody.goes_to(reverse("mfa_index"))
    somebody.follows("Add a passkey")
    somebody.presses("Confirm at ORCID")
    somebody.signs_in_at_orcid()
    somebody.presses("Go on in the browser")
    somebody.reads("The passkey is added.", "10 codes are left")
    somebody.goes_to("/accounts/logout/")
    somebody.page.locator("main").get_by_role("button", name="Sign out").click()
    somebody.goes_to("/")
    somebody.presses("Sign in with ORCID")  # where they still are signed in
    somebody.reads("One more step")
    somebody.presses("Use a passkey")

    expect(somebody.page.locator(".menu")).to_be_visible()
    assert refused == []


def test_pages_that_ask_for_proof_are_accessible_and_fit(
    portal: str, context: Callable[..., BrowserContext], settings: Settings
) -> None:
    settings.SIGN_IN_CLIENTS = CLIENTS
    page = context().new_page()
    faults = {}

    def look(name: str, *, go: str = "") -> None:
        if go:
            page.goto(portal + go)
        if found := faults_of(page, f"account-{name}"):
            faults[name] = found

    look("sign-in", go=reverse("account_login"))
    as_user(page, portal, make_user(name="Sofia Person"))
    look("confirm", go=reverse("mfa_activate_totp"))
    just_signed_in()
    look("accounts", go=reverse("accounts"))
    look("app", go=reverse("mfa_activate_totp"))
    page.get_by_label("The six digits").fill("12")
    page.get_by_role("button", name="Set it up").click()
    look("app-wrong")
    page.get_by_label("The six digits").fill(code_for(page.locator("code.secret").inner_text()))
    page.get_by_role("button", name="Set it up").click()
    look("codes")
    look("second-factor", go=reverse("mfa_index"))
    look("app-remove", go=reverse("mfa_deactivate_totp"))
    look("codes-new", go=reverse("mfa_generate_recovery_codes"))
    look("passkey-add", go=reverse("mfa_add_webauthn"))
    look("sessions", go=reverse("usersessions_list"))
    look("no-password", go=reverse("account_change_password"))

    assert faults == {}
