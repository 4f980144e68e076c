"""The switch *lead may manage contacts* (A3): whose it is, and that it counts at once."""

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import Role, RoleAssignment
from contacts.services.lead_access import set_lead_access
from members.actors import Actor
from members.models import Event
from tests.admin.operator import operator_client
from tests.lead_access.conftest import House, signed_in, user_of


def press(client: Client, house: House, *, allowed: bool, version: int | None = None):
    data = {"version": version or house.member.version, "allowed": str(allowed)}
    response = client.post(house.url("lead_access"), data)
    house.member.refresh_from_db()
    return response


def test_main_switches_it_on_on_the_settings_page(house: House) -> None:
    client = signed_in(house.main)
    page = client.get(house.url("settings")).content.decode()

    response = press(client, house, allowed=True)

    assert f'action="{house.url("lead_access")}"' in page
    assert response["Location"] == house.url("settings")
    assert (house.member.lead_may_manage_contacts, house.member.version) == (True, 2)
    event = Event.objects.get(kind=Event.Kind.LEAD_ACCESS_CHANGED)
    assert (event.actor, event.capacity) == (user_of(house.main), "contact")
    assert event.changes == {"lead_may_manage_contacts": [False, True], "member_version": 2}


def test_pressing_twice_switches_once(house: House) -> None:
    client = signed_in(house.main)

    press(client, house, allowed=True)
    press(client, house, allowed=True)

    assert Event.objects.filter(kind=Event.Kind.LEAD_ACCESS_CHANGED).count() == 1


@pytest.mark.parametrize("who", ["tech", "manager", "reader"])
def test_nobody_but_the_main_switches_it(house: House, who: str) -> None:
    client = signed_in(getattr(house, who))

    page = client.get(house.url("settings")).content.decode()
    response = press(client, house, allowed=True)

    assert house.url("lead_access") not in page
    assert (response.status_code, house.member.lead_may_manage_contacts) == (403, False)


def test_a_manager_cannot_keep_it_on(house: House) -> None:
    house.allow()

    response = press(signed_in(house.manager), house, allowed=False)

    assert (response.status_code, house.member.lead_may_manage_contacts) == (403, True)


def test_h2_who_read_an_earlier_state_is_told_what_changed(house: House) -> None:
    set_lead_access(
        member_id=house.member.pk,
        version=None,
        allowed=True,
        by=Actor.operator(None),  # type: ignore[arg-type]  # nobody
    )

    response = press(signed_in(house.main), house, allowed=False, version=1)

    assert (response.status_code, house.member.lead_may_manage_contacts) == (409, True)
    page = response.content.decode()
    assert "While you were editing, somebody else changed this" in page
    assert "“Lead may manage contacts” changed" in page


def test_the_operator_switches_it_in_the_administration(house: House) -> None:
    address = reverse("admin:members_member_operation", args=[house.member.pk, "lead-access"])
    client = operator_client()

    client.post(address, {"version": 1, "allowed": "on"})

    house.member.refresh_from_db()
    assert house.member.lead_may_manage_contacts
    event = Event.objects.get(kind=Event.Kind.LEAD_ACCESS_CHANGED)
    assert event.capacity == "operator"


def test_switched_off_the_managers_next_request_is_refused(house: House) -> None:
    house.allow()
    client = signed_in(house.manager)
    page = house.url("contact_edit", house.tech.pk)
    assert client.get(house.url("contact_add")).status_code == 200

    press(signed_in(house.main), house, allowed=False)

    assert client.get(house.url("contact_add")).status_code == 403
    assert client.post(page, {"version": 1, "email": "x@y.example"}).status_code == 403


def test_a_main_who_is_no_longer_main_cannot_switch(house: House) -> None:
    RoleAssignment.objects.filter(contact=house.main).update(role=Role.OTHER)

    assert press(signed_in(house.main), house, allowed=True).status_code == 403
