"""The guide of Figshare: connect, turn switches that are all off, push all public items; private ones never.
Seen on the record's own page at ORCID.
"""

import pytest
from playwright.sync_api import expect

from integrations.works.models import Grant
from tests.browser.guides import Institution, institution, looks, record_shows
from tests.browser.person import Person
from tests.works.record import work

__all__ = ["institution"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PUSH = "Push the institution’s public works to my record"
QUEUE = "/me/publications/queue/"


@pytest.fixture
def grace(institution: Institution) -> Person:
    """Connected, with the switch on, and what ORCID asks for that."""
    grace = institution.somebody("Grace", "Hopper")
    institution.has_public("Public before", grace)
    grace.signs_in()
    connects(grace)
    switches_on(grace, institution)
    return grace


def connects(grace: Person) -> None:
    grace.goes_to("/me/accounts/")
    grace.presses("Connect your ORCID iD")
    grace.reads("Read your information with visibility set to")
    grace.presses("Authorize")
    grace.reads("Your ORCID record is connected.")


def switches_on(grace: Person, institution: Institution) -> None:
    grace.goes_to("/me/permissions/?search=journey")
    grace.follows("Journey University", within="main")
    chips = grace.page.locator("main .chip")
    expect(chips).to_have_text(["Off", "Off", "Off"])
    looks(grace, "items-switches-off")
    grace.page.locator("li", has_text=PUSH).get_by_role("button", name="Switch on").click()
    expect(chips).to_have_text(["On", "Off", "Off"])
    grace.reads("One permission is missing at ORCID: to add works")
    looks(grace, "items-missing")
    grace.presses("Allow it at ORCID")
    grace.presses("Authorize")
    grace.reads_not("One permission is missing at ORCID")
    expect(chips).to_have_text(["On", "Off", "Off"])


def test_public_items_go_with_their_new_versions_and_private_ones_never(
    institution: Institution, grace: Person
) -> None:
    record_shows(grace)
    grace.goes_to(QUEUE)
    grace.presses("Push all now")
    grace.reads("1 work is queued.")
    record_shows(grace, "Public before")

    adds(grace, institution, "Private, then public")
    record_shows(grace, "Public before")
    opens(grace, "Private, then public")
    grace.presses("Make it public")
    grace.reads("It is public now.")
    looks(grace, "items-published")
    record_shows(grace, "Private, then public", "Public before")

    opens(grace, "Private, then public")
    grace.page.get_by_label("Title", exact=True).fill("A new version")
    grace.presses("Save")
    grace.reads("It is saved.")
    record_shows(grace, "A new version", "Public before")


def test_unpublishing_does_what_the_institution_stated(
    institution: Institution, grace: Person
) -> None:
    adds(grace, institution, "Taken back")
    publishes(grace, "Taken back")
    takes_back(grace, "Taken back", "it stays on ORCID records")
    record_shows(grace, "Taken back")

    mai = institution.contact_signs_in()
    mai.goes_to(institution.url("works/settings"))
    mai.ticks("It is deleted from ORCID records")
    mai.presses("Save")
    publishes(grace, "Taken back")
    takes_back(grace, "Taken back", "it is deleted from ORCID records")

    record_shows(grace)
    grace.goes_to("/me/publications/queue/history/")
    grace.reads("Adding it", "Deleting it", "Accepted")
    looks(grace, "items-history")


def test_a_new_work_at_orcid_becomes_a_draft_and_staff_add_the_others(
    institution: Institution, grace: Person
) -> None:
    sandbox, orcid = institution.sandbox, grace.orcid
    sandbox.add_works(orcid, [work("At ORCID before", published="2024")])
    syncs(grace)
    turns_on(grace, Grant.Purpose.LIST)
    turns_on(grace, Grant.Purpose.DRAFT)
    looks(grace, "items-switches-on")
    sandbox.add_works(orcid, [work("New at ORCID", published="2026")])
    syncs(grace)

    kim = institution.keeper_signs_in()
    kim.goes_to(institution.url("works"))
    titles = kim.page.locator("tbody th a")
    expect(titles).to_have_text(["New at ORCID", "Public before"])
    kim.reads("Draft", "Grace Hopper")
    looks(kim, "items-draft")
    kim.follows("Add from researchers")
    kim.reads("2 public works")
    kim.follows("Grace Hopper", within="main")
    kim.reads("At ORCID before", "New at ORCID")
    kim.presses("Add them to our works, as drafts")
    kim.goes_to(institution.url("works"))
    expect(titles).to_have_text(["New at ORCID", "At ORCID before", "Public before"])


def syncs(grace: Person) -> None:
    grace.goes_to("/me/publications/")
    grace.presses("Sync with ORCID")
    grace.reads("1 work was added.")


def turns_on(grace: Person, purpose: Grant.Purpose) -> None:
    grace.goes_to("/me/permissions/?search=journey")
    grace.follows("Journey University", within="main")
    switch = grace.page.locator("li", has_text=str(Grant.OWN_WORDS[purpose]))
    switch.get_by_role("button", name="Switch on").click()
    grace.reads(f"Switched on for Journey University: {Grant.OWN_WORDS[purpose]}.")


def test_discarded_stays_discarded_and_disconnecting_ends_it_at_orcid(
    institution: Institution, grace: Person
) -> None:
    adds(grace, institution, "Not this one")
    institution.settings.CELERY_TASK_ALWAYS_EAGER = False
    publishes(grace, "Not this one")
    grace.goes_to(QUEUE)
    grace.reads("Not this one", "Queued")
    grace.presses("Discard")
    grace.reads("It is discarded, and is not sent unless you say so.")
    institution.beat()
    takes_back(grace, "Not this one", "it stays on ORCID records")
    publishes(grace, "Not this one")
    grace.goes_to(f"{QUEUE}?show=over")
    grace.reads("Not this one", "Discarded")
    looks(grace, "items-discarded")
    record_shows(grace)

    assert may_add_works(grace)
    grace.goes_to("/me/accounts/")
    grace.follows("Disconnect", within="main")
    grace.presses("Disconnect")
    grace.reads("Disconnected. ORCID has ended our permission.")
    looks(grace, "items-disconnected")
    assert not may_add_works(grace)


def adds(grace: Person, institution: Institution, title: str) -> None:
    """A draft of their own."""
    grace.goes_to(f"/me/publications/institutions/{institution.member.slug}/add/")
    grace.page.get_by_label("Type", exact=True).select_option("Book")
    grace.page.get_by_label("Title", exact=True).fill(title)
    grace.fills("Year", "2024")
    grace.page.get_by_label("Identifier", exact=True).fill(f"10.5555/{len(title)}")
    grace.presses("Save as a draft")
    grace.reads("Saved as a draft. Make it public when it is right.")


def opens(grace: Person, title: str) -> None:
    grace.goes_to("/me/publications/institutions/")
    grace.follows(title, within="main")


def publishes(grace: Person, title: str) -> None:
    opens(grace, title)
    grace.presses("Make it public")
    grace.reads("It is public now.")


def takes_back(grace: Person, title: str, policy: str) -> None:
    opens(grace, title)
    grace.reads(policy)
    grace.presses("Back to draft")
    grace.reads("It is a draft again.")


def may_add_works(grace: Person) -> bool:
    """What ORCID's own page of trusted organisations says."""
    grace.page.goto(f"{grace.sandbox.base_url}/trusted-parties")
    expect(grace.page.locator("h1")).to_have_text("Trusted parties")
    said = grace.page.locator("main").inner_text()
    return "Add and update your research activities" in said
