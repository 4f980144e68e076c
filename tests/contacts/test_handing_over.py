"""Handing a protected role over (R1–R3)."""

from typing import Any

import pytest
from django.test import Client

from contacts.models import Contact, Mail, Role, RoleAssignment
from tests.contacts.conftest import House, events, mails, roles_of, signed_in
from tests.factories import make_contact, make_member, make_user


def _hand_over(client: Client, house: House, role: str, to: Contact, **more: object) -> Any:
    return client.post(house.url("hand_over"), {"role": role, "to": to.pk, **more})


def test_handing_over_asks_before_it_acts(house: House) -> None:
    response = _hand_over(signed_in(house.main), house, "main", house.tech)

    assert "passes from" in response.content.decode()
    assert "You cannot take it back yourself" in response.content.decode()
    assert "main" in roles_of(house.main)


def test_r1_main_is_handed_over_in_one_step_and_both_are_told(house: House) -> None:
    client = signed_in(house.main)

    response = _hand_over(client, house, "main", house.tech, confirm="on")

    assert response["Location"] == house.url("contacts")
    assert (roles_of(house.main), roles_of(house.tech)) == (["comms"], ["main", "technical"])
    assert {mail.to for mail in mails(Mail.Kind.ROLE_HANDED_OVER)} == {
        "main@alpha.example",
        "tech@alpha.example",
    }
    assert events(house.member) == ["main_handed_over", "roles_changed"]
    page = client.get(house.url("contacts")).content.decode()
    assert "Tech Person is now Main relationship contact (OFFICIAL)" in page


def test_who_is_left_without_a_role_is_other_contact(house: House) -> None:
    _hand_over(signed_in(house.main), house, "voting", house.tech, confirm="on")

    assert (roles_of(house.voter), roles_of(house.tech)) == (["other"], ["voting", "technical"])


def test_a_free_protected_role_is_given_the_same_way(house: House) -> None:
    RoleAssignment.objects.filter(role=Role.VOTING).delete()

    _hand_over(signed_in(house.signatory), house, "voting", house.newcomer, confirm="on")

    assert roles_of(house.newcomer) == ["voting", "other"]


def test_r3_main_cannot_be_handed_to_someone_who_has_not_signed_in(house: House) -> None:
    client = signed_in(house.main)

    page = client.get(house.url("hand_over"), {"role": "main"}).content.decode()
    response = _hand_over(client, house, "main", house.newcomer, confirm="on")

    assert "Newcomer Person" in page
    assert "– has not signed in yet" in page
    assert "has not signed in yet, and can be Main" in response.content.decode()
    assert "main" in roles_of(house.main)


@pytest.mark.parametrize("method", ["get", "post"])
def test_r2_handing_over_is_for_main_and_signatory(house: House, method: str) -> None:
    answer = getattr(signed_in(house.tech), method)(
        house.url("hand_over"), {"role": "voting", "to": house.tech.pk, "confirm": "on"}
    )

    assert answer.status_code == 403
    assert roles_of(house.voter) == ["voting"]


def test_a_role_cannot_be_handed_to_a_contact_of_another_member(house: House) -> None:
    elsewhere = make_contact(make_member("Beta", house.consortium))
    make_user(orcid=elsewhere.orcid)

    response = _hand_over(signed_in(house.main), house, "main", elsewhere, confirm="on")

    assert "to" in response.context["form"].errors
    assert "main" in roles_of(house.main)


def test_an_open_role_is_not_handed_over(house: House) -> None:
    _hand_over(signed_in(house.main), house, "technical", house.main, confirm="on")

    assert roles_of(house.tech) == ["technical"]
