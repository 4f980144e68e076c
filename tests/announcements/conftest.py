"""A lead desk with a manager, and contacts to write to."""

import datetime
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contacts.models import Announcement, Contact, DeskSeat, Mail, Role, User
from contacts.services import announcements, deliveries
from members.actors import Actor
from members.models import Consortium, Member
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.lead.desk import client_of
from tests.mails.conftest import mail_server

__all__ = ["mail_server"]


@dataclass(frozen=True)
class Scene:
    """`manager` and `reader` have no address, so that only `people` and those added get mail."""

    consortium: Consortium
    lead: Member
    manager: Contact
    reader: Contact
    member: Member

    @property
    def by(self) -> Actor:
        return Actor.lead(self.user)

    @property
    def user(self) -> User:
        return User.objects.get(orcid=self.manager.orcid)

    @property
    def client(self) -> Client:
        return client_of(self.user)

    @property
    def reading(self) -> Client:
        return client_of(User.objects.get(orcid=self.reader.orcid))

    def address(self, page: str = "") -> str:
        return f"/lead/{self.consortium.slug}/announcements/{page}"

    def person(self, name: str, roles: list[Role] | None = None, **fields: Any) -> Contact:
        """A contact of the one member, at `<name>@x.example`."""
        defaults = {"given_names": "", "family_name": name, "email": f"{name}@x.example"}
        return make_contact(fields.pop("member", self.member), roles, **(defaults | fields))

    def write(self, **fields: Any) -> Announcement:
        defaults = {
            "kind": Announcement.Kind.NEWSLETTER,
            "subject": "News of the spring",
            "body": "Hello **all**, read [the page](https://x.example/p).",
            "audience": {},
        }
        return announcements.write_announcement(
            consortium_id=self.consortium.pk, by=self.by, **(defaults | fields)
        )

    def send(self, announcement: Announcement, **fields: Any) -> Announcement:
        announcement.refresh_from_db()
        return announcements.send_announcement(
            announcement_id=announcement.pk, version=announcement.version, by=self.by, **fields
        )

    def send_and_deliver(self, **fields: Any) -> Announcement:
        """Written, sent, and worked on until nothing is due."""
        announcement = self.send(self.write(**fields))
        while deliveries.carry_on(announcement_id=announcement.pk):
            pass
        announcement.refresh_from_db()
        return announcement


@pytest.fixture
def scene(db: None) -> Scene:
    consortium = make_consortium(
        "Spring Consortium",
        helpdesk_email="help@spring.example",
        reply_to_email="office@spring.example",
        privacy_notice="We keep little.",
    )
    lead = make_member("Lead Library", consortium)
    consortium.lead = lead
    consortium.save()
    manager = make_contact(lead, [Role.MAIN], given_names="Man", family_name="Ager", email="")
    reader = make_contact(lead, [Role.OTHER], given_names="Rea", family_name="Der", email="")
    DeskSeat.objects.create(consortium=consortium, contact=reader, level="reader")
    for contact in (manager, reader):
        make_user(orcid=contact.orcid)
    return Scene(consortium, lead, manager, reader, make_member("Alpha University", consortium))


def in_days(number: int) -> datetime.datetime:
    return timezone.now() + datetime.timedelta(days=number)


def sent_to(announcement: Announcement) -> list[str]:
    rows = Mail.objects.filter(announcement=announcement, state="sent")
    return sorted(rows.values_list("to", flat=True))
