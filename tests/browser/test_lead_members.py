"""A lead adds members, one by one and out of a file, and ends a membership, in Chromium."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from contacts.models import Contact, Role
from members.models import Member
from tests.browser.looking import describe, violations
from tests.browser.person import Person
from tests.factories import make_consortium, make_contact, make_member
from tests.sandbox_server import SandboxServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILE = (
    "Legal name,Country,Community,ROR\n"
    "Alpha University,CL,Research Institute,05a28rw58\n"
    "Beta Foundation,GB,Funder,\n"
)


@pytest.fixture
def manager() -> Contact:
    consortium = make_consortium("Journey Consortium")
    lead = make_member("Journey Library", consortium)
    consortium.lead = lead
    consortium.save()
    return make_contact(lead, [Role.MAIN], given_names="Lea", family_name="Lead")


def accessible(page: Page) -> None:
    assert [describe(violation) for violation in violations(page)] == []


def test_a_member_is_added_with_its_first_contact(
    person: Callable[..., Person], sandbox: SandboxServer, manager: Contact
) -> None:
    shown = {"email": "tove@uni.example", "verified": True, "primary": True}
    sandbox.add_person(
        given_names="Tove", family_name="First", emails=[shown | {"visibility": "public"}]
    )
    make_member("New University", manager.member.leads.get())
    lea = person(manager)
    lea.signs_in()
    lea.goes_to("/lead/journey-consortium/members/add/")
    lea.fills("Legal name", "New University")
    lea.page.get_by_label("Country").select_option("NO")
    lea.page.get_by_label("Community").select_option("research")
    lea.fills("E-mail address of the first contact", "tove@uni.example")
    lea.presses("Continue")
    lea.reads("Is it here already?", "It has the same name.")
    accessible(lea.page)
    lea.presses("No, it is another organisation: continue")
    lea.reads("Is this the person?", "Tove First")
    accessible(lea.page)
    lea.presses("No, this is somebody else")
    expect(lea.page.get_by_label("Legal name")).to_have_value("New University")
    lea.fills("E-mail address of the first contact", "nobody@uni.example")
    lea.presses("Continue")
    lea.presses("No, it is another organisation: continue")
    lea.reads("No ORCID iD found for this address")
    accessible(lea.page)

    lea.presses("Add the member and send the invitation")

    lea.reads("New University is added. An invitation is on its way to nobody@uni.example.")
    assert Member.objects.filter(legal_name="New University").count() == 2


def test_members_come_out_of_a_file_and_a_membership_ends(
    person: Callable[..., Person], manager: Contact
) -> None:
    lea = person(manager)
    lea.signs_in()
    lea.goes_to("/lead/journey-consortium/members/import/")
    lea.page.get_by_label("File", exact=True).set_input_files(
        {"name": "members.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    lea.presses("Look through the file")
    lea.reads("To be added: 2", "Alpha University", "Beta Foundation")
    lea.presses("Bring these in")
    lea.reads("Done", "Added: 2.")
    lea.follows("To the list of members")
    lea.page.get_by_role("link", name="Membership of Alpha University").click()
    lea.follows("End it")
    lea.fills("Last day", "2099-12-31")
    lea.fills("Reason", "Budget")
    lea.presses("End the membership")
    lea.reads("ends after 31 December 2099", "Budget")
    lea.presses("Undo the end")

    lea.reads("The membership of Alpha University goes on.")
    assert Member.objects.get(legal_name="Alpha University").memberships.get().end is None
