"""Invitations through the API (C3)."""

import datetime

import pytest
from django.utils import timezone

from contacts.models import Invitation, Mail, Role
from contacts.services.answering import accept_invitation
from contacts.services.invitations import invite_contact
from contacts.services.roles import hand_over
from members.actors import Actor
from members.models import Event, Member
from tests.api.calling import Caller, assert_problem, desk_caller, member_caller
from tests.factories import make_contact, make_member, make_user
from tests.lead.desk import make_desk

pytestmark = pytest.mark.django_db
WHERE = "members/alpha/invitations/"


def invite(member: Member, email: str) -> Invitation:
    return invite_contact(member_id=member.pk, email=email, roles=["comms"], by=Actor.system())


def test_invitation_is_sent_and_given_without_its_link(caller: Caller, member: Member) -> None:
    response = caller.post(WHERE, {"email": "New@alpha.example", "roles": ["comms"]})

    invitation = Invitation.objects.get()
    body = response.json()
    assert (response.status_code, response["Location"]) == (
        201,
        f"/api/v1/members/alpha/invitations/{invitation.pk}/",
    )
    for name in ("created_at", "sent_at", "expires_at"):
        assert body.pop(name)
    assert body == {
        "id": invitation.pk,
        "member": "alpha",
        "member_id": member.pk,
        "email": "new@alpha.example",
        "roles": ["comms"],
        "status": "open",
        "outside_domains": False,
        "closed_at": None,
        "contact_id": None,
    }
    assert invitation.sent_as == "token"
    assert Mail.objects.get(kind=Mail.Kind.INVITATION).to == "new@alpha.example"


def test_invitation_is_sent_again_and_withdrawn_once(caller: Caller, member: Member) -> None:
    invitation = invite(member, "new@alpha.example")
    address = f"{WHERE}{invitation.pk}/"

    again = caller.post(f"{address}resend/")
    withdrawn = caller.post(f"{address}withdraw/")
    twice = caller.post(f"{address}withdraw/")

    assert [again.status_code, again.json()["status"]] == [200, "open"]
    assert [withdrawn.status_code, withdrawn.json()["status"]] == [200, "withdrawn"]
    body = assert_problem(twice, 409, "This invitation has been answered or withdrawn meanwhile.")
    assert body["code"] == "closed"
    kinds = Event.objects.filter(capacity="token").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["invitation_resent", "invitation_withdrawn"]


def test_r2_protected_role_is_offered_by_main_and_signatory_alone(
    caller: Caller, member: Member
) -> None:
    colleague = make_user(make_contact(member, [Role.TECHNICAL]).orcid)
    theirs = member_caller(colleague, member)
    wanted = {"email": "new@alpha.example", "roles": ["voting"]}

    assert theirs.post(WHERE, wanted).status_code == 403
    assert caller.post(WHERE, wanted).status_code == 201


def test_r2_protected_role_offered_by_token_is_judged_again_at_acceptance(
    caller: Caller, member: Member, main
) -> None:
    caller.post(WHERE, {"email": "new@alpha.example", "roles": ["voting"]})
    link = Mail.objects.get(kind=Mail.Kind.INVITATION).text.split("/invitations/")[1].split("/")[0]
    heir = make_contact(member)
    hand_over(member_id=member.pk, role=Role.MAIN, to_id=heir.pk, by=Actor.system())

    accepted = accept_invitation(
        token=link, by=Actor.contact(make_user()), given_names="New", family_name="Person"
    )

    assert [str(role) for role in accepted.roles] == ["other"]


def test_filters_combine() -> None:
    desk = make_desk()
    beta = make_member("Beta", desk.consortium)
    first, second = invite(beta, "a@beta.example"), invite(beta, "b@beta.example")
    invite(make_member("Elsewhere"), "c@elsewhere.example")
    yesterday = timezone.now() - datetime.timedelta(days=1)
    Invitation.objects.filter(pk=second.pk).update(expires_at=yesterday)
    caller = desk_caller(desk.reader, desk.consortium)

    def found(**query: str) -> list[int]:
        return [row["id"] for row in caller.get("invitations/", **query).json()["results"]]

    assert found() == [first.pk, second.pk]
    assert found(status="open") == [first.pk]
    assert found(status="expired", member="beta") == [second.pk]
    assert found(status="accepted") == found(status="draft") == []
    assert found(email="A@beta.example") == [first.pk]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_queries_do_not_grow_with_rows(
    caller: Caller, member: Member, rows: int, django_assert_num_queries
) -> None:
    for number in range(rows):
        invite(member, f"x{number}@alpha.example")
    caller.get("events/")

    # the token, its person's reach; the invitations
    with django_assert_num_queries(3):
        listed = caller.get("invitations/")

    assert len(listed.json()["results"]) == rows
