"""Two rows of one institution become one: its works, their keepers and what was sent go on (ADR 34)."""

import pytest

from contacts.models import User
from contacts.services.merging import merge_members
from integrations.push.models import Delivery
from integrations.works.models import Grant, Keeper, PermissionRequest, WorksPolicy
from members.actors import Actor
from tests.factories import make_connection, make_user
from tests.works_member.conftest import House, by, make_house, make_member_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def dropped(house: House) -> House:
    return make_house("The Open University")


def merge(house: House, dropped: House) -> None:
    operator = Actor.operator(make_user(orcid=None, email="op@portal.example", is_staff=True))
    main = house.member.contacts.get()
    merge_members(
        kept_id=house.member.pk,
        dropped_id=dropped.member.pk,
        holders={"main": main.pk},
        by=operator,
    )


def test_works_are_kept_by_those_who_kept_either(house: House, dropped: House) -> None:
    make_member_work(house.member, "Here")
    make_member_work(dropped.member, "There")

    merge(house, dropped)

    for person in (house.keeper, dropped.keeper, dropped.contact):
        page = house.client(person).get(house.url("works")).content.decode()
        assert ("Here" in page, "There" in page) == (True, True)


def test_who_kept_both_has_one_place(house: House, dropped: House) -> None:
    Keeper.objects.create(
        member=dropped.member, orcid=str(house.keeper.orcid), name="Kim", email="k@uni.example"
    )
    shared = Keeper.objects.get(member=house.member).email
    Keeper.objects.filter(member=dropped.member, orcid=dropped.keeper.orcid).update(email=shared)

    merge(house, dropped)

    assert Keeper.objects.current().get().orcid == house.keeper.orcid


def test_what_either_said_of_its_works_holds_the_kept_ones_first(
    house: House, dropped: House
) -> None:
    WorksPolicy.objects.create(member=dropped.member, on_unpublish="delete", version=3)

    merge(house, dropped)

    assert WorksPolicy.objects.get(member=house.member).on_unpublish == "delete"
    assert not WorksPolicy.objects.filter(member=dropped.member).exists()


def sent(dropped: House, ada: User) -> Delivery:
    work = make_member_work(dropped.member, "Sent", contributors=by(ada), state="public")
    return Delivery.objects.create(
        connection=make_connection(str(ada.orcid)),
        section="work",
        item_id=work.pk,
        member=dropped.member,
        state="in_orcid",
        put_code=7,
    )


def test_o2_permission_given_to_one_is_not_taken_for_the_other(
    house: House, dropped: House
) -> None:
    """What is on the record stays known, so that it is not added twice once permission is given."""
    ada = dropped.researcher()
    row = sent(dropped, ada)
    asked = PermissionRequest.objects.create(
        member=dropped.member,
        email="bo@uni.example",
        purposes=["push"],
        token_hash="x",
        sent_at="2026-01-01T00:00Z",
        expires_at="2099-01-01T00:00Z",
    )

    merge(house, dropped)

    row.refresh_from_db()
    asked.refresh_from_db()
    assert (row.member, row.put_code, row.state) == (house.member, 7, "in_orcid")
    assert not Grant.objects.in_force().filter(person=ada).exists()
    assert asked.outcome == "withdrawn"
