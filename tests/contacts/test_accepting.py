"""An invitation, from the end of the person invited (C1, C3, R1, R2)."""

import datetime
from typing import Any
from unittest import mock
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from contacts.models import Contact, Invitation, Mail, Role, RoleAssignment
from contacts.services import answering
from contacts.services import invitations as invitation_service
from members.actors import Actor
from members.models import Membership
from tests.contacts.conftest import (
    House,
    as_user,
    events,
    link_in,
    mails,
    roles_of,
    signed_in,
)
from tests.factories import make_member, make_user

ADDRESS = "new@alpha.example"


DETAILS = {"answer": "accept", "given_names": "Katherine", "family_name": "Johnson"}


def _invite(house: House, roles: list[str] | None = None, by: Contact | None = None) -> Any:
    data = {"email": ADDRESS, "roles": roles or ["comms"]}
    return signed_in(by or house.main).post(house.url("contact_invite"), data, follow=True)


def _link() -> str:
    return link_in(mails(Mail.Kind.INVITATION)[-1], "invitations")


def _accept(client: Client, **fields: str) -> Any:
    return client.post(_link(), DETAILS | fields)


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


def test_c1_who_came_through_an_institution_connects_an_orcid_and_comes_back(house: House) -> None:
    _invite(house)

    page = as_user(make_user(orcid=None, name="Noor")).get(_link()).content.decode()

    assert f'href="/me/accounts/orcid/first/?next={quote(_link(), safe="")}"' in page
    # another account would be made
    assert "Sign out, and sign in with ORCID" not in page


def test_c3_the_service_too_takes_nobody_without_an_orcid(house: House) -> None:
    _invite(house)
    token = _link().rstrip("/").rpartition("/")[2]
    operator = Actor.operator(make_user(orcid=None, email="op@portal.example"))

    with pytest.raises(PermissionDenied):
        answering.accept_invitation(
            token=token, by=operator, given_names="Olga", family_name="Operator"
        )

    assert [found.status for found in Invitation.objects.all()] == [Invitation.Status.OPEN]


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
