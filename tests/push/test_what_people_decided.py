"""What a person decided outlasts whatever happens to other items, to the work, or on the way (O3, O4, O6)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from integrations.orcid import writes
from integrations.orcid.models import Connection
from integrations.push.models import Lane
from integrations.push.services import following, queueing, sending
from members.actors import Reach
from tests.factories import make_connection, make_user
from tests.push.conftest import Pusher
from tests.push.shelf import employment, made_up


def left_on_record(ada: Pusher) -> list[str]:
    """Titles, as anybody reads them: also when the permission has ended."""
    url = f"{ada.sandbox.public_api_url}/{ada.orcid}/works"
    answer = ada.sandbox.http.get(url, headers={"Accept": "application/json"}).raise_for_status()
    groups = answer.json()["group"]
    return [each["title"]["title"]["value"] for group in groups for each in group["work-summary"]]


def test_discarded_stays_discarded_when_what_covered_it_is_deleted(ada: Pusher) -> None:
    ada.shelf.items[2] = made_up(2, doi="10.5555/push.1")
    ada.push(1, 2)
    queueing.discard(delivery_id=ada.row(2).pk, by=ada.by)

    queueing.withdraw(section="work", item_ids=[1], delete=True)
    ada.deliver()

    assert ada.states() == {1: "deleted", 2: "discarded"}
    assert ada.record() == []


def test_what_was_taken_back_while_covered_does_not_come_again(ada: Pusher) -> None:
    ada.shelf.items[2] = made_up(2, doi="10.5555/push.1")
    ada.push(1, 2)
    queueing.withdraw(section="work", item_ids=[2], delete=True)

    queueing.withdraw(section="work", item_ids=[1], delete=True)
    ada.deliver()

    assert ada.states() == {1: "deleted", 2: "withdrawn"}
    assert ada.record() == []


def test_discarded_stays_as_it_is_whatever_becomes_of_the_item(ada: Pusher) -> None:
    """Of a discarded change the record keeps what it had, and later nothing is added behind it."""
    ada.push(1)
    ada.shelf.items[1] = made_up(1, "Better title")
    [row] = ada.queue(1)
    queueing.discard(delivery_id=row.pk, by=ada.by)

    queueing.withdraw(section="work", item_ids=[1], delete=True)
    ada.deliver()
    ada.push(1)

    assert (ada.row().state, ada.titles()) == ("discarded", ["Work 1"])


def test_o6_what_was_discarded_is_deleted_too_when_the_person_wants_all_deleted(
    ada: Pusher,
) -> None:
    ada.push(1)
    ada.shelf.items[1] = made_up(1, "Better title")
    [row] = ada.queue(1)
    queueing.discard(delivery_id=row.pk, by=ada.by)

    queueing.delete_and_disconnect(connection_id=ada.connection.pk)
    ada.deliver()

    assert Connection.objects.get().state == "ended"
    assert ada.row().state == "deleted"


def test_a_discarded_deletion_is_sent_as_what_the_item_is_by_then(ada: Pusher) -> None:
    """*Send now* of a work that is public again brings it up to date: it does not delete it."""
    ada.push(1)
    queueing.withdraw(section="work", item_ids=[1], delete=True)
    queueing.discard(delivery_id=ada.row().pk, by=ada.by)
    ada.shelf.items[1] = made_up(1, "Better title")
    ada.queue(1)

    queueing.send_now(delivery_id=ada.row().pk, by=ada.by)
    ada.deliver()

    assert (ada.row().state, ada.titles()) == ("in_orcid", ["Better title"])


def test_o4_removed_by_the_person_stays_so_though_it_changed_on_the_way(
    ada: Pusher, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = writes.put_item

    def meanwhile(*args: Any) -> object:
        ada.shelf.items[1] = made_up(1, "Better still")
        ada.queue(1)
        return real(*args)

    ada.push(1)
    ada.removes(ada.row().put_code or 0)
    monkeypatch.setattr(writes, "put_item", meanwhile)
    ada.shelf.items[1] = made_up(1, "Better title")
    ada.push(1)

    assert (ada.row().state, ada.titles()) == ("removed", [])


@pytest.mark.parametrize("service", [queueing.discard, queueing.send_now])
def test_no_token_decides_for_its_person(ada: Pusher, service: Callable[..., object]) -> None:
    [row] = ada.queue(1)
    by = replace(ada.by, reach=Reach(token_id=1, member_id=ada.member.pk))

    with pytest.raises(PermissionDenied):
        service(delivery_id=row.pk, by=by)

    assert ada.row().state == "queued"


def test_c8_discarded_for_the_former_id_stays_discarded_for_the_new_one(ada: Pusher) -> None:
    """Though the new one has it waiting, too."""
    [row] = ada.queue(1)
    queueing.discard(delivery_id=row.pk, by=ada.by)
    new = make_connection(str(make_user().orcid))
    queueing.queue(connection_id=new.pk, section="work", item_ids=[1], member_id=ada.member.pk)

    following.follow(connection_id=ada.connection.pk, into_id=new.pk)

    assert new.deliveries.get().state == "discarded"


def test_o6_nothing_is_added_for_who_is_leaving(ada: Pusher) -> None:
    """Deleting waits for ORCID; what the institution publishes or changes meanwhile stays here."""
    ada.push(1)
    queueing.delete_and_disconnect(connection_id=ada.connection.pk)
    ada.fault(f"work/{ada.row().put_code}", kind="busy")
    ada.deliver()

    ada.shelf.items[1] = made_up(1, "Better title")
    ada.queue(1, 2)
    ada.later()
    ada.deliver()

    assert left_on_record(ada) == []
    assert Connection.objects.get().state == "ended"


def test_o6_what_the_institution_takes_back_meanwhile_is_deleted_all_the_same(
    ada: Pusher,
) -> None:
    """Whose policy is that it stays: the person’s wish goes first."""
    ada.push(1)
    queueing.delete_and_disconnect(connection_id=ada.connection.pk)

    queueing.withdraw(section="work", item_ids=[1], delete=False)
    ada.deliver()

    assert left_on_record(ada) == []
    assert Connection.objects.get().state == "ended"


@pytest.mark.parametrize("section", ["work", "employment"])
def test_o6_no_room_keeps_back_what_the_person_wants_deleted(ada: Pusher, section: str) -> None:
    ada.shelf.items[1] = made_up(1) if section == "work" else employment("Mathematics")
    ada.queue(1, section=section)
    ada.deliver()
    ada.shelf.kept_back[1] = "It is not for the institution to write."

    queueing.delete_and_disconnect(connection_id=ada.connection.pk)
    ada.deliver()

    assert ada.states() == {1: "deleted"}
    assert Connection.objects.get().state == "ended"


def test_o6_who_leaves_sends_nothing_more_by_hand(ada: Pusher) -> None:
    ada.shelf.kept_back[2] = "Not public."
    ada.push(1, 2)
    queueing.delete_and_disconnect(connection_id=ada.connection.pk)
    ada.shelf.kept_back.clear()

    queueing.send_now(delivery_id=ada.row(2).pk, by=ada.by)
    ada.deliver()

    assert left_on_record(ada) == []
    assert Connection.objects.get().state == "ended"


def test_o6_a_withdrawn_permission_ends_though_an_answer_to_a_deletion_was_lost(
    ada: Pusher,
) -> None:
    """The record can no longer be read: deleting once more does no harm."""
    ada.push(1)
    ada.takes_permission_away()
    Connection.objects.update(state="withdrawn")
    ada.fault(f"work/{ada.row().put_code}", kind="dropped")
    queueing.delete_and_disconnect(connection_id=ada.connection.pk)
    ada.deliver()
    assert ada.row().state == "sending"

    ada.later()
    ada.deliver()

    assert left_on_record(ada) == []
    assert Connection.objects.get().state == "ended"


def test_o6_a_closed_record_keeps_nobody_from_leaving(ada: Pusher) -> None:
    ada.push(1)
    queueing.delete_and_disconnect(connection_id=ada.connection.pk)
    ada.fault(f"work/{ada.row().put_code}", kind="lost")
    sending.deliver(connection_id=ada.connection.pk)
    Connection.objects.update(state="closed")

    ada.later()
    ada.deliver()

    assert Connection.objects.get().state == "ended"


def test_published_again_while_nobody_knew_whether_it_was_deleted_it_goes_again(
    ada: Pusher,
) -> None:
    ada.push(1)
    queueing.withdraw(section="work", item_ids=[1], delete=True)
    ada.fault(f"work/{ada.row().put_code}", kind="lost")
    ada.deliver()
    assert ada.row().state == "sending"

    ada.queue(1)
    ada.later()
    ada.deliver()

    assert (ada.row().state, ada.titles()) == ("in_orcid", ["Work 1"])
    assert Lane.objects.get().due_at is None
