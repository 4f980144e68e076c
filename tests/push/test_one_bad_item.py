"""One item that ORCID, or something in front of it, cannot take keeps no other from the record (O4)."""

import pytest

from integrations.orcid import writes
from integrations.push.services import sending
from tests.push.conftest import Pusher
from tests.push.shelf import made_up

HTML = {"body": "<html>No.</html>", "content_type": "text/html"}


def work_on(ada: Pusher, turns: int = 12) -> None:
    for _turn in range(turns):
        sending.deliver(connection_id=ada.connection.pk)
        ada.later()


@pytest.mark.parametrize("status", [403, 413])
def test_a_batch_that_a_proxy_refuses_goes_one_by_one(ada: Pusher, status: int) -> None:
    """A firewall takes a title for an attack, or a hundred abstracts are too much at once."""
    ada.fault("works", method="POST", status=status, times=None, **HTML)

    ada.queue(1, 2)
    work_on(ada)

    assert ada.states() == {1: "in_orcid", 2: "in_orcid"}


@pytest.mark.parametrize("status", [403, 413])
def test_an_item_that_a_proxy_always_refuses_is_given_up(
    ada: Pusher, asked: list[str], status: int
) -> None:
    ada.fault("work", method="POST", status=status, times=None, **HTML)
    ada.fault("works", method="POST", status=status, times=None, **HTML)

    ada.queue(1)
    work_on(ada)

    assert (ada.row().state, ada.row().error_code) == ("failed", "500")
    assert asked.count("POST works") + asked.count("POST work") == 5


def test_an_item_that_never_gets_an_answer_keeps_no_other(
    ada: Pusher, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, alone = writes.post_works, writes.post_item

    def cut_off(connection: object, works: list[object]) -> object:
        if any("Poison" in str(work) for work in works):
            raise writes.Unsure("ORCID cannot be reached.")
        return real(connection, works)  # type: ignore[arg-type]  # passed on

    def cut_off_alone(connection: object, section: str, item: object) -> object:
        if "Poison" in str(item):
            raise writes.Unsure("ORCID cannot be reached.")
        return alone(connection, section, item)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(writes, "post_works", cut_off)
    monkeypatch.setattr(writes, "post_item", cut_off_alone)
    ada.shelf.items[1] = made_up(1, "Poison")
    ada.queue(1, 2, 3)

    work_on(ada)

    states = ada.states()
    assert (states[2], states[3]) == ("in_orcid", "in_orcid")
    assert states[1] in {"queued", "sending"}  # ORCID may be out of reach for days


def test_a_change_that_orcid_always_breaks_down_over_is_given_up(
    ada: Pusher, asked: list[str]
) -> None:
    ada.push(1)
    ada.fault(f"work/{ada.row().put_code}", method="PUT", status=500, body="{}", times=None)
    ada.shelf.items[1] = made_up(1, "Better title")
    ada.queue(1)

    work_on(ada)

    assert (ada.row().state, ada.row().error_code) == ("failed", "500")
    assert sum(call.startswith("PUT") for call in asked) == 5


def test_breakdowns_are_counted_since_it_last_went(ada: Pusher) -> None:
    """A work that was changed often is not given up at the first trouble."""
    for number in range(6):
        ada.shelf.items[1] = made_up(1, f"Title {number}")
        ada.push(1)
    ada.fault(f"work/{ada.row().put_code}", method="PUT", status=500, body="{}")
    ada.shelf.items[1] = made_up(1, "Better title")
    ada.queue(1)

    work_on(ada, turns=3)

    assert (ada.row().state, ada.titles()) == ("in_orcid", ["Better title"])


def test_o4_a_404_that_does_not_name_the_item_is_no_removal_by_the_person(ada: Pusher) -> None:
    """A gateway that does not find its way says 404, too."""
    ada.push(1)
    gateway = '{"timestamp": "now", "status": 404, "error": "Not Found", "path": "/v3.0"}'
    ada.fault(
        f"work/{ada.row().put_code}", status=404, body=gateway, content_type="application/json"
    )
    ada.shelf.items[1] = made_up(1, "Better title")

    ada.push(1)
    first = ada.row().state
    work_on(ada, turns=2)

    assert first == "sending"
    assert (ada.row().state, ada.titles()) == ("in_orcid", ["Better title"])
