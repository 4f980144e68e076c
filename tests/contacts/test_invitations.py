"""Invitations from both ends (C3, R1, R2, H6)."""

import datetime
from typing import Any
from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from contacts.models import Contact, Invitation, Mail, Role, RoleAssignment
from contacts.services import invitations as invitation_service
from members.actors import Actor
from members.models import Membership
from tests.contacts.conftest import (
    House,
    as_user,
    current,
    events,
    link_in,
    mails,
    roles_of,
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


def test_c3_only_the_hash_of_a_long_token_is_stored(house: House) -> None:
    _invite(house)

    token = _link().split("/")[2]
    invitation = Invitation.objects.get()
    assert len(token) >= 22  # 128 bits in base64
    assert token not in str(invitation.__dict__)
    assert invitation.token_hash == invitation_service._hash(token)  # noqa: SLF001


def test_c3_the_page_tells_a_stranger_what_it_is_about(house: House) -> None:
    _invite(house, ["comms", "product"])

    page = Client().get(_link()).content.decode()

    for part in (
        "Become a contact of Alpha University",
        "Main Person invites you",
        "Comms contact",
        "Product contact",
        "Use the ORCID iD you have",
        "Register only if you have none",
        "Sign in with ORCID",
        "Decline the invitation",
    ):
        assert part in page
    assert f'name="next" value="{_link()}"' in page


def test_the_invitations_page_is_kept_nowhere_and_its_address_told_to_nobody(
    house: House,
) -> None:
    _invite(house)

    response = Client().get(_link())

    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "same-origin")


def test_c3_opening_and_signing_in_alone_makes_no_contact(house: House) -> None:
    _invite(house)

    page = as_user(make_user(name="Katherine Johnson")).get(_link()).content.decode()

    assert "Accept as Katherine Johnson" in page
    assert Contact.objects.filter(member=house.member).count() == 5


def test_c3_accepting_makes_the_contact_with_the_roles_offered(house: House) -> None:
    _invite(house, ["comms", "product"])
    user = make_user(name="Katherine Johnson")

    response = _accept(as_user(user), job_title="Mathematician")

    contact = Contact.objects.current().get(orcid=user.orcid)
    assert response["Location"] == f"/tools/{house.member.slug}/"
    assert (contact.display_name, contact.email) == ("Katherine Johnson", ADDRESS)
    assert (contact.job_title, roles_of(contact)) == ("Mathematician", ["comms", "product"])
    assert events(house.member) == ["invitation_sent", "invitation_accepted", "contact_added"]


def test_c3_accepting_proves_the_mailbox_too(house: House) -> None:
    _invite(house)
    user = make_user()

    _accept(as_user(user))

    assert EmailAddress.objects.get(email=ADDRESS).user == user


def test_c3_nobody_accepts_without_signing_in(house: House) -> None:
    _invite(house)

    response = _accept(Client())

    assert response["Location"] == _link()
    assert Contact.objects.filter(member=house.member).count() == 5


def test_c1_nobody_accepts_without_an_orcid(house: House) -> None:
    _invite(house)
    client = as_user(make_user(orcid=None, email="op@portal.example"))

    page = client.get(_link()).content.decode()
    _accept(client)

    assert "You are signed in without an ORCID iD" in page
    assert Contact.objects.filter(member=house.member).count() == 5


def test_c3_a_link_works_once(house: House) -> None:
    _invite(house)
    _accept(as_user(make_user()))

    second = as_user(make_user())
    response = second.post(_link(), DETAILS)

    assert response.status_code == 410
    assert "has been answered or withdrawn" in response.content.decode()
    assert Contact.objects.filter(member=house.member).count() == 6


def test_c3_a_link_expires(house: House, settings: Settings) -> None:
    settings.INVITATION_DAYS = 21
    _invite(house)
    late = timezone.now() + datetime.timedelta(days=21, minutes=1)

    with mock.patch("django.utils.timezone.now", return_value=late):
        response = Client().get(_link())

    assert response.status_code == 410
    assert "has expired" in response.content.decode()


def test_an_unknown_link_says_so_and_leads_on(db: None) -> None:
    response = Client().get("/invitations/nonsense/")

    assert response.status_code == 404
    assert "ask the person who invited you to send the invitation again" in (
        response.content.decode()
    )


def test_declining_needs_no_sign_in_and_is_shown_to_the_organisation(house: House) -> None:
    _invite(house)

    response = Client().post(_link(), {"answer": "decline"})

    assert "You have declined" in response.content.decode()
    assert Invitation.objects.get().outcome == "declined"
    assert "Declined" in signed_in(house.tech).get(house.url("contacts")).content.decode()
    assert Client().get(_link()).status_code == 410


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
    assert "Please go on later." in response.content.decode()


def test_r1_a_protected_role_taken_meanwhile_is_left_out_and_both_are_told(house: House) -> None:
    RoleAssignment.objects.filter(role=Role.VOTING).delete()
    _invite(house, ["voting", "comms"])
    RoleAssignment.objects.create(member=house.member, contact=house.tech, role=Role.VOTING)
    client = as_user(make_user(name="Katherine Johnson"))

    response = _accept(client)

    contact = Contact.objects.get(email=ADDRESS)
    assert roles_of(contact) == ["comms"]
    assert {mail.to for mail in mails(Mail.Kind.ROLES_LEFT_OUT)} == {
        ADDRESS,
        "main@alpha.example",
    }
    assert "Not given, because it is taken" in client.get(response["Location"]).content.decode()


def test_r2_a_sender_who_may_no_longer_give_it_gives_no_protected_role(house: House) -> None:
    """Judged again at acceptance."""
    RoleAssignment.objects.filter(role=Role.VOTING).delete()
    _invite(house, ["voting"])
    RoleAssignment.objects.filter(role=Role.MAIN).update(contact=house.tech)

    _accept(as_user(make_user()))

    assert roles_of(Contact.objects.get(email=ADDRESS)) == ["other"]


def test_c3_a_contact_who_accepts_gains_the_roles_and_stays_one(house: House) -> None:
    _invite(house, ["comms"])

    _accept(signed_in(house.tech))

    assert roles_of(house.tech) == ["technical", "comms"]
    assert Contact.objects.filter(member=house.member).count() == 5


def test_a_protected_role_one_holds_already_is_not_left_out(house: House) -> None:
    RoleAssignment.objects.filter(role=Role.VOTING).delete()
    _invite(house, ["voting"])
    RoleAssignment.objects.create(member=house.member, contact=house.tech, role=Role.VOTING)

    _accept(signed_in(house.tech))

    assert roles_of(house.tech) == ["voting", "technical"]
    assert mails(Mail.Kind.ROLES_LEFT_OUT) == []


def test_r1_an_invitation_to_a_member_without_contacts_is_as_main(house: House) -> None:
    empty = make_member("Empty", house.consortium)
    operator = Actor.operator(make_user(orcid=None, email="op@portal.example"))

    invitation = invitation_service.invite_contact(
        member_id=empty.pk, email=ADDRESS, roles=["technical"], by=operator
    )
    user = make_user()
    _accept(as_user(user))

    assert invitation.roles == ["main", "technical"]
    assert roles_of(Contact.objects.get(orcid=user.orcid)) == ["main", "technical"]


def test_an_invitation_to_a_former_member_cannot_be_accepted(house: House) -> None:
    _invite(house)
    Membership.objects.update(end=timezone.localdate() - datetime.timedelta(days=1))

    response = _accept(as_user(make_user()))

    assert response.status_code == 410
    assert "membership has ended" in response.content.decode()


def test_names_that_are_too_long_are_said_beside_the_field(house: House) -> None:
    _invite(house)

    response = _accept(as_user(make_user()), given_names="x" * 41)

    assert list(response.context["form"].errors) == ["given_names"]
    assert Invitation.objects.get().closed_at is None


def test_signing_out_keeps_the_way_back(house: House) -> None:
    _invite(house)
    client = as_user(make_user())

    page = client.get(_link()).content.decode()
    response = client.post("/accounts/logout/", {"next": f"{_link()}?other=1"})

    assert f'name="next" value="{_link()}?other=1"' in page
    assert response["Location"] == f"{_link()}?other=1"
    assert 'name="fresh" value="1"' in client.get(response["Location"]).content.decode()


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
