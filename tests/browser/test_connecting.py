"""Connecting ORCID as in the Publons guide: denied, another iD, connected, disconnected."""

from collections.abc import Callable

import pytest

from contacts.models import Contact
from integrations.orcid.models import Connection
from tests.browser.looking import describe, photograph, violations
from tests.browser.person import Person
from tests.factories import make_consortium, make_contact, make_member
from tests.sandbox_server import SandboxServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ACCOUNTS = "/me/accounts/"


@pytest.fixture
def contact() -> Contact:
    return make_contact(make_member("Journey University", consortium=make_consortium()))


def looks(ada: Person, what: str) -> None:
    """The page is as it should be, also for who cannot see it."""
    photograph(ada.page, f"connecting-{what}", ada.page.viewport_size["width"])  # type: ignore[index]  # it has one
    assert [describe(found) for found in violations(ada.page)] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_a_person_connects_and_disconnects(
    person: Callable[..., Person], sandbox: SandboxServer, contact: Contact, width: int
) -> None:
    ada = person(contact, width=width)
    ada.signs_in()
    ada.goes_to(ACCOUNTS)
    ada.presses("Connect your ORCID iD")
    ada.reads("Read your information with visibility set to")
    ada.presses("Deny")
    ada.reads("Not connected: you did not allow it at ORCID. That is fine.")
    looks(ada, "denied")

    ada.presses("Connect your ORCID iD")
    ada.presses("Authorize")
    ada.reads("Your ORCID record is connected.", contact.orcid, "Connected")
    looks(ada, "connected")

    ada.follows("Disconnect")
    ada.reads("Your publications stay here as they are")
    ada.presses("Disconnect")
    ada.reads("Disconnected. ORCID has ended our permission.", "Connect your ORCID iD")
    looks(ada, "disconnected")
    assert Connection.objects.get().state == Connection.State.ENDED


def test_who_is_somebody_else_at_orcid_is_told_so(
    person: Callable[..., Person], sandbox: SandboxServer, contact: Contact
) -> None:
    other = sandbox.add_person(given_names="Other", family_name="Person", password="sandbox")
    ada = person(contact)
    ada.signs_in()
    sign_out_at_orcid(ada)
    ada.goes_to(ACCOUNTS)
    ada.presses("Connect your ORCID iD")
    mine, ada.orcid = ada.orcid, other
    ada.signs_in_at_orcid()

    ada.reads("Not connected: that was another iD", other, mine, "sign out at ORCID")
    looks(ada, "another-id")
    assert not Connection.objects.exists()


def sign_out_at_orcid(ada: Person) -> None:
    cookies = [cookie for cookie in ada.page.context.cookies() if "sandbox" not in cookie["name"]]
    ada.page.context.clear_cookies()
    ada.page.context.add_cookies(cookies)  # type: ignore[arg-type]  # what it gave, it takes
