"""O3: a worker dies at any moment; another one goes on, nothing is lost and nothing is there twice."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from integrations.orcid import writes
from integrations.push.models import Delivery
from integrations.push.services import lanes, preparing, queueing, sending
from tests.push.conftest import Pusher
from tests.push.shelf import employment, made_up

NUMBERS = range(1, 6)


class Killed(BaseException):
    """As when the process is gone: nothing more is written, what was not committed is lost."""


def killed_at(moment: int) -> Callable[..., Any]:
    """Dies instead of the so-manieth statement to the database."""
    count = 0

    def wrapper(execute: Any, *args: Any) -> Any:
        nonlocal count
        count += 1
        if count == moment:
            raise Killed
        return execute(*args)

    return wrapper


def the_truth(ada: Pusher) -> None:
    """Each is there once, and the outbox says so."""
    there = {item["put-code"]: item["title"]["title"]["value"] for item in ada.record()}
    said = {row.put_code: f"Work {row.item_id}" for row in Delivery.objects.all()}
    assert there == said
    assert Counter(ada.states().values()) == {"in_orcid": len(NUMBERS)}


@pytest.mark.parametrize("moment", [1, 5, 9, 13, 16, 19, 22, 25])
def test_o3_a_killed_worker_loses_nothing_and_doubles_nothing(ada: Pusher, moment: int) -> None:
    ada.queue(*NUMBERS)

    with pytest.raises(Killed), connection.execute_wrapper(killed_at(moment)):
        ada.deliver()
    ada.later()
    ada.deliver()

    the_truth(ada)


@pytest.mark.parametrize("moment", [12, 20, 26])
def test_o3_the_same_while_reading_back(ada: Pusher, moment: int) -> None:
    ada.fault("works", kind="lost")
    ada.push(*NUMBERS)
    ada.later()

    with pytest.raises(Killed), connection.execute_wrapper(killed_at(moment)):
        ada.deliver()
    ada.later()
    ada.deliver()

    the_truth(ada)


@pytest.fixture
def employed(ada: Pusher) -> Pusher:
    """Ada, with one item that is an employment, and queued."""
    ada.shelf.items[1] = employment("Mathematics")
    ada.queue(1, section="employment")
    return ada


def test_o3_an_affiliation_that_arrived_is_not_sent_twice(
    employed: Pusher, asked: list[str]
) -> None:
    """ORCID would take it twice: it is found by the identifier that its room gave it."""
    employed.fault("employment", kind="lost")
    employed.deliver()
    assert employed.row().state == "sending"

    employed.later()
    employed.deliver()

    assert asked[:2] == ["POST employment", "GET employments"]
    assert len(employed.record("employments")) == 1
    assert employed.row().state == "in_orcid"


def test_o3_others_items_are_not_taken_for_what_was_sent(ada: Pusher, asked: list[str]) -> None:
    """The record has the work already, typed by its owner: ours never arrived."""
    [theirs] = ada.sandbox.add_works(ada.orcid, [made_up(1, "Typed at ORCID")])
    ada.fault("works", method="POST", kind="dropped")
    ada.push(1)

    ada.later()
    ada.deliver()

    assert ada.titles() == ["Typed at ORCID", "Work 1"]
    assert ada.row().put_code != theirs
    assert not [call for call in asked if call.startswith("PUT")]


def test_an_affiliation_is_changed_and_deleted_like_a_work(employed: Pusher) -> None:
    employed.deliver()
    employed.shelf.items[1] = employment("Engines")

    employed.queue(1, section="employment")
    employed.deliver()
    assert [item["department-name"] for item in employed.record("employments")] == ["Engines"]

    queueing.withdraw(section="employment", item_ids=[1], delete=True)
    employed.deliver()
    assert employed.record("employments") == []


def test_a_worker_taken_for_dead_writes_nothing_more(
    ada: Pusher, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = writes.post_works

    def another_takes_over(*args: Any) -> Any:
        answers = real(*args)
        ada.later()
        assert lanes.claim(ada.connection.pk)
        return answers

    monkeypatch.setattr(writes, "post_works", another_takes_over)
    ada.queue(1)

    sending.deliver(connection_id=ada.connection.pk)

    assert ada.row().state == "sending"  # the other one reads it back


def test_while_one_worker_writes_to_a_record_another_does_not(
    ada: Pusher, asked: list[str]
) -> None:
    ada.queue(1)
    assert lanes.claim(ada.connection.pk)

    assert sending.deliver(connection_id=ada.connection.pk) is False
    assert asked == []


def test_what_is_on_its_way_to_a_withdrawn_connection_waits_to_be_read_back(
    ada: Pusher, asked: list[str]
) -> None:
    ada.fault("works", kind="lost")
    ada.push(1)
    ada.connection.state = "withdrawn"
    ada.connection.save()
    ada.later()
    ada.deliver()
    assert (asked, ada.row().state) == (["POST works"], "sending")

    ada.connection.state = "active"
    ada.connection.save()
    queueing.take_up(connection_id=ada.connection.pk)
    ada.deliver()

    assert ada.row().state == "in_orcid"
    assert ada.titles() == ["Work 1"]


def test_what_changed_while_nobody_knew_is_brought_up_to_date(ada: Pusher) -> None:
    ada.fault("works", kind="lost")
    ada.push(1)
    ada.shelf.items[1] = made_up(1, "Better title")
    ada.queue(1)

    ada.later()
    ada.deliver()

    assert ada.titles() == ["Better title"]


def test_a_fault_of_ours_lets_the_record_rest(ada: Pusher, monkeypatch: pytest.MonkeyPatch) -> None:
    ada.queue(1)
    with monkeypatch.context() as broken:
        broken.setattr(preparing, "send_off", lambda *_args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sending.deliver(connection_id=ada.connection.pk)

    assert sending.deliver(connection_id=ada.connection.pk) is False
    ada.later()
    ada.deliver()
    assert ada.row().state == "in_orcid"
