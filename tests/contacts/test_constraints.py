"""What the database itself refuses."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from contacts.models import Contact, DeskSeat, Invitation, Role, RoleAssignment, User
from contacts.services.adding import create_contact
from members.actors import Actor
from tests.contacts.conftest import House
from tests.factories import make_contact, make_user


def _invitation(house: House, **fields: object) -> Invitation:
    expires = timezone.now() + datetime.timedelta(days=7)
    given = {"email": "new@alpha.example", "token_hash": "a" * 64, "expires_at": expires} | fields
    return Invitation.objects.create(member=house.member, roles=["other"], **given)


@pytest.mark.parametrize("orcid", ["", "0000-0001", "0000-0002-1825-0098", "x" * 19])
def test_c1_database_refuses_a_contact_without_valid_orcid(house: House, orcid: str) -> None:
    with pytest.raises(IntegrityError, match="contact_orcid_valid"), transaction.atomic():
        Contact.objects.create(member=house.member, orcid=orcid)


def test_c1_database_refuses_a_contact_with_null_orcid(house: House) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.filter(pk=house.tech.pk).update(orcid=None)


def test_c1_user_cannot_have_an_invalid_orcid(db: None) -> None:
    with pytest.raises(IntegrityError, match="user_orcid_valid"), transaction.atomic():
        User.objects.create(orcid="0000-0002-1825-0098")


def test_c4_one_user_per_orcid(db: None) -> None:
    user = make_user()

    with pytest.raises(IntegrityError), transaction.atomic():
        make_user(orcid=user.orcid)


def test_c5_database_refuses_a_second_current_contact_of_one_person(house: House) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_contact(house.member, orcid=house.tech.orcid)


def test_c5_a_removed_contact_does_not_stand_in_the_way(house: House) -> None:
    Contact.objects.filter(pk=house.tech.pk).update(removed_at=timezone.now())

    again = make_contact(house.member, orcid=house.tech.orcid)

    assert again.pk != house.tech.pk


@pytest.mark.parametrize("role", [Role.MAIN, Role.SIGNATORY, Role.VOTING])
def test_r1_database_refuses_a_second_holder_of_a_protected_role(house: House, role: Role) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignment.objects.create(member=house.member, contact=house.newcomer, role=role)


def test_r1_other_roles_may_have_many_holders(house: House) -> None:
    RoleAssignment.objects.create(member=house.member, contact=house.newcomer, role=Role.TECHNICAL)

    assert RoleAssignment.objects.filter(member=house.member, role=Role.TECHNICAL).count() == 2


def test_role_is_one_of_the_eight(house: House) -> None:
    with pytest.raises(IntegrityError, match="role_assignment_role_known"), transaction.atomic():
        RoleAssignment.objects.create(member=house.member, contact=house.tech, role="boss")


def test_role_once_per_contact(house: House) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignment.objects.create(member=house.member, contact=house.tech, role=Role.TECHNICAL)


def test_one_open_invitation_per_address_whatever_the_case(house: House) -> None:
    _invitation(house)

    with pytest.raises(IntegrityError), transaction.atomic():
        _invitation(house, email="NEW@alpha.example", token_hash="b" * 64)


def test_a_closed_invitation_has_an_outcome(house: House) -> None:
    with (
        pytest.raises(IntegrityError, match="invitation_closed_with_outcome"),
        transaction.atomic(),
    ):
        _invitation(house, closed_at=timezone.now())


def test_c3_a_token_belongs_to_one_invitation(house: House) -> None:
    _invitation(house)

    with pytest.raises(IntegrityError), transaction.atomic():
        _invitation(house, email="second@alpha.example")


def test_desk_seat_once_per_contact(house: House) -> None:
    DeskSeat.objects.create(consortium=house.consortium, contact=house.tech, level="reader")

    with pytest.raises(IntegrityError), transaction.atomic():
        DeskSeat.objects.create(consortium=house.consortium, contact=house.tech, level="manager")


def test_desk_seat_level_is_known(house: House) -> None:
    with pytest.raises(IntegrityError, match="desk_seat_level_known"), transaction.atomic():
        DeskSeat.objects.create(consortium=house.consortium, contact=house.tech, level="boss")


@pytest.mark.parametrize(
    "orcid", ["", "0000-0002-1825-0098", "https://orcid.org/0000-0002-1825-0097"]
)
def test_c1_services_refuse_a_contact_without_valid_orcid(house: House, orcid: str) -> None:
    """Even for the operator, who may do what rules deny others."""
    operator = Actor.operator(make_user(orcid=None, email="op@portal.example"))

    with pytest.raises(ValidationError), transaction.atomic():
        create_contact(
            member=house.member,
            by=operator,
            orcid=orcid,
            email="a@alpha.example",
            roles=["other"],
            details={},
        )

    assert Contact.objects.filter(member=house.member).count() == 5
