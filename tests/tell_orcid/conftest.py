"""A consortium whose members change, and a desk that tells ORCID."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from contacts.models import Contact, DeskSeat, OrcidReport, Role, User
from contacts.services import adding, orcid_reports
from contacts.services.orcid_changes import latest_cursor
from integrations.orcid.ids import orcid_uri
from members.actors import Actor
from members.models import Consortium, Member
from tests.factories import make_consortium, make_contact, make_member, make_user, new_orcid


@dataclass(frozen=True)
class Scene:
    """`member` has a Main and a technical contact, which ORCID has been told of."""

    consortium: Consortium
    lead: Member
    manager: Contact
    reader: Contact
    member: Member
    main: Contact
    tech: Contact

    @property
    def by(self) -> Actor:
        """Somebody in charge at the member."""
        return Actor.contact(user_of(self.main))

    def address(self, page: str = "") -> str:
        return f"/lead/{self.consortium.slug}/tell-orcid{page or '/'}"

    def lines(self) -> list[str]:
        """What the next report says, without its first line."""
        return orcid_reports.draft_report(self.consortium).text.split("\n")[2:-1]

    def tell(self) -> OrcidReport:
        draft = orcid_reports.draft_report(self.consortium)
        return orcid_reports.mark_as_sent(
            consortium_id=self.consortium.pk,
            since=draft.since,
            through=draft.through,
            text="",
            by=Actor.lead(user_of(self.manager)),
        )

    def add(self, name: str, *roles: Role) -> Contact:
        first, _space, last = name.partition(" ")
        return adding.create_contact(
            member=self.member, by=self.by, orcid=new_orcid(), email=f"{last.lower()}@a.example",
            roles=roles, details={"given_names": first, "family_name": last},
        )  # fmt: skip


@pytest.fixture
def scene(db: None) -> Scene:
    consortium = make_consortium("Told Consortium")
    lead = make_member("Lead Library", consortium)
    consortium.lead = lead
    consortium.save()
    manager = make_contact(lead, [Role.MAIN], given_names="Man", family_name="Ager")
    reader = make_contact(lead, [Role.OTHER])
    DeskSeat.objects.create(consortium=consortium, contact=reader, level="reader")
    member = make_member("Alpha University", consortium, website="https://alpha.example/")
    main = make_contact(
        member, [Role.MAIN], given_names="Mai", family_name="Ngo", email="mai@a.example"
    )
    tech = make_contact(
        member, [Role.TECHNICAL], given_names="Tec", family_name="Nik", email="tec@a.example"
    )
    for contact in (manager, reader, main, tech):
        make_user(orcid=contact.orcid)
    return Scene(consortium, lead, manager, reader, member, main, tech)


def user_of(contact: Contact) -> User:
    return User.objects.get(orcid=contact.orcid)


def signed_in(contact: Contact) -> Client:
    client = Client()
    client.force_login(user_of(contact))
    return client


def cursor() -> int:
    return latest_cursor()


def person(contact: Contact) -> str:
    """As the message names a contact."""
    return f"{contact.display_name} ({orcid_uri(contact.orcid)}, {contact.email})"


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="(\d+)"', page.content.decode())
    assert found
    return found[1]
