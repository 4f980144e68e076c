"""Rule O4, sentence by sentence, and O3's row before each write: over HTTP, at the local ORCID."""

from typing import Any

import pytest
from django.conf import settings

from integrations.orcid import writes
from integrations.orcid.errors import TokenRefused
from integrations.orcid.models import Connection
from integrations.push.models import Delivery
from integrations.push.services import queueing, sending
from integrations.push.sources import Refusal
from tests.push.conftest import Pusher
from tests.push.shelf import made_up

# What the person reads of a fault that passes.
NO_ANSWER = "ORCID did not answer; whether it arrived is looked up."
NOTHING_TO_DO = "Nobody has to do anything: it is tried again by itself."


def test_new_items_go_in_one_call_and_come_back_with_their_put_codes(
    ada: Pusher, asked: list[str]
) -> None:
    ada.push(1, 2, 3)

    assert asked == ["POST works"]
    assert ada.titles() == ["Work 1", "Work 2", "Work 3"]
    assert {item["put-code"] for item in ada.record()} == set(
        Delivery.objects.filter(state="in_orcid").values_list("put_code", flat=True)
    )
    assert ada.history() == [("add", 200, "")]


def test_o3_each_is_a_row_that_says_so_before_it_is_sent(
    ada: Pusher, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, int, bool]] = []
    real = writes.post_works

    def look(*args: object) -> object:
        row = ada.row()
        seen.append((row.state, row.attempts, bool(row.sent_hash)))
        return real(*args)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(writes, "post_works", look)

    ada.push(1)

    assert seen == [("sending", 1, True)]


def test_o3_of_what_it_says_only_a_hash_is_kept(ada: Pusher) -> None:
    ada.shelf.items[1] = made_up(1, "A very private title")

    ada.push(1)

    kept = " ".join(str(value) for value in Delivery.objects.values().get().values())
    assert "private title" not in kept
    assert len(ada.row().payload_hash) == 64


def test_o4_unchanged_payload_makes_no_call(ada: Pusher, asked: list[str]) -> None:
    ada.push(1, 2)
    del asked[:]

    queued = ada.queue(1, 2)
    ada.deliver()

    assert (queued, asked) == ([], [])


def test_o4_changed_back_before_it_went_makes_no_call(ada: Pusher, asked: list[str]) -> None:
    ada.push(1)
    ada.shelf.items[1] = made_up(1, "Another title")
    ada.queue(1)
    ada.shelf.items[1] = made_up(1)
    del asked[:]

    ada.deliver()

    assert asked == []
    assert ada.row().state == "in_orcid"


def test_a_changed_item_is_updated_by_its_put_code(ada: Pusher, asked: list[str]) -> None:
    ada.push(1, 2)
    put_code = ada.row().put_code
    ada.shelf.items[1] = made_up(1, "Better title")

    ada.push(1, 2)

    assert asked == ["POST works", f"PUT work/{put_code}"]
    assert ada.titles() == ["Better title", "Work 2"]
    assert (ada.row().state, ada.row().put_code) == ("in_orcid", put_code)


def test_o4_9021_the_put_code_is_adopted_and_put(ada: Pusher, asked: list[str]) -> None:
    """It was written by this client, and the portal no longer knows."""
    ada.push(1)
    put_code = ada.row().put_code
    Delivery.objects.all().delete()
    ada.shelf.items[1] = made_up(1, "As it is now")
    del asked[:]

    ada.push(1)

    assert asked == ["POST works", f"PUT work/{put_code}"]
    assert ada.titles() == ["As it is now"]
    assert ada.history() == [("add", 409, "9021"), ("update", 200, "")]
    assert (ada.row().state, ada.row().put_code) == ("in_orcid", put_code)


def test_o4_404_on_a_put_code_means_removed_by_the_person(ada: Pusher, asked: list[str]) -> None:
    ada.push(1)
    ada.removes(ada.row().put_code or 0)
    ada.shelf.items[1] = made_up(1, "Better title")

    ada.push(1)

    assert ada.row().state == "removed"
    assert ada.row().put_code is None
    assert ada.record() == []
    assert ada.history()[-1] == ("update", 404, "9016")


def test_o4_what_was_removed_is_never_added_again_silently(ada: Pusher, asked: list[str]) -> None:
    ada.push(1)
    ada.removes(ada.row().put_code or 0)
    ada.shelf.items[1] = made_up(1, "Better title")
    ada.push(1)
    ada.shelf.items[1] = made_up(1, "Better still")
    del asked[:]

    ada.push(1)

    assert (asked, ada.row().state) == ([], "removed")


def test_o4_the_person_may_have_it_added_again(ada: Pusher) -> None:
    ada.push(1)
    ada.removes(ada.row().put_code or 0)
    ada.shelf.items[1] = made_up(1, "Better title")
    ada.push(1)

    queueing.send_now(delivery_id=ada.row().pk, by=ada.by)
    ada.deliver()

    assert ada.titles() == ["Better title"]
    assert ada.row().state == "in_orcid"


def test_o4_401_invalid_token_means_withdrawn_and_asks_to_reconnect(ada: Pusher) -> None:
    ada.fault(
        "works", status=401, body='{"error": "invalid_token"}', content_type="application/json"
    )

    ada.push(1)

    assert Connection.objects.get().state == "withdrawn"
    assert ada.row().state == "waiting"
    assert ada.row().problem == "ORCID no longer lets us write to the record."
    assert "connects ORCID again" in ada.row().advice
    assert "Connect ORCID again" in ada.row().advice_to_owner


def test_o4_connected_anew_while_the_old_token_was_refused_stays_connected(
    ada: Pusher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what was under way goes with the new permission."""
    real, old = writes.post_works, ada.connection.access_token
    scopes = " ".join(ada.connection.scopes)
    new = ada.sandbox.give_permission(ada.orcid, settings.ORCID_CLIENT_ID, scopes)

    def meanwhile(connection: Connection, works: Any) -> Any:
        if connection.access_token != old:
            return real(connection, works)
        row = Connection.objects.get(pk=connection.pk)
        row.access_token = new["access_token"]
        row.save()
        raise TokenRefused(status=401, error="invalid_token")

    monkeypatch.setattr(writes, "post_works", meanwhile)
    ada.push(1)

    assert Connection.objects.get().state == "active"
    assert (ada.row().state, ada.titles()) == ("in_orcid", ["Work 1"])


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, '{"response-code": 403, "error-code": 9057, "developer-message": "locked"}'),
        (401, '{"error": "invalid_client"}'),
    ],
    ids=["locked", "unknown"],
)
def test_what_orcid_says_of_this_client_is_no_items_fault(
    ada: Pusher, status: int, body: str
) -> None:
    ada.fault("works", status=status, body=body, content_type="application/json")
    ada.push(1, 2)
    rested = ada.due_in

    ada.later()
    ada.deliver()

    assert rested > 2000  # the operator has to do something first
    assert ada.states() == {1: "in_orcid", 2: "in_orcid"}


def test_o4_connecting_anew_lets_what_waited_go(ada: Pusher) -> None:
    ada.fault(
        "works", status=401, body='{"error": "invalid_token"}', content_type="application/json"
    )
    ada.push(1)
    Connection.objects.update(state="active")

    queueing.take_up(connection_id=ada.connection.pk)
    ada.deliver()

    assert ada.titles() == ["Work 1"]


@pytest.mark.parametrize(
    "trouble",
    [
        {"kind": "busy"},
        {"kind": "quota"},
        {"status": 429, "body": "later", "headers": {"Retry-After": "7"}},
    ],
    ids=["503", "429", "retry-after"],
)
def test_o4_busy_backs_off_and_tries_again_by_itself(
    ada: Pusher, asked: list[str], trouble: dict[str, object]
) -> None:
    ada.fault("works", **trouble)
    ada.push(1)
    assert (ada.row().state, ada.row().problem) == ("queued", "ORCID was busy.")
    assert ada.row().advice_to_owner == NOTHING_TO_DO
    assert asked == ["POST works"]
    assert ada.due_in > 5

    ada.later()
    ada.deliver()

    assert asked == ["POST works"] * 2  # it was certainly not done: nothing to read back
    assert ada.titles() == ["Work 1"]
    assert [kind for kind, _status, _code in ada.history()] == ["add", "add"]


@pytest.mark.parametrize("kind", ["lost", "cut", "truncated", "html", "broken-json"])
def test_o3_an_answer_that_never_came_is_read_back_not_repeated(
    ada: Pusher, asked: list[str], kind: str
) -> None:
    ada.fault("works", kind=kind)
    ada.push(1, 2)
    assert ada.states() == {1: "sending", 2: "sending"}
    assert (ada.row().problem, ada.row().advice_to_owner) == (NO_ANSWER, NOTHING_TO_DO)

    ada.later()
    ada.deliver()

    assert ada.titles() == ["Work 1", "Work 2"]
    assert asked[:2] == ["POST works", "GET works"]
    assert ada.states() == {1: "in_orcid", 2: "in_orcid"}
    assert (ada.row().problem, ada.row().advice_to_owner) == ("", "")


def test_o3_what_never_arrived_is_sent_after_reading_back(ada: Pusher, asked: list[str]) -> None:
    ada.fault("works", kind="dropped")
    ada.push(1)
    assert (ada.row().problem, ada.row().advice_to_owner) == (NO_ANSWER, NOTHING_TO_DO)

    ada.later()
    ada.deliver()

    assert asked == ["POST works", "GET works", "POST works"]
    assert ada.history() == [
        ("add", None, "no_answer"),
        ("look", None, "not_found"),
        ("add", 200, ""),
    ]


def test_a_lost_answer_to_a_deletion_is_no_removal_by_the_person(ada: Pusher) -> None:
    ada.push(1)
    queueing.withdraw(section="work", item_ids=[1], delete=True)
    ada.fault(f"work/{ada.row().put_code}", kind="lost")
    ada.deliver()
    assert ada.row().state == "sending"

    ada.later()
    ada.deliver()

    assert (ada.row().state, ada.record()) == ("deleted", [])


def test_pauses_double_and_are_not_all_the_same(ada: Pusher) -> None:
    pauses = []
    for _ in range(4):
        ada.fault("works", kind="busy")
        ada.queue(1)
        sending.deliver(connection_id=ada.connection.pk)
        pauses.append(ada.due_in)
        ada.later()

    for number, pause in enumerate(pauses):
        assert 0.7 <= pause / (15 * 2**number) <= 1.3
    assert len({pause / 2**number for number, pause in enumerate(pauses)}) > 1


def test_what_is_queued_while_orcid_is_down_does_not_ask_it_at_once(
    ada: Pusher, asked: list[str]
) -> None:
    ada.fault("works", kind="busy")
    ada.push(1)

    ada.push(2)

    assert asked == ["POST works"]
    ada.later()
    ada.deliver()
    assert ada.titles() == ["Work 1", "Work 2"]


def test_mixed_results_of_a_bulk_each_have_their_words(ada: Pusher) -> None:
    ada.shelf.items[2] = made_up(2, type="no-such-type")
    ada.shelf.items[3] = made_up(3, publication_date={"year": {"value": "20x3"}})

    ada.push(1, 2, 3)

    states = ada.states()
    assert (states[1], states[2], states[3]) == ("in_orcid", "failed", "failed")
    assert ada.titles() == ["Work 1"]
    assert ada.row(2).problem
    assert ada.row(2).advice


def test_what_failed_is_not_sent_again_until_it_changes(ada: Pusher, asked: list[str]) -> None:
    ada.shelf.items[1] = made_up(1, type="no-such-type")
    ada.push(1)
    first = len(asked)

    ada.push(1)
    assert len(asked) == first
    ada.shelf.items[1] = made_up(1)
    ada.push(1)

    assert ada.titles() == ["Work 1"]


def test_a_batch_refused_as_a_whole_goes_one_by_one(ada: Pusher, asked: list[str]) -> None:
    ada.fault(
        "works",
        status=400,
        content_type="application/json",
        body='{"response-code": 400, "error-code": 9001, "developer-message": "x"}',
    )

    ada.push(1, 2)

    assert asked == ["POST works", "POST work", "POST work"]
    assert ada.titles() == ["Work 1", "Work 2"]


def test_orcid_breaking_down_over_one_item_does_not_keep_the_others(ada: Pusher) -> None:
    ada.fault("works", status=500, body="{}", content_type="application/json")
    ada.push(1, 2)
    ada.later()
    ada.fault("work", status=500, body="{}", content_type="application/json", times=1)
    ada.deliver()
    ada.later()

    ada.deliver()

    assert ada.states() == {1: "in_orcid", 2: "in_orcid"}
    assert ada.titles() == ["Work 1", "Work 2"]


def test_an_item_that_orcid_always_breaks_down_over_is_given_up(
    ada: Pusher, asked: list[str]
) -> None:
    ada.fault("work", method="POST", status=500, body="{}", times=None)
    ada.queue(1)

    for _turn in range(8):
        ada.deliver()
        ada.later()

    assert (ada.row().state, ada.row().error_code) == ("failed", "500")
    assert asked.count("POST works") + asked.count("POST work") == 5


def test_what_lacks_something_is_said_at_once_and_never_sent(ada: Pusher, asked: list[str]) -> None:
    ada.shelf.items[1] = Refusal("The title is missing.")
    ada.shelf.items[2] = made_up(2) | {"external-ids": {"external-id": []}}

    ada.push(1, 2)

    assert asked == []
    assert ada.states() == {1: "failed", 2: "failed"}
    assert ada.row(1).problem == "The title is missing."
    assert "identifier" in ada.row(2).problem


def test_a_record_with_too_many_works_says_so(ada: Pusher) -> None:
    ada.fault(
        "works",
        status=409,
        content_type="application/json",
        body='{"response-code": 409, "error-code": 9048, "developer-message": "x"}',
    )

    ada.push(1, 2)

    assert ada.states() == {1: "failed", 2: "failed"}
    assert "as many works as ORCID allows" in ada.row().problem


def test_o4_a_closed_record_is_left_alone_and_what_waits_says_so(
    ada: Pusher, asked: list[str]
) -> None:
    ada.sandbox.set_status(ada.orcid, "locked")

    ada.push(1)
    ada.push(1)

    assert asked == ["POST works"]
    assert (ada.row().state, ada.row().problem) == ("waiting", "ORCID has closed the record.")
    assert ada.row().advice_to_owner == "It goes when ORCID opens the record again."
    assert Connection.objects.get().state == "closed"


def test_others_items_are_never_touched(ada: Pusher) -> None:
    [theirs] = ada.sandbox.add_works(ada.orcid, [made_up(1, "Typed at ORCID")])

    ada.push(1)

    assert ada.titles() == ["Typed at ORCID", "Work 1"]
    assert ada.row().put_code != theirs
