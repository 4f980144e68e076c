"""A consortium with a desk, a member, and what people do about help."""

import re
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.test import Client

from contacts.models import Contact, DeskSeat, HelpRequest, Mail, Role, User
from members.models import Consortium, Member
from tests.factories import make_consortium, make_contact, make_member, make_user


@dataclass
class Desk:
    consortium: Consortium
    lead: Member
    member: Member
    manager: User
    reader: User

    def client(self, user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client


@pytest.fixture
def desk() -> Desk:
    cache.clear()
    consortium = make_consortium("Help Consortium", helpdesk_email="help@c.example")
    lead = make_member("Lead Library", consortium=consortium)
    Consortium.objects.filter(pk=consortium.pk).update(lead=lead)
    consortium.refresh_from_db()
    main = make_contact(lead, [Role.MAIN], email="manager@lead.example")
    reader = make_contact(lead, [Role.OTHER])
    DeskSeat.objects.create(consortium=consortium, contact=reader, level=DeskSeat.Level.READER)
    member = make_member(
        "Lost University", consortium=consortium, public_email="office@lost.example"
    )
    return Desk(consortium, lead, member, make_user(main.orcid), make_user(reader.orcid))


def ask(client: Client, **more: str) -> HelpRequest | None:
    """Fill in the public form."""
    data = {
        "kind": "no_way_in",
        "organisation": "lost university",
        "name": "Lo Ster",
        "email": "lo@lost.example",
        "text": "Our only contact has retired.",
    }
    client.post("/help/request/", {**data, **more})
    return HelpRequest.objects.order_by("pk").last()


def link_in(mail: Mail, part: str = "/help/request/") -> str:
    found = re.search(rf"http://testserver({part}\S+)", mail.text)
    assert found
    return found[1]


def newest(kind: Mail.Kind, to: str = "") -> Mail:
    mails = Mail.objects.filter(kind=kind, **({"to": to} if to else {}))
    mail = mails.order_by("pk").last()
    assert mail, f"no {kind}"
    return mail


def proved(client: Client, **more: str) -> HelpRequest:
    """Ask, and follow the mailed link."""
    asked = ask(client, **more)
    assert asked
    client.post(link_in(newest(Mail.Kind.REQUEST_TO_PROVE)))
    asked.refresh_from_db()
    return asked


def contact_who_signed_in(member: Member, *roles: Role) -> tuple[Contact, User]:
    contact = make_contact(member, list(roles))
    return contact, make_user(contact.orcid)
