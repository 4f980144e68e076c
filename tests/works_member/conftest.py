from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from contacts.models import Role, User
from integrations.works.identifiers import identifier
from integrations.works.models import Authorship, Grant, Keeper, MemberWork
from integrations.works.services import authors
from members.models import Member
from tests.factories import (
    make_consortium,
    make_contact,
    make_member,
    make_user,
)


@dataclass
class House:
    """A member with a contact and somebody on its publications desk."""

    member: Member
    contact: User
    keeper: User

    def client(self, person: User | None = None) -> Client:
        client = Client()
        client.force_login(person or self.contact)
        return client

    def url(self, name: str, *args: object) -> str:
        return reverse(f"tools:{name}", args=[self.member.slug, *args])

    def states(self) -> dict[str, str]:
        return dict(MemberWork.objects.filter(member=self.member).values_list("title", "state"))

    def researcher(self, name: str = "Ada Lovelace", *purposes: str, asked: bool = True) -> User:
        """Somebody with permissions for the member: whom it asked, or who came by themselves."""
        person = make_user(name=name)
        for purpose in purposes or ["push"]:
            Grant.objects.create(
                person=person, member=self.member, purpose=purpose, was_asked=asked
            )
        return person


@pytest.fixture
def house(db: None) -> House:
    cache.clear()
    return make_house()


def make_house(name: str = "Open University") -> House:
    member = make_member(name, consortium=make_consortium())
    contact = make_contact(member, [Role.MAIN], given_names="Mai", family_name="Main")
    keeper = make_user(name="Kim Keeper")
    Keeper.objects.create(
        member=member, orcid=str(keeper.orcid), name=keeper.name, email=f"kim@{member.slug}.example"
    )
    return House(member, make_user(contact.orcid, "Mai Main"), keeper)


def doi(value: str, relationship: str = "self") -> dict[str, str]:
    return identifier("doi", value, relationship)


def by(*people: User) -> list[dict[str, str]]:
    return [
        {"name": person.name, "orcid": str(person.orcid), "role": "author", "sequence": "first"}
        for person in people
    ]


def make_member_work(member: Member, title: str = "A work", **fields: Any) -> MemberWork:
    """A draft of 2020 with a DOI of its own."""
    number = MemberWork.objects.count() + 1
    defaults: dict[str, Any] = {
        "type": "journal-article",
        "published": "2020",
        "identifiers": [doi(f"10.5555/{member.slug}.{number}")],
    }
    work = MemberWork.objects.create(member=member, title=title, **(defaults | fields))
    authors.match([work])
    return work


def typed(title: str = "A new work", **more: str) -> dict[str, str]:
    """What a browser sends of the form."""
    return {
        "version": "0", "type": "book", "title": title, "year": "2021",
        "identifiers-TOTAL_FORMS": "1", "identifiers-INITIAL_FORMS": "0",
        "identifiers-0-type": "doi", "identifiers-0-value": "10.5555/typed",
        "identifiers-0-relationship": "self",
        "contributors-TOTAL_FORMS": "1", "contributors-INITIAL_FORMS": "0",
        "contributors-0-name": "Ada Lovelace", "contributors-0-role": "author",
        "contributors-0-orcid": "",
    } | more  # fmt: skip


def written(work: MemberWork) -> list[str]:
    rows = Authorship.objects.filter(work=work).order_by("person__name")
    return list(rows.values_list("person__name", flat=True))
