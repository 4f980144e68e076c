"""Scope, connection and grant are looked at again at the moment of sending; nothing goes out else."""

import pytest

from integrations.orcid import connections, http, scopes
from integrations.orcid.models import Connection
from integrations.push.services import queueing
from tests.push.conftest import Pusher
from tests.push.shelf import made_up


def test_what_its_room_keeps_back_does_not_go_and_says_why(ada: Pusher, asked: list[str]) -> None:
    ada.queue(1, 2)
    ada.shelf.kept_back[1] = "The permission has ended."

    ada.deliver()

    assert ada.titles() == ["Work 2"]
    assert (ada.row(1).state, ada.row(1).problem) == ("waiting", "The permission has ended.")


def test_it_is_looked_at_after_waiting_for_the_limiter(
    ada: Pusher, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait may take minutes: what ended meanwhile keeps the work here."""
    real = http.wait_for_turn

    def ends_meanwhile() -> None:
        real()
        ada.shelf.kept_back[1] = "The permission has ended."

    ada.queue(1)
    monkeypatch.setattr(http, "wait_for_turn", ends_meanwhile)
    ada.deliver()

    assert (asked, ada.row().state) == ([], "waiting")


def test_what_was_taken_back_while_it_waited_for_the_limiter_does_not_go(
    ada: Pusher, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = http.wait_for_turn

    def taken_back() -> None:
        real()
        queueing.withdraw(section="work", item_ids=[1], delete=False)

    ada.queue(1)
    monkeypatch.setattr(http, "wait_for_turn", taken_back)
    ada.deliver()

    assert (asked, ada.row().state) == ([], "withdrawn")


def test_a_grant_given_again_lets_it_go(ada: Pusher) -> None:
    ada.shelf.kept_back[1] = "The permission has ended."
    ada.push(1)
    ada.shelf.kept_back.clear()

    ada.push(1)

    assert ada.titles() == ["Work 1"]


def test_nothing_goes_to_who_disconnected_while_it_was_queued(
    ada: Pusher, asked: list[str]
) -> None:
    ada.queue(1)
    connections.disconnect(connection_id=ada.connection.pk)

    ada.deliver()

    assert asked == []
    assert (ada.row().state, ada.row().error_code) == ("waiting", "not_connected")


def test_nothing_goes_without_the_scope(ada: Pusher, asked: list[str]) -> None:
    Connection.objects.update(scopes=[scopes.READ_LIMITED])

    ada.push(1)

    assert asked == []
    assert (ada.row().state, ada.row().error_code) == ("waiting", "no_scope")


def test_what_was_unpublished_while_queued_never_goes(ada: Pusher, asked: list[str]) -> None:
    ada.queue(1)

    queueing.withdraw(section="work", item_ids=[1], delete=True)
    ada.deliver()

    assert (asked, ada.row().state) == ([], "withdrawn")


def test_unpublishing_deletes_where_that_is_the_policy(ada: Pusher, asked: list[str]) -> None:
    ada.push(1, 2)
    put_code = ada.row(1).put_code

    queueing.withdraw(section="work", item_ids=[1], delete=True)
    ada.deliver()

    assert asked == ["POST works", f"DELETE work/{put_code}"]
    assert ada.titles() == ["Work 2"]
    assert (ada.row(1).state, ada.row(1).put_code) == ("deleted", None)
    assert ada.history()[-1] == ("delete", 204, "")


def test_unpublishing_leaves_it_where_that_is_the_policy(ada: Pusher, asked: list[str]) -> None:
    ada.push(1)
    ada.shelf.items[1] = made_up(1, "Better title")
    ada.queue(1)

    queueing.withdraw(section="work", item_ids=[1], delete=False)
    ada.deliver()

    assert asked == ["POST works"]
    assert ada.titles() == ["Work 1"]
    assert ada.row().state == "in_orcid"


def test_published_again_it_goes_again(ada: Pusher) -> None:
    ada.push(1)
    queueing.withdraw(section="work", item_ids=[1], delete=True)
    ada.deliver()

    ada.push(1)

    assert (ada.titles(), ada.row().state) == (["Work 1"], "in_orcid")


def test_published_again_before_it_was_deleted_nothing_happens(
    ada: Pusher, asked: list[str]
) -> None:
    ada.push(1)
    queueing.withdraw(section="work", item_ids=[1], delete=True)

    ada.push(1)

    assert asked == ["POST works"]
    assert ada.row().state == "in_orcid"


def test_what_the_person_removed_before_it_was_to_be_deleted_counts_as_removed(
    ada: Pusher,
) -> None:
    ada.push(1)
    ada.removes(ada.row().put_code or 0)

    queueing.withdraw(section="work", item_ids=[1], delete=True)
    ada.deliver()

    assert ada.row().state == "removed"


def test_a_permission_withdrawn_at_orcid_still_deletes(ada: Pusher) -> None:
    """ORCID takes a token that its person withdrew for deleting alone."""
    ada.push(1)
    ada.takes_permission_away()
    ada.push(2)
    assert Connection.objects.get().state == "withdrawn"

    queueing.withdraw(section="work", item_ids=[1], delete=True)
    ada.deliver()

    assert ada.states() == {1: "deleted", 2: "waiting"}


def test_o6_disconnecting_may_delete_first_what_the_portal_wrote(
    ada: Pusher, asked: list[str]
) -> None:
    ada.push(1, 2)
    ada.sandbox.add_works(ada.orcid, [made_up(9, "Of one's own")])

    queueing.delete_and_disconnect(connection_id=ada.connection.pk)
    assert Connection.objects.get().is_active
    ada.deliver()

    assert [call.partition(" ")[0] for call in asked] == ["POST", "DELETE", "DELETE"]
    assert ada.states() == {1: "deleted", 2: "deleted"}
    assert Connection.objects.get().state == "ended"


def test_o6_with_nothing_to_delete_the_connection_ends_at_once(ada: Pusher) -> None:
    queueing.delete_and_disconnect(connection_id=ada.connection.pk)

    assert Connection.objects.get().state == "ended"
