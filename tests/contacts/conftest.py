"""One organisation with people of every standing, and a neighbour it must not see."""

import re
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import Contact, Mail, Role, User
from members.models import Consortium, Event, Member
from tests.factories import make_consortium, make_contact, make_member, make_user


@dataclass(frozen=True)
class House:
    """`main`, `signatory`, `voter` and `tech` have signed in, `newcomer` never has."""

    consortium: Consortium
    member: Member
    main: Contact
    signatory: Contact
    voter: Contact
    tech: Contact
    newcomer: Contact

    def url(self, name: str, *args: object) -> str:
        return reverse(f"tools:{name}", args=[self.member.slug, *args])


@pytest.fixture
def house(db: None) -> House:
    consortium = make_consortium("UK Consortium", helpdesk_email="help@uk.example")
    member = make_member("Alpha University", consortium)
    roles = {
        "main": [Role.MAIN, Role.COMMS],
        "signatory": [Role.SIGNATORY],
        "voter": [Role.VOTING],
        "tech": [Role.TECHNICAL],
        "newcomer": [Role.OTHER],
    }
    people = {
        name: make_contact(
            member,
            held,
            given_names=name.title(),
            family_name="Person",
            email=f"{name}@alpha.example",
        )
        for name, held in roles.items()
    }
    for name in ("main", "signatory", "voter", "tech"):
        make_user(orcid=people[name].orcid, name=f"{name.title()} Person")
    return House(consortium, member, **people)


def user_of(contact: Contact) -> User:
    return User.objects.get(orcid=contact.orcid)


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def signed_in(contact: Contact) -> Client:
    return as_user(user_of(contact))


def current(member: Member) -> set[str]:
    return {contact.display_name for contact in Contact.objects.current().filter(member=member)}


def roles_of(contact: Contact) -> list[str]:
    return [str(role) for role in Contact.objects.get(pk=contact.pk).roles]


def mails(kind: Mail.Kind) -> list[Mail]:
    return list(Mail.objects.filter(kind=kind).order_by("pk"))


def link_in(mail: Mail, path: str) -> str:
    """The address, without the host, of the first link to `path` in a mail."""
    found = re.search(rf"http://testserver(/{path}/[^\s]+)", mail.text)
    assert found, mail.text
    return found[1]


def events(member: Member) -> list[str]:
    """Kinds of events, oldest first."""
    return list(Event.objects.filter(member=member).order_by("pk").values_list("kind", flat=True))


def texts(response: object) -> list[str]:
    """What the person is told on the next page."""
    context = getattr(response, "context", None)
    return [str(message) for message in context["messages"]] if context else []
