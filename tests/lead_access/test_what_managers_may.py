"""What managers of the desk may do at a member, in both states of the switch (A3)."""

import datetime
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from contacts.models import Contact, Invitation, LeadChange, Mail, Role, RoleAssignment
from contacts.services import adding, agreement, answering, editing, invitations, leaving, roles
from members.actors import Actor, Reach
from members.models import Membership
from tests.factories import make_consortium, make_contact, make_user
from tests.lead_access.conftest import House, signed_in, user_of

DETAILS = {"given_names": "New", "family_name": "Person"}


def of(name: str, house: House, contact: Contact, by: Actor):
    """A call that would change something, by name."""
    member, version = house.member.pk, contact.version
    invitation = Invitation.objects.filter(member=member).last() or Invitation()
    return {
        "add": lambda: adding.create_contact(
            member=house.member, by=by, orcid="0000-0002-1825-0097", email="n@alpha.example",
            roles=[Role.TECHNICAL], details=DETAILS,
        ),
        "invite": lambda: invitations.invite_contact(
            member_id=member, email="i@alpha.example", roles=[Role.INVOICE], by=by
        ),
        "resend": lambda: invitations.resend_invitation(invitation_id=invitation.pk, by=by),
        "withdraw": lambda: invitations.withdraw_invitation(invitation_id=invitation.pk, by=by),
        "edit": lambda: editing.edit_contact(
            contact_id=contact.pk, version=version, by=by, email=contact.email, job_title="Dr"
        ),
        "roles": lambda: roles.set_roles(
            contact_id=contact.pk, version=version, roles=[*contact.roles, Role.PRODUCT], by=by
        ),
        "remove": lambda: leaving.remove_contact(contact_id=contact.pk, by=by),
    }[name]  # fmt: skip


CALLS = ["add", "invite", "resend", "withdraw", "edit", "roles", "remove"]


@pytest.fixture
def invited(house: House) -> Invitation:
    return invitations.invite_contact(
        member_id=house.member.pk, email="waiting@alpha.example", roles=[Role.PRODUCT],
        by=Actor.contact(user_of(house.main)),
    )  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_switched_on_a_manager_may_and_each_change_is_marked_and_told(
    house: House, invited: Invitation, name: str
) -> None:
    house.allow()
    by = Actor.lead(user_of(house.manager))

    of(name, house, house.comms, by)()

    [change] = house.changes()
    assert (change.state, change.made_by) == (LeadChange.State.OPEN, by.user)
    assert house.events()[-1][1] == "lead"
    [mail] = Mail.objects.filter(kind=Mail.Kind.LEAD_CHANGED)
    assert mail.to == house.main.email


@pytest.mark.parametrize("name", CALLS)
def test_switched_off_a_manager_may_not(house: House, invited: Invitation, name: str) -> None:
    by = Actor.lead(user_of(house.manager))

    with pytest.raises(PermissionDenied):
        of(name, house, house.comms, by)()

    assert house.changes() == []


@pytest.mark.parametrize("name", CALLS)
def test_readers_never_may(house: House, invited: Invitation, name: str) -> None:
    house.allow()

    with pytest.raises(PermissionDenied):
        of(name, house, house.comms, Actor.lead(user_of(house.reader)))()


@pytest.mark.parametrize("name", ["edit", "roles", "remove"])
@pytest.mark.parametrize("role", [Role.MAIN, Role.SIGNATORY, Role.VOTING])
def test_people_with_a_protected_role_are_left_alone(house: House, name: str, role: Role) -> None:
    house.allow()
    RoleAssignment.objects.filter(contact=house.main).delete()
    RoleAssignment.objects.create(member=house.member, contact=house.tech, role=role)

    with pytest.raises(PermissionDenied):
        of(name, house, house.tech, Actor.lead(user_of(house.manager)))()


@pytest.mark.parametrize("role", [Role.MAIN, Role.SIGNATORY, Role.VOTING])
def test_protected_roles_are_never_given(house: House, role: Role) -> None:
    house.allow()
    RoleAssignment.objects.filter(contact=house.main).update(role=Role.OTHER)
    by, member = Actor.lead(user_of(house.manager)), house.member.pk
    calls: list[Any] = [
        partial(
            adding.create_contact, member=house.member, by=by, orcid="0000-0002-1825-0097",
            email="n@alpha.example", roles=[role], details=DETAILS,
        ),
        partial(invitations.invite_contact, member_id=member, email="i@a.example", roles=[role]),
        partial(roles.set_roles, contact_id=house.tech.pk, version=1, roles=[role]),
        partial(roles.hand_over, member_id=member, role=role, to_id=house.tech.pk),
        partial(
            agreement.save_agreement, member_id=member, version=0, name="N", position="P"
        ),
    ]  # fmt: skip

    for call in calls:
        with pytest.raises(PermissionDenied):
            call(by=by)


def test_what_is_done_for_the_lead_is_not_done_as_if_by_a_contact(house: House) -> None:
    house.allow()

    with pytest.raises(PermissionDenied):
        of("edit", house, house.comms, Actor.contact(user_of(house.manager)))()


def test_the_manager_of_another_consortium_may_not(house: House) -> None:
    house.allow()
    other = make_consortium("Other Consortium")
    Membership.objects.filter(member=house.member).update(
        end=timezone.localdate() + datetime.timedelta(days=3)
    )
    house.consortium.lead = None
    house.consortium.save()
    other.lead = house.lead
    other.save()
    Membership.objects.create(
        member=house.member, consortium=other,
        start=timezone.localdate() + datetime.timedelta(days=4),
    )  # fmt: skip
    Membership.objects.filter(member=house.lead).update(consortium=other)
    house.manager.desk_seats.update(consortium=other)

    client = signed_in(house.manager)

    assert client.get(house.url("contacts")).status_code == 200  # a member to come is read
    assert client.get(house.url("contact_add")).status_code == 403


def test_a_manager_who_is_a_contact_there_acts_as_a_contact(house: House) -> None:
    house.allow()
    make_contact(house.member, [Role.OTHER], orcid=house.manager.orcid)

    signed_in(house.manager).post(
        house.url("contact_roles", house.comms.pk), {"version": 1, "roles": ["product"]}
    )

    assert house.events() == [("roles_changed", "contact")]
    assert house.changes() == []


def test_the_last_with_access_is_not_removed(house: House) -> None:
    house.allow()
    RoleAssignment.objects.filter(contact=house.main).update(role=Role.OTHER)
    user_of(house.tech).delete()

    response = signed_in(house.manager).post(house.url("contact_remove", house.main.pk))

    assert "is the only contact who has signed in" in response.content.decode()
    house.main.refresh_from_db()
    assert house.main.removed_at is None


def test_pages_offer_a_manager_what_they_may_do(house: House) -> None:
    house.allow()
    client = signed_in(house.manager)

    page = client.get(house.url("contacts")).content.decode()

    assert house.url("contact_add") in page
    assert house.url("contact_roles", house.comms.pk) in page
    assert house.url("contact_remove", house.comms.pk) in page
    assert house.url("contact_roles", house.main.pk) not in page
    assert house.url("contact_remove", house.main.pk) not in page
    assert "You act here for the consortium’s lead" in page
    for name in ("contact_roles", "contact_remove"):
        assert client.get(house.url(name, house.main.pk)).status_code == 403


def test_an_accepted_invitation_of_the_lead_makes_a_contact_that_is_marked(house: House) -> None:
    house.allow()
    of("invite", house, house.comms, Actor.lead(user_of(house.manager)))()
    token = Mail.objects.get(kind=Mail.Kind.INVITATION).text.split("/invitations/")[1].split("/")[0]

    contact = answering.accept_invitation(
        token=token, by=Actor.contact(make_user()), given_names="In", family_name="Vited"
    )

    rows = signed_in(house.main).get(house.url("contacts")).context["rows"]
    assert {row.contact.pk: row.lead_change for row in rows if row.lead_change} == {
        contact.pk: "open"
    }
    assert contact.roles == [Role.INVOICE]


@pytest.mark.parametrize("where", ["the lead itself", "another desk", "this desk, to read"])
def test_a3_managers_token_changes_contacts_for_its_own_desk_alone(
    house: House, where: str
) -> None:
    house.allow()
    reach = {
        "the lead itself": Reach(1, member_id=house.lead.pk, can_write=True),
        "another desk": Reach(1, consortium_id=make_consortium().pk, can_write=True),
        "this desk, to read": Reach(1, consortium_id=house.consortium.pk),
    }[where]
    by = Actor.token(user_of(house.manager), reach)

    with pytest.raises(PermissionDenied):
        of("roles", house, house.comms, by)()


def test_a2_token_of_one_member_changes_no_contacts_of_another(house: House) -> None:
    elsewhere = Reach(1, member_id=house.lead.pk, can_write=True)

    with pytest.raises(PermissionDenied):
        of("roles", house, house.comms, Actor.token(user_of(house.main), elsewhere))()
