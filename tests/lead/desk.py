"""A consortium with its lead and somebody on its desk."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from django.test import Client

from contacts.models import Contact, DeskSeat, Role, User
from members.models import Consortium, Member
from tests.factories import make_consortium, make_contact, make_member, make_user


@dataclass
class Desk:
    """`reader` reads from the desk; `client` is signed in as them."""

    consortium: Consortium
    lead: Member
    main: Contact
    reader: User
    client: Client


def make_desk(name: str = "North Consortium") -> Desk:
    consortium = make_consortium(name)
    lead = make_member(f"Lead of {name}", consortium)
    consortium.lead = lead
    consortium.save()
    main = make_contact(lead, [Role.MAIN], family_name="Aaron", given_names="Lead")
    seated = make_contact(lead, [Role.OTHER], family_name="Abel", given_names="Desk")
    DeskSeat.objects.create(consortium=consortium, contact=seated, level="reader")
    make_user(orcid=main.orcid)
    reader = make_user(orcid=seated.orcid, name="Desk Abel")
    return Desk(consortium, lead, main, reader, client_of(reader))


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(desk: Desk, page: str = "") -> str:
    return f"/lead/{desk.consortium.slug}/{page}"


def names(desk: Desk, page: str, /, **query: str) -> list[str]:
    """The names in the list, in order."""
    return names_of(desk.client.get(address(desk, page), query).context)


def names_of(context: Any) -> list[str]:
    key = "contact" if "contact" in (context["rows"] or [{}])[0] else "member"
    return [row[key].display_name for row in context["rows"]]


def exported(desk: Desk, **query: str) -> list[list[str]]:
    """The rows of the file, header first."""
    response: Any = desk.client.get(address(desk, "contacts.csv"), query)
    return read_csv(response)


def read_csv(response: Any) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))
