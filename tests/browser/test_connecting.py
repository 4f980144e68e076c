"""Connecting ORCID as in the Publons guide: denied, another iD, connected, disconnected."""

from collections.abc import Callable

import pytest

from contacts.models import Contact
from integrations.orcid.models import Connection
from tests.browser.guides import looks
from tests.browser.person import Person
from tests.factories import make_consortium, make_contact, make_member
from tests.sandbox_server import SandboxServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ACCOUNTS = "/me/accounts/"


@pytest.fixture
def contact() -> Contact:
    return make_contact(make_member("Journey University", consortium=make_consortium()))


def test_a_person_connects_and_disconnects_on_a_phone(
    person: Callable[..., Person], contact: Contact
) -> None:
    ada = person(contact, width=390)
    ada.signs_in()
    ada.goes_to(ACCOUNTS)
    ada.presses("Connect your ORCID iD")
    ada.reads("Read your information with visibility set to")
    ada.presses("Deny")
    ada.reads("Not connected: you did not allow it at ORCID. That is fine.")
    looks(ada, "connecting-denied")

    ada.presses("Connect your ORCID iD")
    ada.presses("Authorize")
    ada.reads("Your ORCID record is connected.", contact.orcid, "Connected")
    looks(ada, "connecting-connected")

    ada.follows("Disconnect")
    ada.reads("Your publications stay here as they are")
    ada.presses("Disconnect")
    ada.reads("Disconnected. ORCID has ended our permission.", "Connect your ORCID iD")
    looks(ada, "connecting-disconnected")
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
    looks(ada, "connecting-another-id")
    assert not Connection.objects.exists()


def sign_out_at_orcid(ada: Person) -> None:
    cookies = [cookie for cookie in ada.page.context.cookies() if "sandbox" not in cookie["name"]]
    ada.page.context.clear_cookies()
    ada.page.context.add_cookies(cookies)  # type: ignore[arg-type]  # what it gave, it takes
