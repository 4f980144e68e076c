"""The main job, as people do it, in Chromium."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from contacts.models import Contact, Role
from members.models import Member
from tests.browser.person import Person
from tests.factories import make_consortium, make_contact, make_member
from tests.sandbox_server import SandboxServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def member() -> Member:
    consortium = make_consortium("Journey Consortium", helpdesk_email="help@journey.example")
    return make_member("Journey University", consortium=consortium)


@pytest.fixture
def main(member: Member) -> Contact:
    return make_contact(member, [Role.MAIN], given_names="Maya", family_name="Main")


def test_a_contact_is_found_added_and_signs_in(
    person: Callable[..., Person], sandbox: SandboxServer, member: Member, main: Contact
) -> None:
    found = sandbox.add_person(
        password="sandbox",
        given_names="Tove",
        family_name="Technical",
        emails=[
            {"email": "tove@uni.example", "verified": True, "primary": True, "visibility": "public"}
        ],
    )
    maya = person(main)
    maya.signs_in()
    maya.goes_to(f"/tools/{member.slug}/contacts/")
    maya.follows("Add a contact")
    maya.fills("E-mail address", "tove@uni.example")
    maya.presses("Look for this person")
    maya.reads("Is this the person?", "Tove Technical", found, "unauthenticated")
    maya.ticks("Technical contact")
    maya.presses("Add as a contact")
    maya.reads("Tove Technical", "Has not signed in yet")

    tove = person()
    tove.orcid = found
    tove.page.goto(tove.newest_link(to="tove@uni.example", part="/tools/"))
    tove.signs_in()

    tove.reads("Journey University")
    expect(tove.page).to_have_url(f"{tove.portal}/tools/{member.slug}/")


def test_who_is_invited_registers_and_accepts_then_main_passes_and_access_ends(
    person: Callable[..., Person], member: Member, main: Contact
) -> None:
    maya = person(main)
    maya.signs_in()
    maya.goes_to(f"/tools/{member.slug}/contacts/")
    maya.follows("Add a contact")
    maya.fills("E-mail address", "nils@uni.example")
    maya.presses("Look for this person")
    maya.reads("No ORCID iD found for this address")
    maya.ticks("Comms contact")
    maya.presses("Send the invitation")
    maya.reads("nils@uni.example")

    nils = person()
    nils.page.goto(nils.newest_link(to="nils@uni.example", part="/invitations/"))
    nils.reads("Become a contact of Journey University", "Comms contact")
    nils.presses("Sign in with ORCID")
    nils.registers_at_orcid(given="Nils", family="Newcomer", email="private@mail.example")
    nils.reads("You are signed in as")
    nils.presses("Accept as Nils Newcomer")
    nils.reads("Journey University")

    maya.goes_to(f"/tools/{member.slug}/contacts/hand-over/?role=main")
    maya.ticks("Nils Newcomer")
    maya.presses("Continue")
    maya.presses("Hand over")
    maya.reads("Nils Newcomer is now Main relationship contact (OFFICIAL)")

    maya.goes_to(f"/tools/{member.slug}/information/")
    nils.goes_to(f"/tools/{member.slug}/contacts/{main.pk}/remove/")
    nils.presses("Remove")
    nils.reads("Maya Main is no longer a contact")
    maya.fills("Website", "https://late.example/")
    maya.presses("Save")
    maya.reads_not("Journey University")
    expect(maya.page.get_by_role("heading", level=1)).to_be_visible()
    member.refresh_from_db()
    assert member.website == ""
    assert Role.MAIN in Contact.objects.current().get(member=member).roles


def test_this_is_not_me_works_without_signing_in(
    person: Callable[..., Person], sandbox: SandboxServer, member: Member, main: Contact
) -> None:
    sandbox.add_person(
        given_names="Other",
        family_name="Person",
        emails=[
            {"email": "o@uni.example", "verified": True, "primary": True, "visibility": "public"}
        ],
    )
    maya = person(main)
    maya.signs_in()
    maya.goes_to(f"/tools/{member.slug}/contacts/add/")
    maya.fills("E-mail address", "o@uni.example")
    maya.presses("Look for this person")
    maya.presses("Add as a contact")

    other = person()
    other.page.goto(other.newest_link(to="o@uni.example", part="/not-me/"))
    other.presses("This is not me: remove")

    other.reads("Thank you. The contact is removed")
    assert list(Contact.objects.current().filter(member=member)) == [main]


def test_saying_no_at_orcid_leads_back_in_plain_words(
    person: Callable[..., Person], main: Contact
) -> None:
    maya = person(main)
    maya.presses("Sign in with ORCID")
    maya.fills("E-mail or ORCID iD", maya.orcid)
    maya.fills("Password", "sandbox")
    maya.page.get_by_role("button", name="Sign in", exact=True).click()
    maya.presses("Deny")

    maya.reads("You chose not to sign in", "nothing was passed on or stored")
    expect(maya.page.get_by_role("button", name="Try again")).to_be_visible()


def test_the_main_job_works_without_javascript_at_390_pixels(
    person: Callable[..., Person], member: Member, main: Contact
) -> None:
    maya = person(main, width=390, java_script_enabled=False)
    maya.signs_in()
    maya.goes_to(f"/tools/{member.slug}/information/")
    maya.fills("Website", "journey.example")
    maya.presses("Save")

    maya.reads("The information is saved.")
    expect(maya.page.get_by_label("Website")).to_have_value("https://journey.example")
    member.refresh_from_db()
    assert member.website == "https://journey.example"
