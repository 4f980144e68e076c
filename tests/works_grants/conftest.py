"""A university, its contact, and a researcher who has signed in."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from contacts.models import Role, User
from integrations.works.models import Grant
from members.models import Consortium, Event, Member
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.reading import words


@dataclass
class Person:
    """Somebody in front of the portal."""

    user: User
    client: Client

    def reads(self, address: str, **asked: Any) -> str:
        return words(self.client.get(address, asked))

    def presses(self, address: str, **form: Any) -> str:
        """The page that comes of it."""
        return words(self.client.post(address, form, follow=True))


def signed_in(user: User) -> Person:
    client = Client()
    client.force_login(user)
    return Person(user, client)


@pytest.fixture
def consortium(db: None) -> Consortium:
    return make_consortium("North")


@pytest.fixture
def uni(consortium: Consortium) -> Member:
    return make_member("Alpha University", consortium)


@pytest.fixture
def staff(uni: Member) -> Person:
    """The university's Main."""
    contact = make_contact(uni, [Role.MAIN], given_names="Mai", family_name="North")
    return signed_in(make_user(contact.orcid, name="Mai North"))


@pytest.fixture
def ada(db: None) -> Person:
    return signed_in(make_user(name="Ada Lovelace"))


def given(person: Person | User, member: Member) -> list[str]:
    """The switches that are on, in their order."""
    user = person if isinstance(person, User) else person.user
    on = set(Grant.objects.current().of(user).to(member).values_list("purpose", flat=True))
    return [purpose for purpose in Grant.Purpose.values if purpose in on]


def events(member: Member) -> list[tuple[str, Any]]:
    """What the member's history says of permissions, oldest first: kind and switches."""
    found = Event.objects.filter(member=member, changes__has_key="purposes").order_by("pk")
    return [(event.kind, event.changes["purposes"]) for event in found]
