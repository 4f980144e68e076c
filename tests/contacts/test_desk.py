"""The lead desk (A1, A3)."""

from typing import Any

import pytest
from django.test import Client

from contacts.models import Contact, DeskSeat
from members.models import Event
from tests.contacts.conftest import House, events, signed_in
from tests.factories import make_contact, make_member


@pytest.fixture
def lead(house: House) -> House:
    """The house leads its consortium."""
    house.consortium.lead = house.member
    house.consortium.save()
    return house


def _seat(client: Client, house: House, contact: Contact, level: str) -> Any:
    data = {"consortium": house.consortium.pk, "contact": contact.pk, "level": level}
    return client.post(house.url("desk"), data)


def _levels() -> dict[int, str]:
    return dict(DeskSeat.objects.values_list("contact", "level"))


def test_the_desk_is_only_there_for_a_lead(house: House) -> None:
    assert signed_in(house.main).get(house.url("desk")).status_code == 404


def test_the_leads_main_sets_seats(lead: House) -> None:
    client = signed_in(lead.main)

    _seat(client, lead, lead.tech, "reader")
    _seat(client, lead, lead.voter, "manager")
    first = _levels()
    _seat(client, lead, lead.tech, "")

    assert first == {lead.tech.pk: "reader", lead.voter.pk: "manager"}
    assert _levels() == {lead.voter.pk: "manager"}
    assert events(lead.member) == ["desk_changed"] * 3
    assert Event.objects.filter(consortium=lead.consortium).count() == 3


@pytest.mark.parametrize("who", ["signatory", "tech"])
def test_others_see_the_desk_and_do_not_change_it(lead: House, who: str) -> None:
    client = signed_in(getattr(lead, who))

    page = client.get(lead.url("desk")).content.decode()
    answer = _seat(client, lead, getattr(lead, who), "manager")

    assert "Manager, as Main relationship contact" in page
    assert "<select" not in page
    assert answer.status_code == 403
    assert _levels() == {}


def test_a3_a_seat_gives_reading_and_nothing_else(lead: House) -> None:
    other = make_member("Beta", lead.consortium)
    reader = signed_in(lead.tech)
    before = reader.get(f"/tools/{other.slug}/contacts/").status_code

    _seat(signed_in(lead.main), lead, lead.tech, "reader")

    assert before == 404
    assert reader.get(f"/tools/{other.slug}/contacts/").status_code == 200
    assert reader.post(f"/tools/{other.slug}/contacts/add/", {"email": "a@b.c"}).status_code == 403


def test_a1_ids_of_others_in_the_form_are_not_there(lead: House) -> None:
    beta = make_member("Beta", lead.consortium)
    elsewhere = make_contact(beta)
    from_elsewhere = _seat(signed_in(lead.main), lead, elsewhere, "reader")
    lead.consortium.__class__.objects.create(name="Other", slug="other", lead=beta)
    data = {"consortium": lead.consortium.pk + 1, "contact": lead.tech.pk, "level": "reader"}

    of_another = signed_in(lead.main).post(lead.url("desk"), data)

    assert (from_elsewhere.status_code, of_another.status_code) == (404, 404)
    assert _levels() == {}


def test_an_unknown_level_is_refused(lead: House) -> None:
    response = _seat(signed_in(lead.main), lead, lead.tech, "emperor")

    assert "Choose one of the seats offered." in response.content.decode()
    assert _levels() == {}


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_desk_do_not_grow(
    lead: House, rows: int, django_assert_num_queries: Any
) -> None:
    for _ in range(rows):
        seated = make_contact(lead.member)
        DeskSeat.objects.create(consortium=lead.consortium, contact=seated, level="reader")
    client = signed_in(lead.main)

    # session, user, member; own contact, its roles, may edit; consortia; seats; contacts, their
    # roles; the menu's members, its desks.
    with django_assert_num_queries(12):
        client.get(lead.url("desk"))
