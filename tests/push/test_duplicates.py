"""O4: ORCID says that the record has the item already, but not under which put-code."""

import json

import pytest

from integrations.push.models import Delivery
from tests.push.conftest import Pusher
from tests.push.shelf import made_up

DUPLICATE = {"response-code": 409, "error-code": 9021, "developer-message": "409 Conflict: …"}


@pytest.fixture
def forgotten(ada: Pusher) -> int:
    """The put-code of a work that this client wrote, and the portal no longer knows."""
    ada.push(1)
    put_code = ada.row().put_code
    Delivery.objects.all().delete()
    assert put_code
    return put_code


def says_duplicate(ada: Pusher, path: str = "works") -> None:
    body = {"bulk": [{"error": DUPLICATE}]} if path == "works" else DUPLICATE
    status = 200 if path == "works" else 409
    answer = {"content_type": "application/json", "body": json.dumps(body)}
    ada.fault(path, status=status, method="POST", **answer)


def test_o4_the_put_code_is_found_on_the_record(
    ada: Pusher, forgotten: int, asked: list[str]
) -> None:
    ada.shelf.items[1] = made_up(1, "As it is now", doi="https://doi.org/10.5555/PUSH.1")
    says_duplicate(ada)
    del asked[:]

    ada.push(1)

    assert asked == ["POST works", "GET works", f"PUT work/{forgotten}"]
    assert ada.titles() == ["As it is now"]
    assert (ada.row().state, ada.row().put_code) == ("in_orcid", forgotten)
    assert ada.history() == [("add", 409, "9021"), ("look", None, "found"), ("update", 200, "")]


def test_o4_also_for_one_sent_by_itself(ada: Pusher, forgotten: int, asked: list[str]) -> None:
    ada.queue(1)
    Delivery.objects.update(alone=True)
    says_duplicate(ada, "work")
    del asked[:]

    ada.deliver()

    assert asked == ["POST work", "GET works", f"PUT work/{forgotten}"]
    assert ada.row().state == "in_orcid"


def test_what_is_not_found_there_has_failed_and_is_not_sent_in_a_circle(
    ada: Pusher, asked: list[str]
) -> None:
    says_duplicate(ada)

    ada.push(1)

    assert asked == ["POST works", "GET works"]
    assert (ada.row().state, ada.row().error_code) == ("failed", "9021")
    assert ada.row().problem == "The record has an item with the same identifier already."


def test_what_was_taken_back_meanwhile_is_found_and_deleted(
    ada: Pusher, forgotten: int, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from integrations.orcid import writes  # noqa: PLC0415  # beside what it breaks
    from integrations.push.services import queueing  # noqa: PLC0415

    real = writes.post_works

    def taken_back_meanwhile(*args: object) -> object:
        queueing.withdraw(section="work", item_ids=[1], delete=True)
        return real(*args)  # type: ignore[arg-type]  # handed on

    monkeypatch.setattr(writes, "post_works", taken_back_meanwhile)
    says_duplicate(ada)

    ada.push(1)

    assert (ada.titles(), ada.row().state) == ([], "deleted")
