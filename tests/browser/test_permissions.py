"""An institution asks a researcher: mail, sign-in, ORCID's consent and permission in one go; then
withdrawn with one press. Seen by both sides, with axe."""

from collections.abc import Callable

import pytest

from contacts.models import Contact, Role
from integrations.works.models import Grant
from tests.browser.looking import describe, photograph, violations
from tests.browser.person import Person
from tests.factories import make_consortium, make_contact, make_member, new_orcid
from tests.sandbox_server import SandboxServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RESEARCHERS = "/tools/journey-university/researchers/"


@pytest.fixture
def contact() -> Contact:
    university = make_member("Journey University", consortium=make_consortium())
    return make_contact(university, [Role.MAIN], given_names="Mai", family_name="North")


def looks(somebody: Person, what: str) -> None:
    """The page is as it should be, also for who cannot see it."""
    width = somebody.page.viewport_size["width"]  # type: ignore[index]  # it has one
    photograph(somebody.page, f"permissions-{what}", width)
    assert [describe(found) for found in violations(somebody.page)] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_asked_allowed_seen_and_withdrawn(
    person: Callable[..., Person], sandbox: SandboxServer, contact: Contact, width: int
) -> None:
    mai = person(contact, width=width)
    mai.signs_in()
    mai.goes_to(RESEARCHERS)
    mai.follows("Ask for permission", within="main")
    mai.fills("E-mail addresses", "grace@journey.example")
    mai.ticks("Push public works to their record")
    mai.ticks("Let staff add their ORCID works")
    mai.fills("Your own words", "Dear Grace, please help us.")
    looks(mai, "ask")
    mai.presses("Look at the mail")
    mai.reads("To 1 person", "Dear Grace, please help us.", "You never have to change who sees")
    looks(mai, "preview")
    mai.presses("Send")
    mai.reads("1 person is asked by mail.", "Waiting for an answer")
    looks(mai, "asked")

    grace = person(width=width)
    grace.orcid = sandbox.add_person(
        orcid=new_orcid(), password="sandbox", given_names="Grace", family_name="Hopper"
    )
    grace.page.goto(grace.newest_link(to="grace@journey.example", part="/permissions/"))
    grace.reads("Journey University asks for your permission", "Dear Grace, please help us.")
    looks(grace, "request")
    grace.ticks("Push the institution’s public works to my record")
    grace.presses("Go on with ORCID")
    grace.signs_in_at_orcid()
    grace.presses("Authorize")
    grace.reads("Done: Journey University has your permission.")
    grace.reads_not("cannot be used")
    looks(grace, "given")

    mai.goes_to(RESEARCHERS)
    mai.reads("Grace Hopper", grace.orcid, "Connected")
    looks(mai, "researchers")

    grace.goes_to("/me/accounts/")
    grace.reads("Permissions of institutions", "Journey University")
    looks(grace, "accounts")
    grace.presses("Withdraw")
    grace.reads("Journey University may no longer use your connection.")
    looks(grace, "withdrawn")
    assert not Grant.objects.current().exists()
