"""Works of a person’s list are taken over by whom they let, and by nobody who only asks the service (O2)."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from contacts.models import User
from integrations.works.models import Grant, MemberWork
from integrations.works.services import drafting
from members.actors import Actor
from members.models import Membership
from tests.factories import make_user, make_work
from tests.works_member.conftest import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(house: House) -> User:
    person = house.researcher("Ada Lovelace", "list")
    make_work(person, "Public")
    return person


def take(house: House, ada: User, by: Actor) -> int:
    return drafting.take(member_id=house.member.pk, person_id=ada.pk, work_ids=None, by=by)


def test_o2_only_those_who_keep_the_works_take_them(house: House, ada: User) -> None:
    for by in (
        Actor.contact(make_user()),
        Actor.lead(house.contact),
        Actor.operator(house.contact),
        Actor.contact(ada),
    ):
        with pytest.raises(PermissionDenied):
            take(house, ada, by)

    assert not MemberWork.objects.exists()
    assert take(house, ada, Actor.contact(house.keeper)) == 1


@pytest.mark.parametrize("purpose", ["push", "draft"])
def test_o2_another_permission_is_none_to_take_them(house: House, ada: User, purpose: str) -> None:
    Grant.objects.update(purpose=purpose)

    with pytest.raises(PermissionDenied):
        take(house, ada, Actor.contact(house.contact))

    assert not MemberWork.objects.exists()


def test_o2_a_permission_that_has_ended_is_none(house: House, ada: User) -> None:
    Grant.objects.update(ended_at=timezone.now(), ended_by="person")

    with pytest.raises(PermissionDenied):
        take(house, ada, Actor.contact(house.contact))

    assert not MemberWork.objects.exists()


def test_o2_no_drafts_once_the_membership_has_ended(house: House, ada: User) -> None:
    """Also where the permission ends between two looks at it."""
    Grant.objects.update(purpose="draft")
    drafting.after_pull(person_id=ada.pk)  # what is there is not new
    make_work(ada, "New")
    Membership.objects.update(end=timezone.localdate() - datetime.timedelta(days=1))

    assert drafting.after_pull(person_id=ada.pk) == 0
    assert not MemberWork.objects.exists()
