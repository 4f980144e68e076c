"""Invitations, as the organisation deals with them (C3, C5, R2, H6)."""

import datetime
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from contacts.models import Contact, Invitation, Mail, Role, RoleAssignment
from contacts.services import invitations as invitation_service
from tests.contacts.conftest import (
    House,
    as_user,
    current,
    events,
    link_in,
    mails,
    signed_in,
)
from tests.factories import make_contact, make_member, make_user

ADDRESS = "new@alpha.example"


DETAILS = {"answer": "accept", "given_names": "Katherine", "family_name": "Johnson"}


def _invite(house: House, roles: list[str] | None = None, by: Contact | None = None) -> Any:
    data = {"email": ADDRESS, "roles": roles or ["comms"]}
    return signed_in(by or house.main).post(house.url("contact_invite"), data, follow=True)


def _link() -> str:
    return link_in(mails(Mail.Kind.INVITATION)[-1], "invitations")


def _accept(client: Client, **fields: str) -> Any:
    return client.post(_link(), DETAILS | fields)


def test_c3_an_invitation_is_mailed_and_is_not_a_contact(house: House) -> None:
    response = _invite(house)

    assert "An invitation is on its way to new@alpha.example." in response.content.decode()
    assert [mail.to for mail in mails(Mail.Kind.INVITATION)] == [ADDRESS]
    assert Contact.objects.filter(member=house.member).count() == 5
    assert events(house.member) == ["invitation_sent"]


def test_a_look_alike_of_a_contacts_or_an_invited_address_is_another_address(house: House) -> None:
    """PostgreSQL takes `\u0131` and `i` for one letter when case is ignored."""
    make_contact(house.member, email="ida@alpha.example")
    main = signed_in(house.main)

    for email in ("\u0131da@alpha.example", "iris@alpha.example", "\u0131ris@alpha.example"):
        main.post(house.url("contact_invite"), {"email": email, "roles": ["comms"]})

    assert Invitation.objects.count() == 3


def test_c3_only_the_hash_of_a_long_token_is_stored(house: House) -> None:
    _invite(house)

    token = _link().split("/")[2]
    invitation = Invitation.objects.get()
    assert len(token) >= 22  # 128 bits in base64
    assert token not in str(invitation.__dict__)
    assert invitation.token_hash == invitation_service.token_hash(token)


def test_c3_sending_again_makes_a_new_link_and_kills_the_old_one(house: House) -> None:
    _invite(house)
    old = _link()
    invitation = Invitation.objects.get()

    signed_in(house.tech).post(house.url("invitation_resend", invitation.pk))

    states = [mail.state for mail in mails(Mail.Kind.INVITATION)]
    assert states == [Mail.State.WITHDRAWN, Mail.State.QUEUED]
    assert [Client().get(link).status_code for link in (old, _link())] == [404, 200]


def test_an_expired_invitation_lives_again_when_it_is_sent_again(house: House) -> None:
    _invite(house)
    Invitation.objects.update(expires_at=timezone.now() - datetime.timedelta(days=1))

    signed_in(house.tech).post(house.url("invitation_resend", Invitation.objects.get().pk))

    assert Client().get(_link()).status_code == 200


def test_c3_a_withdrawn_invitation_is_dead(house: House) -> None:
    _invite(house)
    link = _link()

    signed_in(house.tech).post(house.url("invitation_withdraw", Invitation.objects.get().pk))

    assert Invitation.objects.get().outcome == "withdrawn"
    assert Client().get(link).status_code == 410
    assert _accept_at(link) == 410


def _accept_at(link: str) -> int:
    return as_user(make_user()).post(link, DETAILS).status_code


def test_what_has_been_answered_cannot_be_withdrawn(house: House) -> None:
    _invite(house)
    invitation = Invitation.objects.get()
    _accept(as_user(make_user()))

    response = signed_in(house.main).post(
        house.url("invitation_withdraw", invitation.pk), follow=True
    )

    assert "has been answered or withdrawn meanwhile" in response.content.decode()
    assert Invitation.objects.get().outcome == "accepted"


@pytest.mark.parametrize("name", ["invitation_resend", "invitation_withdraw"])
def test_a1_an_invitation_of_another_member_is_not_there(house: House, name: str) -> None:
    _invite(house)
    beta = make_member("Beta", house.consortium)
    neighbour = make_contact(beta, [Role.MAIN])
    make_user(orcid=neighbour.orcid)
    elsewhere = House(house.consortium, beta, *[neighbour] * 5)

    response = signed_in(neighbour).post(elsewhere.url(name, Invitation.objects.get().pk))

    assert response.status_code == 404
    assert Invitation.objects.get().closed_at is None


@pytest.mark.parametrize("name", ["invitation_resend", "invitation_withdraw"])
def test_r2_invitations_to_a_protected_role_are_dealt_with_by_main_or_signatory(
    house: House, name: str
) -> None:
    RoleAssignment.objects.filter(role=Role.VOTING).delete()
    _invite(house, ["voting"])
    url = house.url(name, Invitation.objects.get().pk)

    assert signed_in(house.tech).post(url).status_code == 403
    assert signed_in(house.signatory).post(url).status_code == 302


def test_r2_others_do_not_invite_to_a_protected_role(house: House) -> None:
    RoleAssignment.objects.filter(role=Role.VOTING).delete()

    assert _invite(house, ["voting"], by=house.tech).status_code == 403
    assert Invitation.objects.count() == 0


def test_one_open_invitation_per_address(house: House) -> None:
    _invite(house)

    response = _invite(house)

    assert response.context["form"].non_field_errors() == [
        "An invitation to this address is open already. You can send it again."
    ]


def test_c5_nobody_is_invited_who_is_a_contact(house: House) -> None:
    data = {"email": "TECH@alpha.example", "roles": ["comms"]}

    response = signed_in(house.main).post(house.url("contact_invite"), data)

    assert response.context["form"].non_field_errors() == [
        "This is the address of a contact already."
    ]


def test_invitations_are_throttled(house: House, settings: Settings) -> None:
    settings.MAILS_PER_PERSON_PER_HOUR = 1
    _invite(house)

    response = signed_in(house.main).post(
        house.url("contact_invite"), {"email": "b@alpha.example", "roles": ["comms"]}
    )

    assert Invitation.objects.count() == 1
    assert "Please go on in 60 minutes." in response.content.decode()


def test_h6_a_broker_out_of_reach_loses_no_invitation(
    house: House, django_capture_on_commit_callbacks: Any
) -> None:
    with (
        mock.patch("contacts.tasks.deliver_mail.apply_async", side_effect=OSError) as wake,
        django_capture_on_commit_callbacks(execute=True),
    ):
        response = _invite(house)

    assert wake.call_count == 1
    assert response.status_code == 200
    assert [mail.state for mail in mails(Mail.Kind.INVITATION)] == [Mail.State.QUEUED]


def test_current_contacts_are_as_before_when_nothing_was_answered(house: House) -> None:
    before = current(house.member)

    _invite(house)

    assert current(house.member) == before
