"""What both guides of pushing need: an institution, its people, and ORCID's own pages."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from contacts.models import Contact, Role
from integrations.push.services import lanes
from integrations.works.identifiers import identifier
from integrations.works.models import Keeper, MemberWork
from integrations.works.services import authors
from members.models import Member
from tests.browser.looking import faults_of
from tests.browser.person import Person
from tests.factories import make_consortium, make_contact, make_member, make_user, new_orcid
from tests.sandbox_server import SandboxServer


@dataclass
class Institution:
    """A member with a contact, and everybody's browsers as they are needed."""

    member: Member
    contact: Contact
    person: Callable[..., Person]
    sandbox: SandboxServer
    settings: Settings

    def url(self, page: str) -> str:
        return f"/tools/{self.member.slug}/{page}/"

    def contact_signs_in(self) -> Person:
        mai = self.person(self.contact)
        mai.signs_in()
        return mai

    def keeper_signs_in(self) -> Person:
        """Kim, on the publications desk, where works are all there is."""
        kim = self.somebody("Kim", "Keeper")
        Keeper.objects.create(
            member=self.member, orcid=kim.orcid, name="Kim Keeper", email="kim@journey.example"
        )
        kim.signs_in()
        return kim

    def somebody(self, given: str, family: str) -> Person:
        """With a record at ORCID, and not signed in."""
        one = self.person()
        name = {"given_names": given, "family_name": family, "password": "sandbox"}
        one.orcid = self.sandbox.add_person(orcid=new_orcid(), **name)
        return one

    def has_public(self, title: str, author: Person) -> MemberWork:
        """Kept, and public, since before anybody connected."""
        make_user(author.orcid)
        people = [{"name": "Grace", "orcid": author.orcid, "role": "author", "sequence": "first"}]
        made = MemberWork.objects.create(
            member=self.member, title=title, type="book", published="2020", state="public",
            identifiers=[identifier("doi", f"10.5555/{len(title)}", "self")], contributors=people,
        )  # fmt: skip
        authors.match([made])
        return made

    def beat(self) -> None:
        """What beat does each half minute, with a worker about (CELERY_TASK_ALWAYS_EAGER)."""
        self.settings.CELERY_TASK_ALWAYS_EAGER = True
        lanes.sweep()


@pytest.fixture
def institution(
    person: Callable[..., Person], sandbox: SandboxServer, settings: Settings
) -> Institution:
    university = make_member("Journey University", consortium=make_consortium())
    contact = make_contact(university, [Role.MAIN], given_names="Mai", family_name="North")
    return Institution(university, contact, person, sandbox, settings)


def looks(somebody: Person, what: str) -> None:
    """The page is as it should be, also for who cannot see it, and no wider than a phone."""
    assert faults_of(somebody.page, what) == []


def record_shows(somebody: Person, *titles: str) -> None:
    """Exactly these works stand, newest first, on the person's public page at ORCID."""
    somebody.page.goto(f"{somebody.sandbox.base_url}/{somebody.orcid}")
    expect(somebody.page.locator(".works .work h3")).to_have_text(list(titles))
