"""A consortium with a manager, and members in every shape a round can meet."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client
from django.utils import timezone

from contacts.models import Confirmation, ConfirmationRound, Contact, DeskSeat, Mail, Role, User
from contacts.services import round_steps, rounds
from members.actors import Actor
from members.models import Consortium, Member
from tests.factories import make_consortium, make_contact, make_member, make_user


@dataclass(frozen=True)
class Scene:
    consortium: Consortium
    lead: Member
    manager: Contact
    reader: Contact

    @property
    def by(self) -> Actor:
        return Actor.lead(user_of(self.manager))

    def address(self, page: str = "") -> str:
        return f"/lead/{self.consortium.slug}/rounds/{page}"

    def start(self) -> ConfirmationRound:
        return rounds.start_round(consortium_id=self.consortium.pk, by=self.by)


@pytest.fixture
def scene(db: None) -> Scene:
    """The lead's own Main is never asked here: nobody signed in there but manager and reader."""
    consortium = make_consortium("Round Consortium", helpdesk_email="help@round.example")
    lead = make_member("Lead Library", consortium)
    consortium.lead = lead
    consortium.save()
    manager = make_contact(lead, [Role.MAIN], given_names="Man", family_name="Ager")
    reader = make_contact(lead, [Role.OTHER], given_names="Rea", family_name="Der")
    DeskSeat.objects.create(consortium=consortium, contact=reader, level="reader")
    for contact in (manager, reader):
        make_user(orcid=contact.orcid)
    return Scene(consortium, lead, manager, reader)


@dataclass(frozen=True)
class Org:
    member: Member
    main: Contact
    tech: Contact


def make_org(
    scene: Scene, name: str = "Alpha University", *, signed_in: tuple[str, ...] = ("main", "tech")
) -> Org:
    member = make_member(name, scene.consortium)
    main = make_contact(member, [Role.MAIN], given_names="Mai", family_name="Ngo")
    tech = make_contact(member, [Role.TECHNICAL], given_names="Tec", family_name="Nik")
    for key, contact in (("main", main), ("tech", tech)):
        if key in signed_in:
            make_user(orcid=contact.orcid)
    return Org(member, main, tech)


def user_of(contact: Contact) -> User:
    return User.objects.get(orcid=contact.orcid)


def signed_in(contact: Contact) -> Client:
    client = Client()
    client.force_login(user_of(contact))
    return client


def days_pass(number: int) -> None:
    """As if the rounds had been begun so much earlier; then the sweep."""
    delta = datetime.timedelta(days=number)
    for row in Confirmation.objects.all():
        for name in ("asked_at", "reminded_at", "due_at"):
            if at := getattr(row, name):
                setattr(row, name, at - delta)
        row.save()
    round_steps.advance()


def told(kind: Mail.Kind) -> list[str]:
    """To whom mails of the kind went, in order."""
    return list(Mail.objects.filter(kind=kind).order_by("pk").values_list("to", flat=True))


def of(org: Org) -> Confirmation:
    return Confirmation.objects.get(member=org.member)


def confirm(client: Client, member: Member, seen: int = 10**6):
    return client.post(f"/tools/{member.slug}/confirm/", {"version": seen})


Clock = Callable[[datetime.datetime], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the time that services see."""

    def set_time(moment: datetime.datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_time
