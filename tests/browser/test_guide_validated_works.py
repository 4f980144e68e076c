"""The guide of CityU Scholars: works that the institution has validated go to the researcher's ORCID record, while
they are with it and let it; seen on the record's own page at ORCID.
"""

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.guides import Institution, institution, looks, record_shows
from tests.browser.person import Person

__all__ = ["institution"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MAIL = "grace@journey.example"


def test_from_a_file_to_the_record_and_no_further_when_the_person_has_left(
    institution: Institution,
) -> None:
    grace = institution.somebody("Grace", "Hopper")
    kim = institution.keeper_signs_in()
    imports(kim, institution, grace.orcid)
    validates_and_publishes(kim, institution, "Compilers")
    mai = institution.contact_signs_in()
    asks(mai, institution)
    agrees(grace)

    grace.goes_to("/me/publications/queue/")
    grace.reads("1 public work was never sent to your record")
    looks(grace, "validated-unsent")
    grace.presses("Push all now")
    grace.reads("1 work is queued.")
    record_shows(grace, "Compilers")

    institution.settings.CELERY_TASK_ALWAYS_EAGER = False  # no worker hears of it
    validates_and_publishes(kim, institution, "Moths")
    grace.goes_to("/me/publications/queue/")
    grace.reads("Moths", "Queued")
    looks(grace, "validated-queued")
    institution.beat()
    record_shows(grace, "Moths", "Compilers")

    retitles(kim, institution, "Moths", "Moths, second edition")
    record_shows(grace, "Moths, second edition", "Compilers")

    shows_to_trusted_parties_alone(grace, "Compilers")
    record_shows(grace, "Moths, second edition")
    syncs(grace)
    grace.goes_to("/me/publications/queue/?show=there")
    grace.reads(
        "At ORCID only trusted parties see it, so other systems do not pick it up from there."
    )
    grace.reads("That is your choice: nothing needs to be changed.")
    looks(grace, "validated-narrow")

    mai.goes_to(institution.url("researchers"))
    mai.reads("Grace Hopper", grace.orcid, "Connected")
    looks(mai, "validated-researchers")
    mai.follows("No longer with us", within="main")
    mai.presses("No longer with us")
    mai.reads("Grace Hopper is no longer listed, and nothing is pushed any more.")
    retitles(kim, institution, "Moths, second edition", "Moths, without Grace")
    kim.reads("On the ORCID record")
    looks(kim, "validated-left")
    record_shows(grace, "Moths, second edition")


def imports(kim: Person, institution: Institution, orcid: str) -> None:
    rows = [
        "Type,Title,Date,DOI,People",
        f"book,Compilers,1952,10.5555/compilers,Grace Hopper ({orcid})",
        f"book,Moths,1960,10.5555/moths,Grace Hopper ({orcid}); Howard Aiken",
        "book,,1970,,",
    ]
    kim.goes_to(institution.url("works/import"))
    buffer = "\n".join(rows).encode()
    file = FilePayload(name="works.csv", mimeType="text/csv", buffer=buffer)
    kim.page.set_input_files("input[type=file]", file)
    kim.presses("Look through the file")
    kim.reads("Row 4: Title: A work needs a title.", "Compilers", "Moths")
    looks(kim, "validated-file")
    kim.presses("Add 2 works")
    kim.reads("2 drafts were added")


def validates_and_publishes(kim: Person, institution: Institution, title: str) -> None:
    """In two steps, as the institution does."""
    for press in ("Validate", "Make public"):
        kim.goes_to(institution.url("works"))
        kim.ticks(f"Tick “{title}”")
        kim.page.locator("#results").get_by_role("button", name=press).click()
        kim.reads("1 work")
    looks(kim, f"validated-{title}")


def asks(mai: Person, institution: Institution) -> None:
    mai.goes_to(institution.url("researchers/ask"))
    mai.fills("E-mail addresses", MAIL)
    mai.ticks("Push public works to their record")
    mai.presses("Look at the mail")
    mai.presses("Send")
    mai.reads("1 person is asked by mail.")


def agrees(grace: Person) -> None:
    """Mail, sign-in, consent and permission in one go."""
    grace.page.goto(grace.newest_link(to=MAIL, part="/permissions/"))
    grace.reads("Journey University asks for your permission")
    grace.ticks("Push the institution’s public works to my record")
    grace.presses("Go on with ORCID")
    grace.signs_in_at_orcid()
    grace.reads("Add and update your research activities")
    grace.presses("Authorize")
    grace.reads("Done: Journey University has your permission.")


def retitles(kim: Person, institution: Institution, before: str, after: str) -> None:
    kim.goes_to(institution.url("works"))
    kim.follows(before, within="#results")
    kim.page.get_by_label("Title", exact=True).fill(after)
    kim.presses("Save")
    kim.goes_to(institution.url("works"))
    kim.follows(after, within="#results")
    kim.reads("At ORCID")


def shows_to_trusted_parties_alone(grace: Person, title: str) -> None:
    """At ORCID, as anybody can of any item of theirs."""
    grace.page.goto(f"{grace.sandbox.base_url}/my-orcid")
    work = grace.page.locator(".work", has_text=title)
    work.get_by_role("button", name="Trusted parties", exact=True).click()


def syncs(grace: Person) -> None:
    grace.goes_to("/me/publications/")
    grace.presses("Sync with ORCID")
    expect(grace.page.locator("#sync-title")).to_be_focused()
    grace.reads("Last synced with ORCID on")
