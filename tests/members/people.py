"""Who opens the pages of a member, for the tests of this room."""

from typing import Any

import pytest
from django.core.management import CommandError
from django.test import Client

from contacts.models import Contact, Role
from members.models import Consortium, Event, Member
from tests.factories import make_contact, make_user


def signed_in(contact: Contact) -> Client:
    """A browser in which the contact has signed in with ORCID."""
    client = Client()
    client.force_login(make_user(orcid=contact.orcid, name=contact.display_name))
    return client


def contact_of(member: Member, roles: list[Role] | None = None) -> Client:
    return signed_in(make_contact(member, roles))


def desk_reader(consortium: Consortium, lead: Member) -> Client:
    """The lead's Main, who sits on the lead desk."""
    consortium.lead = lead
    consortium.save()
    return contact_of(lead, [Role.MAIN])


def last_event(member: Member) -> Event:
    event = member.events.first()
    assert event is not None
    return event


def errors(response: Any, form: str = "form") -> dict[str, list[str]]:
    """The errors beside the fields of the page's form."""
    found: dict[str, list[str]] = response.context[form].errors
    return found


def refusal(run: Any, *rows: str, **options: Any) -> list[str]:
    """What the import says of the rows it refuses; nothing else may be said."""
    with pytest.raises(CommandError) as refused:
        run(*rows, **options)
    *lines, last = str(refused.value).splitlines()
    assert last == "Nothing was imported: put these right first."
    return lines
