"""/tools/: to the one organisation, to several, or a page that says why not."""

import datetime
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from contacts.models import Invitation, Role
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.lead.desk import client_of

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def _contact_of(*members: Any, roles: list[Role] | None = None) -> Client:
    first = make_contact(members[0], roles)
    for member in members[1:]:
        make_contact(member, [Role.TECHNICAL], orcid=first.orcid)
    return client_of(make_user(orcid=first.orcid))


def test_one_organisation_is_opened_at_once() -> None:
    client = _contact_of(make_member("Only One", make_consortium()))

    response = client.get("/tools/")

    assert (response.status_code, response["Location"]) == (302, "/tools/only-one/")


def test_several_are_cards_with_status_roles_and_gaps() -> None:
    consortium = make_consortium("North")
    alpha = make_member("Alpha", consortium)
    beta = make_member("Beta", consortium, start=TODAY + datetime.timedelta(days=9))
    client = _contact_of(alpha, beta, roles=[Role.MAIN, Role.VOTING])

    cards = client.get("/tools/").context["cards"]

    told = [
        (card["member"].display_name, card["membership"].status.label, card["roles"])
        for card in cards
    ]
    assert told == [
        ("Alpha", "Active", [Role.MAIN, Role.VOTING]),
        ("Beta", "Starts later", [Role.TECHNICAL]),
    ]
    # no signatory, ROR, website, description, logo permission; Alpha, who has begun, is not
    # confirmed; Beta has no Main and no vote either
    assert [card["gaps"] for card in cards] == [6, 7]


def test_siblings_are_not_among_the_cards() -> None:
    consortium = make_consortium()
    client = _contact_of(make_member("Alpha", consortium), make_member("Beta", consortium))
    make_member("Sibling", consortium)

    cards = client.get("/tools/").context["cards"]

    assert [card["member"].display_name for card in cards] == ["Alpha", "Beta"]


def test_nobody_of_nothing_is_told_why_and_whom_to_ask() -> None:
    make_consortium("North", helpdesk_email="help@north.example")
    user = make_user(name="Ada Nobody")

    page = client_of(user).get("/tools/")

    assert page.status_code == 200
    text = page.content.decode()
    assert f"/{user.orcid}" in text
    assert "Nobody can add an iD by typing it in" in text
    assert 'North: <a href="mailto:help@north.example">' in text


def test_removed_contact_is_nobody() -> None:
    member = make_member("Left", make_consortium())
    contact = make_contact(member, [], removed_at=timezone.now())

    page = client_of(make_user(orcid=contact.orcid)).get("/tools/")

    assert page.templates[0].name == "tools/none.html"


def test_operator_is_shown_the_administration() -> None:
    operator = make_user(orcid=None, is_staff=True)

    page = client_of(operator).get("/tools/").content.decode()

    assert "Go to the administration" in page


def _invite(email: str) -> None:
    Invitation.objects.create(
        member=make_member("Inviting", make_consortium()),
        email=email,
        roles=["other"],
        token_hash="x",
        expires_at=timezone.now() + datetime.timedelta(days=1),
    )


def test_invitation_to_a_proved_address_is_remembered() -> None:
    user = make_user()
    EmailAddress.objects.create(user=user, email="Ada@uni.example", verified=True)
    _invite("ada@uni.example")

    page = client_of(user).get("/tools/").content.decode()

    assert "Inviting sent an invitation to ada@uni.example" in page


def test_a8_invitation_to_an_address_not_proved_is_not_told() -> None:
    user = make_user()
    EmailAddress.objects.create(user=user, email="ada@uni.example", verified=False)
    _invite("ada@uni.example")

    page = client_of(user).get("/tools/").content.decode()

    assert "Inviting" not in page


@pytest.mark.parametrize("number", [2, 4])
def test_query_count_does_not_grow(number: int, django_assert_num_queries) -> None:
    client = _contact_of(*(make_member("", make_consortium()) for _ in range(number)))

    # session, user, members with their gaps, memberships, consortia, publications desks, own
    # contacts, roles; for the menu: members, desks
    with django_assert_num_queries(10):
        client.get("/tools/")
