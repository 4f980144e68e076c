"""From an e-mail address to a person found, or not (C2, C5, A8)."""

from typing import Any

from allauth.account.models import EmailAddress
from django.test import Client
from pytest_django import Settings

from contacts.models import Contact, Invitation
from members.models import Event
from tests.contacts.conftest import (
    House,
    current,
    signed_in,
    user_of,
)
from tests.factories import make_contact, make_user
from tests.sandbox_server import SandboxServer

ADDRESS = "grace@alpha.example"


def _public_person(orcid: SandboxServer, email: str = ADDRESS, **fields: Any) -> str:
    shown = [{"email": email, "verified": True, "primary": True, "visibility": "public"}]
    names = {"given_names": "Grace", "family_name": "Hopper"}
    return orcid.add_person(**(names | {"emails": shown} | fields))


def _look(client: Client, house: House, email: str = ADDRESS) -> Any:
    return client.post(house.url("contact_add"), {"email": email}, follow=True)


def test_c2_found_shows_name_and_orcid_to_compare_and_stores_no_contact(
    house: House, orcid: SandboxServer
) -> None:
    found = _public_person(orcid)

    response = _look(signed_in(house.tech), house)

    page = response.content.decode()
    assert "Is this the person?" in page
    assert "Grace Hopper" in page
    assert f"{orcid.base_url}/{found}" in page
    assert "(unauthenticated)" in page
    assert "Grace Hopper" not in current(house.member)


def test_c2_not_found_says_so_and_offers_an_invitation(house: House, orcid: SandboxServer) -> None:
    response = _look(signed_in(house.tech), house, "nobody@alpha.example")

    page = response.content.decode()
    assert "most people keep their addresses private at ORCID" in page
    assert "A contact can only be added with an iD." in page
    assert f'action="{house.url("contact_invite")}"' in page
    assert Contact.objects.filter(member=house.member).count() == 5
    assert Invitation.objects.count() == 0


def test_an_address_with_an_open_invitation_leads_to_that_invitation(
    house: House, orcid: SandboxServer
) -> None:
    client = signed_in(house.tech)
    client.post(house.url("contact_invite"), {"email": "nobody@alpha.example", "roles": ["comms"]})

    page = _look(client, house, "Nobody@alpha.example").content.decode()

    assert "nobody@alpha.example</strong> has been invited already" in page
    assert f'href="{house.url("contacts")}#invitations"' in page
    assert f'action="{house.url("contact_invite")}"' not in page


def test_c2_private_and_unverified_addresses_are_not_found(
    house: House, orcid: SandboxServer
) -> None:
    private = {"email": "p@alpha.example", "verified": True, "primary": True}
    orcid.add_person(emails=[private | {"visibility": "private"}])

    response = _look(signed_in(house.tech), house, "p@alpha.example")

    assert response.context["outcome"] == "not_found"


def test_c2_orcid_out_of_reach_loses_nothing_and_offers_both_ways(
    house: House, orcid: SandboxServer
) -> None:
    orcid.fault("/", status=503, times=20)

    response = _look(signed_in(house.tech), house)

    page = response.content.decode()
    assert "ORCID cannot be reached now" in page
    assert f'name="email" value="{ADDRESS}"' in page
    assert "Try again" in page
    assert f'action="{house.url("contact_invite")}"' in page


def test_a8_an_address_proved_here_is_named_only_after_acceptance(
    house: House, orcid: SandboxServer
) -> None:
    known = make_user(name="Secret Name")
    EmailAddress.objects.create(user=known, email=ADDRESS, verified=True)

    response = _look(signed_in(house.tech), house)

    page = response.content.decode()
    assert "belongs to somebody who has signed in here" in page
    assert "Secret Name" not in page
    assert known.orcid
    assert known.orcid not in page


def test_a8_an_address_that_was_not_proved_tells_nothing(
    house: House, orcid: SandboxServer
) -> None:
    EmailAddress.objects.create(user=make_user(), email=ADDRESS, verified=False)

    assert _look(signed_in(house.tech), house).context["outcome"] == "not_found"


def test_a8_look_ups_are_recorded_and_throttled(
    house: House, orcid: SandboxServer, settings: Settings
) -> None:
    settings.LOOKUPS_PER_HOUR = 2
    client = signed_in(house.tech)
    for number in range(2):
        _look(client, house, f"n{number}@alpha.example")

    response = _look(client, house, "n3@alpha.example")

    assert response.context["form"].errors == {
        "email": ["You have looked up many addresses within an hour. Please go on in 60 minutes."]
    }
    looked_up = Event.objects.filter(kind=Event.Kind.ADDRESS_LOOKED_UP, actor=user_of(house.tech))
    assert looked_up.count() == 2


def test_c5_an_address_of_a_contact_is_not_looked_up_again(house: House) -> None:
    response = _look(signed_in(house.main), house, "TECH@alpha.example")

    assert response.context["form"].errors == {"email": ["Tech Person is a contact already."]}


def test_c5_the_same_person_under_another_address_is_a_contact_already(
    house: House, orcid: SandboxServer
) -> None:
    make_contact(house.member, orcid=_public_person(orcid), given_names="Grace", family_name="H")

    response = _look(signed_in(house.main), house)

    assert response.context["form"].errors == {"email": ["Grace H is a contact already."]}


def test_c2_a_contact_with_a_look_alike_does_not_stand_in_the_way(
    house: House, orcid: SandboxServer
) -> None:
    make_contact(house.member, email="grace@\u0131st.example")
    person = _public_person(orcid, "grace@ist.example")

    page = _look(signed_in(house.main), house, "grace@ist.example").content.decode()

    assert person in page


def test_c2_a_look_alike_proved_here_does_not_hide_the_person(
    house: House, orcid: SandboxServer
) -> None:
    """PostgreSQL takes `\u0131` and `i` for one letter when case is ignored."""
    EmailAddress.objects.create(
        user=user_of(house.voter), email="grace@\u0131st.example", verified=True
    )
    person = _public_person(orcid, "grace@ist.example")

    page = _look(signed_in(house.main), house, "grace@ist.example").content.decode()

    assert (person in page, "Grace Hopper" in page) == (True, True)
