"""Addresses of a selection for a mail program: the purpose first, one address for each person."""

from typing import Any

import pytest
from django.db import connection

from contacts.models import Role
from members.models import Event
from tests.factories import make_contact, make_member
from tests.lead.desk import Desk, address, make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    desk = make_desk()
    desk.lead.contacts.update(email="")
    return desk


def ask(desk: Desk, query: str = "", **data: str) -> Any:
    return desk.client.post(address(desk, f"contacts/addresses/{query}"), data)


def lines(response: Any) -> list[str]:
    return str(response.context["addresses"]).splitlines()


def test_purpose_is_asked_first(desk: Desk) -> None:
    make_contact(desk.lead, email="a@b.example")

    response = ask(desk)

    assert response.context["addresses"] is None
    assert "purpose" in response.context["form"].errors
    assert Event.objects.count() == 0


@pytest.mark.parametrize(
    ("purpose", "gets"), [("event", ["n"]), ("newsletter", ["e"]), ("official", ["e", "n"])]
)
def test_who_declined_that_purpose_is_left_out(desk: Desk, purpose: str, gets: list[str]) -> None:
    make_contact(
        desk.lead, wants_events=False, given_names="", family_name="e", email="e@x.example"
    )
    make_contact(
        desk.lead, wants_newsletters=False, given_names="", family_name="n", email="n@x.example"
    )

    response = ask(desk, purpose=purpose)

    assert lines(response) == [f'"{name}" <{name}@x.example>;' for name in gets]
    assert response.context["left_out"] == 4 - len(gets)


def test_one_address_for_each_person_and_one_person_for_each_address(desk: Desk) -> None:
    other = make_member("Other", desk.consortium)
    first = make_contact(desk.lead, family_name="Twice", email="first@x.example")
    make_contact(other, orcid=first.orcid, family_name="Twice", email="second@x.example")
    make_contact(other, family_name="Shares", email="FIRST@x.example")

    assert lines(ask(desk, purpose="official")) == ['"Ada Twice" <first@x.example>;']


def test_selection_of_the_list_is_kept_and_recorded(desk: Desk) -> None:
    make_contact(desk.lead, [Role.TECHNICAL], family_name="Tech", email="t@x.example")
    make_contact(desk.lead, [Role.INVOICE], email="i@x.example")

    response = ask(desk, "?role=technical&search=tech", purpose="official", **{"as": "file"})

    assert response.content.decode() == '"Ada Tech" <t@x.example>;\r\n'
    assert response["Content-Disposition"].startswith('attachment; filename="addresses-official-')
    event = Event.objects.get(kind=Event.Kind.EXPORTED)
    assert event.changes == {
        "list": "addresses",
        "layout": "txt",
        "rows": 1,
        "filter": {"kind": "official", "roles": ["technical"]},
    }
    assert event.personal == {"search": "tech"}


def test_names_cannot_break_out_of_their_quotes(desk: Desk) -> None:
    make_contact(
        desk.lead, given_names='A" <evil@x.example>;', family_name="B", email="b@x.example"
    )

    assert lines(ask(desk, purpose="official")) == ['"A <evil@x.example>; B" <b@x.example>;']


def test_filter_that_makes_no_sense_leads_to_the_list(desk: Desk) -> None:
    response = ask(desk, "?country=XX", purpose="official")

    assert response["Location"] == address(desk, "contacts/?country=XX")
    assert Event.objects.count() == 0


@pytest.mark.parametrize("number", [1, 3])
def test_query_count_does_not_grow(desk: Desk, number: int, django_assert_num_queries) -> None:
    for place in range(number):
        make_contact(make_member("", desk.consortium), email=f"{place}@x.example")

    # session, user, desk, countries, addresses, in a transaction the seat and the event, the
    # size of the selection; for the menu: members, desks; on PostgreSQL the feed's lock (H3)
    with django_assert_num_queries(12 + (connection.vendor == "postgresql")):
        ask(desk, purpose="event")
