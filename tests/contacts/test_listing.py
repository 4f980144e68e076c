"""The contacts page: who is there, how they stand, what waits."""

import datetime
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from contacts.models import DeskSeat, Invitation, Mail, Role, RoleAssignment
from contacts.services import invitations as invitation_service
from members.actors import Actor
from members.models import EmailDomain, Membership
from tests.contacts.conftest import House, as_user, signed_in, user_of
from tests.factories import make_contact, make_member, make_user

EDITING = ("Add a contact", "Hand over a role", "Send again", "Withdraw", ">Remove<")


def _page(client: Client, house: House) -> str:
    response = client.get(house.url("contacts"))
    assert response.status_code == 200
    return response.content.decode()


def _invite(house: House, email: str = "new@alpha.example", **more: Any) -> Invitation:
    by = Actor.contact(user_of(house.main))
    return invitation_service.invite_contact(
        member_id=house.member.pk, email=email, roles=["comms"], by=by, **more
    )


def test_each_contact_is_shown_with_orcid_address_phone_and_roles(house: House) -> None:
    house.newcomer.phone, house.newcomer.job_title = "+44 20 7946 0123", "Librarian"
    house.newcomer.save()

    page = _page(signed_in(house.tech), house)

    for part in (
        "Newcomer Person",
        "Librarian",
        house.newcomer.orcid,
        "newcomer@alpha.example",
        "+44 20 7946 0123",
        "Technical contact",
        "Main relationship contact (OFFICIAL)",
    ):
        assert part in page


def test_c4_an_orcid_is_unauthenticated_until_its_owner_has_signed_in(house: House) -> None:
    client = signed_in(house.main)

    before = _page(client, house)
    make_user(orcid=house.newcomer.orcid)
    after = _page(client, house)

    assert (before.count("(unauthenticated)"), after.count("(unauthenticated)")) == (1, 0)
    assert (before.count("Has not signed in yet"), after.count("Has not signed in yet")) == (1, 0)


def test_c7_an_address_outside_the_domains_is_flagged(house: House) -> None:
    house.tech.outside_domains = True
    house.tech.save()

    assert _page(signed_in(house.main), house).count("Outside the e-mail domains") == 1


def test_r4_the_voting_contact_votes(house: House) -> None:
    response = signed_in(house.tech).get(house.url("contacts"))

    voter = response.context["voter"]
    assert (voter.contact, voter.stands_in) == (house.voter, False)


def test_r4_without_a_voting_contact_the_main_stands_in(house: House) -> None:
    RoleAssignment.objects.filter(role=Role.VOTING).delete()

    response = signed_in(house.tech).get(house.url("contacts"))

    voter = response.context["voter"]
    assert (voter.contact, voter.stands_in) == (house.main, True)
    assert "the Main relationship contact stands in" in response.content.decode()


def test_r4_without_either_nobody_votes(house: House) -> None:
    RoleAssignment.objects.filter(role__in=[Role.VOTING, Role.MAIN]).delete()

    response = signed_in(house.tech).get(house.url("contacts"))

    assert response.context["voter"] is None
    assert "Nobody is in charge" in response.content.decode()


def test_an_open_invitation_is_shown_with_its_mail_and_expiry(house: House) -> None:
    invitation = _invite(house)

    page = _page(signed_in(house.tech), house)

    assert "new@alpha.example" in page
    assert "expires in 20 days" in page
    assert "Waiting to be sent" in page
    assert house.url("invitation_resend", invitation.pk) in page


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (Mail.State.SENT, "Sent"),
        (Mail.State.FAILED, "Failed"),
        (Mail.State.UNKNOWN, "Not known whether it was sent"),
    ],
)
def test_h6_the_fate_of_the_invitations_mail_is_shown(
    house: House, state: Mail.State, shown: str
) -> None:
    _invite(house)
    Mail.objects.update(state=state, last_error="Reason (550)")

    page = _page(signed_in(house.tech), house)

    assert f">{shown}</span>" in page
    assert "Reason (550)" in page


def test_an_expired_invitation_says_so(house: House) -> None:
    _invite(house)
    Invitation.objects.update(expires_at=timezone.now() - datetime.timedelta(days=1))

    assert "Expired: send it again" in _page(signed_in(house.tech), house)


def test_answered_invitations_are_kept_in_sight_and_withdrawn_ones_are_not(house: House) -> None:
    declined, withdrawn = _invite(house, "no@alpha.example"), _invite(house, "gone@alpha.example")
    now = timezone.now()
    Invitation.objects.filter(pk=declined.pk).update(closed_at=now, outcome="declined")
    Invitation.objects.filter(pk=withdrawn.pk).update(closed_at=now, outcome="withdrawn")

    page = _page(signed_in(house.tech), house)

    assert "no@alpha.example" in page
    assert "gone@alpha.example" not in page


def test_a1_a_stranger_does_not_see_it(house: House) -> None:
    assert as_user(make_user()).get(house.url("contacts")).status_code == 404


def test_a2_siblings_are_invisible(house: House) -> None:
    neighbour = make_contact(make_member("Beta", house.consortium), [Role.MAIN])
    make_user(orcid=neighbour.orcid)

    assert signed_in(neighbour).get(house.url("contacts")).status_code == 404


def test_a1_whoever_is_not_signed_in_is_sent_to_sign_in_and_back(house: House) -> None:
    response = Client().get(house.url("contacts"))

    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={house.url('contacts')}"


def test_a3_a_reader_of_the_desk_sees_everything_and_no_control(house: House) -> None:
    _invite(house)
    lead = make_member("Lead", house.consortium)
    house.consortium.lead = lead
    house.consortium.save()
    reader = make_contact(lead)
    make_user(orcid=reader.orcid)
    DeskSeat.objects.create(consortium=house.consortium, contact=reader, level="reader")

    page = _page(signed_in(reader), house)

    assert "Newcomer Person" in page
    assert "new@alpha.example" in page
    assert [word for word in (*EDITING, ">Leave<") if word in page] == []


def test_a2_contacts_of_a_former_member_read_for_90_days_and_then_nothing(house: House) -> None:
    client, today = signed_in(house.main), timezone.localdate()

    Membership.objects.update(end=today - datetime.timedelta(days=90))
    page = _page(client, house)
    Membership.objects.update(end=today - datetime.timedelta(days=91))

    assert "Newcomer Person" in page
    assert [word for word in EDITING if word in page] == []
    assert client.get(house.url("contacts")).status_code == 404


def test_c4_access_does_not_follow_the_e_mail_address(house: House) -> None:
    """Not even an address that this person has proved, and the contact has too."""
    impostor = make_user(email=house.main.email)
    EmailAddress.objects.create(user=impostor, email=house.main.email, verified=True)
    client = as_user(impostor)

    tried = [client.get(house.url(page)) for page in ("overview", "contacts", "leave")]

    assert [answer.status_code for answer in tried] == [404, 404, 404]
    assert list(client.get("/me/").context["places"]) == []


def test_c4_a_proved_address_lends_nobody_elses_standing(house: House) -> None:
    EmailAddress.objects.create(
        user=user_of(house.tech), email=house.main.email, verified=True, primary=True
    )

    answer = signed_in(house.tech).get(house.url("hand_over"))

    assert answer.status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_number_of_queries_does_not_grow(
    house: House, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        _invite(house, f"new{number}@alpha.example")
        make_contact(house.member, [Role.COMMS, Role.PRODUCT])
        closed = _invite(house, f"closed{number}@alpha.example")
        Invitation.objects.filter(pk=closed.pk).update(
            closed_at=timezone.now(), outcome="accepted", contact=house.tech
        )
    EmailDomain.objects.create(member=house.member, domain="alpha.example")
    client = signed_in(house.tech)
    client.get(house.url("contacts"))

    # session, user, member; own contact, its roles, may edit; contacts, their roles; agreement;
    # open invitations, their mails, closed ones; changes by the lead; the menu's members, its desks.
    with django_assert_num_queries(15):
        client.get(house.url("contacts"))


@pytest.mark.parametrize("others", [1, 3])
def test_two_organisations_give_a_switcher_that_stays_on_the_page(
    house: House, others: int
) -> None:
    for number in range(others):
        make_contact(make_member(f"Other {number}", house.consortium), orcid=house.tech.orcid)

    page = _page(signed_in(house.tech), house)

    for number in range(others):
        assert f'href="/tools/other-{number}/contacts/"' in page
