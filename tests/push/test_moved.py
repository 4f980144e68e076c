"""C8, O4: a record moves to another iD; what was sent follows, and is on the new record once."""

import pytest
from django.conf import settings

from contacts.services import moving
from integrations.orcid.models import Connection
from integrations.push.models import Delivery
from members.actors import Actor
from tests.factories import make_connection
from tests.push.conftest import SCOPES, Pusher
from tests.push.shelf import made_up


@pytest.fixture
def new_id(ada: Pusher) -> str:
    return ada.sandbox.add_person(given_names="Ada", family_name="Lovelace")


def test_o4_9007_moves_to_the_new_id(ada: Pusher, new_id: str) -> None:
    ada.sandbox.set_status(ada.orcid, "moved", moved_to=new_id)

    ada.push(1)

    assert Connection.objects.get().orcid == new_id
    ada.user.refresh_from_db()
    assert ada.user.orcid == new_id


def test_c8_after_a_move_the_new_record_has_its_turn_at_once(ada: Pusher, new_id: str) -> None:
    """The worker that was told does not keep it: here the new iD lacks a permission of its own."""
    ada.sandbox.set_status(ada.orcid, "moved", moved_to=new_id)

    ada.push(1)

    assert (ada.row().state, ada.row().error_code) == ("waiting", "reconnect")


def test_c8_what_was_on_the_old_record_goes_to_the_new_one(ada: Pusher, new_id: str) -> None:
    ada.push(1)
    tokens = ada.sandbox.give_permission(new_id, settings.ORCID_CLIENT_ID, " ".join(SCOPES))

    moving.move_orcid(old=ada.orcid, new=new_id, by=Actor.system())
    Connection.objects.update(access_token=make_connection(**tokens).access_token)
    Connection.objects.exclude(pk=ada.connection.pk).delete()
    ada.user.refresh_from_db()
    ada.deliver()

    assert ada.titles() == ["Work 1"]
    assert ada.row().state == "in_orcid"


def test_c8_of_two_connections_the_new_ones_rows_stay_and_the_others_join_them(
    ada: Pusher, new_id: str, asked: list[str]
) -> None:
    ada.push(1, 2, 3)
    tokens = ada.sandbox.give_permission(new_id, settings.ORCID_CLIENT_ID, " ".join(SCOPES))
    present = make_connection(new_id, scopes=SCOPES, **tokens)
    former, ada.connection = ada.connection, present
    ada.push(1)
    kept = present.deliveries.get().put_code
    Delivery.objects.filter(item_id=3).update(state="discarded", put_code=None)

    moving.move_orcid(old=former.orcid, new=new_id, by=Actor.system())
    ada.user.refresh_from_db()
    ada.deliver()

    assert not Connection.objects.filter(pk=former.pk).exists()
    assert ada.states() == {1: "in_orcid", 2: "in_orcid", 3: "discarded"}
    assert ada.row(1).put_code == kept
    assert ada.titles() == ["Work 1", "Work 2"]


def test_what_was_removed_from_the_old_record_is_not_added_to_the_new_one(
    ada: Pusher, new_id: str
) -> None:
    ada.push(1)
    ada.removes(ada.row().put_code or 0)
    ada.shelf.items[1] = made_up(1, "Better title")
    ada.push(1)

    moving.move_orcid(old=ada.orcid, new=new_id, by=Actor.system())
    ada.deliver()

    assert ada.row().state == "removed"
