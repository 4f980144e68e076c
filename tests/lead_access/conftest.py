"""A member, its people, and the lead desk with a manager and a reader."""

from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import Contact, DeskSeat, LeadChange, Role, User
from members.models import Consortium, Event, Member
from tests.factories import make_consortium, make_contact, make_member, make_user


@dataclass(frozen=True)
class House:
    """`main` and `tech` of the member have signed in; `manager` and `reader` sit on the desk."""

    consortium: Consortium
    lead: Member
    member: Member
    main: Contact
    tech: Contact
    comms: Contact
    manager: Contact
    reader: Contact

    def url(self, name: str, *args: object) -> str:
        return reverse(f"tools:{name}", args=[self.member.slug, *args])

    def allow(self, *, allowed: bool = True) -> None:
        Member.objects.filter(pk=self.member.pk).update(lead_may_manage_contacts=allowed)
        self.member.refresh_from_db()

    def changes(self) -> list[LeadChange]:
        return list(LeadChange.objects.filter(member=self.member).order_by("pk"))

    def events(self) -> list[tuple[str, str]]:
        found = Event.objects.filter(member=self.member).order_by("pk")
        return list(found.values_list("kind", "capacity"))


@pytest.fixture
def house(db: None) -> House:
    consortium = make_consortium("UK Consortium", helpdesk_email="help@uk.example")
    lead = make_member("Lead Library", consortium)
    consortium.lead = lead
    consortium.save()
    member = make_member("Alpha University", consortium)
    people = {
        "main": make_contact(member, [Role.MAIN], given_names="Mai", family_name="Ngo"),
        "tech": make_contact(member, [Role.TECHNICAL], given_names="Tec", family_name="Nik"),
        "comms": make_contact(member, [Role.COMMS], given_names="Com", family_name="Ms"),
        "manager": make_contact(lead, [Role.OTHER], given_names="Man", family_name="Ager"),
        "reader": make_contact(lead, [Role.OTHER], given_names="Rea", family_name="Der"),
    }
    for level in ("manager", "reader"):
        DeskSeat.objects.create(consortium=consortium, contact=people[level], level=level)
    for name in ("main", "tech", "manager", "reader"):
        make_user(orcid=people[name].orcid)
    return House(consortium, lead, member, **people)


def user_of(contact: Contact) -> User:
    return User.objects.get(orcid=contact.orcid)


def signed_in(contact: Contact) -> Client:
    client = Client()
    client.force_login(user_of(contact))
    return client
