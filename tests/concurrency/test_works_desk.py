"""Two at one place of the publications desk, or at one researcher's work, on PostgreSQL."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from contacts.models import Mail
from integrations.works.models import Keeper, MemberWork, WorksPolicy
from integrations.works.services import drafting, keepers, researcher_works, works_policy
from members.actors import Actor
from members.errors import StaleVersion
from tests.concurrency.test_members import while_open
from tests.factories import make_user, make_work
from tests.works_member.conftest import House, make_house, make_member_work
from tests.works_member.test_who_has_gone import invite

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's writers take turns"),
]


@pytest.fixture
def house() -> House:
    return make_house()


def test_c3_two_who_open_one_invitation_at_once_take_one_place(house: House) -> None:
    token = invite(house).rstrip("/").rpartition("/")[2]
    first, second = make_user(), make_user()

    outcome = while_open(
        lambda: keepers.accept(token=token, by=Actor.contact(first)),
        lambda: keepers.accept(token=token, by=Actor.contact(second)),
    )

    assert isinstance(outcome, ValidationError)
    assert outcome.code == "unknown"
    assert set(Keeper.objects.current().values_list("orcid", flat=True)) == {
        house.keeper.orcid,
        first.orcid,
    }


def test_one_address_is_invited_once_though_two_press_at_once(house: House) -> None:
    def press() -> Any:
        by = Actor.contact(house.contact)
        return keepers.invite_keeper(member_id=house.member.pk, email="pat@uni.example", by=by)

    outcome = while_open(press, press)

    assert isinstance(outcome, ValidationError)
    assert outcome.code == "already_invited"
    assert Mail.objects.filter(kind="keeper_invited").count() == 1


def test_c2_this_is_not_me_pressed_twice_at_once_is_told_once(house: House) -> None:
    token = keepers.not_me_token(Keeper.objects.get())

    outcome = while_open(lambda: keepers.disown(token=token), lambda: keepers.disown(token=token))

    assert isinstance(outcome, ValidationError)
    assert outcome.code == "gone"
    assert house.member.events.filter(kind="keeper_removed").count() == 1


def test_h2_a_work_is_published_once_and_the_second_press_is_stale(house: House) -> None:
    ada = house.researcher()
    work = make_member_work(house.member, origin="researcher", added_by=ada)

    def press() -> Any:
        by = Actor.contact(ada)
        return researcher_works.publish(work_id=work.pk, version=work.version, by=by)

    outcome = while_open(press, press)

    assert isinstance(outcome, StaleVersion)
    assert MemberWork.objects.get().state == "public"
    assert house.member.events.filter(kind="works_state_changed").count() == 1


def test_o7_works_of_a_researcher_added_twice_at_once_are_there_once(house: House) -> None:
    """Without an identifier too, by which they would be known again."""
    ada = house.researcher("Ada Lovelace", "list")
    make_work(ada, "Notes")

    def press() -> Any:
        by = Actor.contact(house.contact)
        return drafting.take(member_id=house.member.pk, person_id=ada.pk, work_ids=None, by=by)

    outcome = while_open(press, press)

    assert (outcome, house.states()) == (0, {"Notes": "draft"})
    assert MemberWork.objects.count() == 1


def test_h2_the_first_policy_is_stated_once(house: House) -> None:
    def state(on_unpublish: str) -> Any:
        return works_policy.set_policy(
            member_id=house.member.pk,
            version=0,
            on_unpublish=on_unpublish,
            validate_first=True,
            by=Actor.contact(house.contact),
        )

    outcome = while_open(lambda: state("delete"), lambda: state("keep"))

    assert isinstance(outcome, StaleVersion)
    assert WorksPolicy.objects.get().on_unpublish == "delete"
