"""R2: only the Main or the Signatory may give, take or edit a protected role — old and new state."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from contacts.models import PROTECTED_ROLES, Contact, Role, RoleAssignment
from contacts.services import editing, leaving
from contacts.services import roles as role_service
from members.actors import Actor
from tests.contacts.conftest import House, roles_of, user_of
from tests.factories import make_contact, make_member, make_user

MAY = {"main": True, "signatory": True, "voter": False, "tech": False}
PROTECTED = [Role.MAIN, Role.SIGNATORY, Role.VOTING]
OPEN = [role for role in Role if role not in PROTECTED_ROLES]
who_may = pytest.mark.parametrize(("who", "may"), MAY.items())


def _actor(house: House, who: str) -> Actor:
    return Actor.contact(user_of(getattr(house, who)))


def _somebody(house: House, *roles: Role) -> Contact:
    """A contact with these roles, free for the taking, who has signed in."""
    RoleAssignment.objects.filter(member=house.member, role__in=roles).filter(
        contact__in=[house.voter.pk]
    ).delete()
    contact = make_contact(house.member, list(roles))
    make_user(orcid=contact.orcid)
    return contact


def _set(contact: Contact, roles: list[Role], by: Actor) -> None:
    role_service.set_roles(contact_id=contact.pk, version=1, roles=roles, by=by)


@who_may
def test_r2_give_a_protected_role(house: House, who: str, *, may: bool) -> None:
    by = _actor(house, who)
    somebody = _somebody(house, Role.OTHER)
    RoleAssignment.objects.filter(member=house.member, role=Role.VOTING).delete()

    if may:
        _set(somebody, [Role.OTHER, Role.VOTING], by)
    else:
        with pytest.raises(PermissionDenied):
            _set(somebody, [Role.OTHER, Role.VOTING], by)

    assert roles_of(somebody) == (["voting", "other"] if may else ["other"])


@who_may
def test_r2_take_a_protected_role(house: House, who: str, *, may: bool) -> None:
    """Judged on the old state: the new one has nothing protected in it."""
    by = _actor(house, who)
    somebody = _somebody(house, Role.VOTING)

    if may:
        _set(somebody, [Role.OTHER], by)
    else:
        with pytest.raises(PermissionDenied):
            _set(somebody, [Role.OTHER], by)

    assert roles_of(somebody) == (["other"] if may else ["voting"])


@pytest.mark.parametrize("role", PROTECTED)
def test_r2_nobody_promotes_themselves_when_the_role_is_free(house: House, role: Role) -> None:
    """Judged on the new state: the old one has nothing protected in it."""
    RoleAssignment.objects.filter(member=house.member, role=role).delete()

    with pytest.raises(PermissionDenied):
        _set(house.tech, [Role.TECHNICAL, role], _actor(house, "tech"))

    assert roles_of(house.tech) == ["technical"]


@pytest.mark.parametrize("who", MAY)
@pytest.mark.parametrize("role", OPEN)
def test_r2_any_contact_gives_and_takes_the_other_roles(house: House, who: str, role: Role) -> None:
    spare = Role.OTHER if role != Role.OTHER else Role.COMMS
    somebody = _somebody(house, spare)
    by = _actor(house, who)

    role_service.set_roles(contact_id=somebody.pk, version=1, roles=[spare, role], by=by)
    role_service.set_roles(contact_id=somebody.pk, version=2, roles=[spare], by=by)

    assert roles_of(somebody) == [spare]


@who_may
def test_r2_other_roles_of_a_holder_of_a_protected_role_are_open(
    house: House, who: str, *, may: bool
) -> None:
    """The protected role is in both states: it is not touched."""
    somebody = _somebody(house, Role.VOTING)

    _set(somebody, [Role.VOTING, Role.COMMS], _actor(house, who))

    assert roles_of(somebody) == ["voting", "comms"]


@who_may
def test_r2_remove_a_holder_of_a_protected_role(house: House, who: str, *, may: bool) -> None:
    by = _actor(house, who)
    somebody = _somebody(house, Role.VOTING)

    if may:
        leaving.remove_contact(contact_id=somebody.pk, by=by)
    else:
        with pytest.raises(PermissionDenied):
            leaving.remove_contact(contact_id=somebody.pk, by=by)

    assert Contact.objects.current().filter(pk=somebody.pk).exists() != may


@pytest.mark.parametrize("who", MAY)
def test_r2_any_contact_removes_one_without_protected_role(house: House, who: str) -> None:
    somebody = _somebody(house, Role.PRODUCT)

    leaving.remove_contact(contact_id=somebody.pk, by=_actor(house, who))

    assert not Contact.objects.current().filter(pk=somebody.pk).exists()


@who_may
def test_c6_edit_the_details_of_a_holder_of_a_protected_role(
    house: House, who: str, *, may: bool
) -> None:
    by = _actor(house, who)
    somebody = _somebody(house, Role.VOTING)
    change: dict[str, Any] = {
        "contact_id": somebody.pk,
        "version": 1,
        "by": by,
        "email": somebody.email,
    }

    if may:
        editing.edit_contact(**change, job_title="Dean")
    else:
        with pytest.raises(PermissionDenied):
            editing.edit_contact(**change, job_title="Dean")

    assert Contact.objects.get(pk=somebody.pk).job_title == ("Dean" if may else "")


@pytest.mark.parametrize("who", MAY)
def test_c6_one_edits_oneself_whatever_one_holds(house: House, who: str) -> None:
    own: Contact = getattr(house, who)

    editing.edit_contact(
        contact_id=own.pk, version=1, by=_actor(house, who), email=own.email, job_title="Dean"
    )

    assert Contact.objects.get(pk=own.pk).job_title == "Dean"


@who_may
def test_r2_hand_over_a_protected_role(house: House, who: str, *, may: bool) -> None:
    by = _actor(house, who)
    order: dict[str, Any] = {
        "member_id": house.member.pk,
        "role": Role.VOTING,
        "to_id": house.newcomer.pk,
    }

    if may:
        role_service.hand_over(**order, by=by)
    else:
        with pytest.raises(PermissionDenied):
            role_service.hand_over(**order, by=by)

    assert roles_of(house.newcomer) == (["voting", "other"] if may else ["other"])


def test_r2_the_operator_may_all_of_it(house: House) -> None:
    operator = Actor.operator(make_user(orcid=None, email="op@portal.example"))

    role_service.set_roles(contact_id=house.voter.pk, version=1, roles=[Role.OTHER], by=operator)
    leaving.remove_contact(contact_id=house.signatory.pk, by=operator)

    assert roles_of(house.voter) == ["other"]
    assert not Contact.objects.current().filter(pk=house.signatory.pk).exists()


@pytest.mark.parametrize("is_neighbour", [True, False])
def test_a2_people_from_elsewhere_may_nothing(house: House, *, is_neighbour: bool) -> None:
    stranger = make_user()
    if is_neighbour:
        make_contact(make_member("Beta", house.consortium), [Role.MAIN], orcid=stranger.orcid or "")

    with pytest.raises(PermissionDenied):
        _set(house.tech, [Role.COMMS], Actor.contact(stranger))
