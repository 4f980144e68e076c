"""The queue: what a person decides stays decided; one record never has one work twice."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from integrations.orcid import http, writes
from integrations.push.models import Attempt, Delivery
from integrations.push.services import queueing, retention
from members.actors import Actor
from tests.factories import make_member, make_user
from tests.push.conftest import Pusher
from tests.push.shelf import made_up


def test_discarded_stays_discarded(ada: Pusher, asked: list[str]) -> None:
    [row] = ada.queue(1)
    queueing.discard(delivery_id=row.pk, by=ada.by)
    ada.shelf.items[1] = made_up(1, "Better title")

    ada.push(1)

    assert (asked, ada.row().state) == ([], "discarded")


def test_a_discarded_update_leaves_the_record_as_it_is(ada: Pusher) -> None:
    ada.push(1)
    ada.shelf.items[1] = made_up(1, "Better title")
    [row] = ada.queue(1)

    queueing.discard(delivery_id=row.pk, by=ada.by)
    ada.deliver()

    assert ada.titles() == ["Work 1"]


def test_the_person_may_send_a_discarded_one_after_all(ada: Pusher) -> None:
    [row] = ada.queue(1)
    queueing.discard(delivery_id=row.pk, by=ada.by)

    queueing.send_now(delivery_id=row.pk, by=ada.by)
    ada.deliver()

    assert ada.titles() == ["Work 1"]


@pytest.mark.parametrize("service", [queueing.discard, queueing.send_now])
def test_nobody_decides_for_another_person(ada: Pusher, service: object) -> None:
    [row] = ada.queue(1)

    with pytest.raises(PermissionDenied):
        service(delivery_id=row.pk, by=Actor.contact(make_user()))  # type: ignore[operator]  # either

    assert ada.row().state == "queued"


def test_the_operator_may_at_their_wish(ada: Pusher) -> None:
    [row] = ada.queue(1)

    queueing.discard(delivery_id=row.pk, by=Actor.operator(make_user()))

    assert ada.row().state == "discarded"


def test_what_two_institutions_send_is_on_the_record_once(ada: Pusher) -> None:
    ada.shelf.items[2] = made_up(2, doi="10.5555/PUSH.1")
    ada.push(1)

    queueing.queue(
        connection_id=ada.connection.pk, section="work", item_ids=[2], member_id=make_member().pk
    )
    ada.deliver()

    assert ada.titles() == ["Work 1"]
    assert ada.states() == {1: "in_orcid", 2: "covered"}
    assert ada.row(2).covered_by == ada.row(1)


def test_what_was_covered_goes_when_the_other_is_deleted(ada: Pusher) -> None:
    ada.shelf.items[2] = made_up(2, doi="10.5555/push.1")
    ada.push(1, 2)

    queueing.withdraw(section="work", item_ids=[1], delete=True)
    ada.deliver()

    assert ada.titles() == ["Work 2"]
    assert ada.states() == {1: "deleted", 2: "in_orcid"}


def test_what_the_person_removed_is_not_added_as_another_institutions(ada: Pusher) -> None:
    ada.shelf.items[2] = made_up(2, doi="10.5555/push.1")
    ada.push(1, 2)
    ada.removes(ada.row().put_code or 0)
    ada.shelf.items[1] = made_up(1, "Better title")

    ada.push(1, 2)

    assert ada.record() == []
    assert ada.states() == {1: "removed", 2: "removed"}


def test_o3_connection_and_item_are_unique(ada: Pusher) -> None:
    [row] = ada.queue(1)

    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(
            connection=ada.connection, section="work", item_id=1, member=ada.member
        )

    assert Delivery.objects.get() == row


def test_one_put_code_belongs_to_one_delivery(ada: Pusher) -> None:
    ada.push(1)

    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(
            connection=ada.connection,
            section="work",
            item_id=2,
            member=ada.member,
            put_code=ada.row().put_code,
        )


def test_what_is_said_to_be_on_the_record_has_a_put_code(ada: Pusher) -> None:
    [row] = ada.queue(1)

    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=row.pk).update(state="in_orcid")


def test_changed_while_it_is_being_sent_it_goes_once_more(
    ada: Pusher, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = writes.post_works

    def meanwhile(*args: Any) -> object:
        ada.shelf.items[1] = made_up(1, "Better title")
        ada.queue(1)
        return real(*args)

    monkeypatch.setattr(writes, "post_works", meanwhile)

    ada.push(1)

    assert ada.titles() == ["Better title"]
    assert ada.row().state == "in_orcid"


def test_changed_while_it_waits_for_the_limiter_it_goes_as_it_is_now(
    ada: Pusher, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = http.wait_for_turn

    def changed_meanwhile() -> None:
        real()
        if ada.row().revision == first:
            ada.shelf.items[1] = made_up(1, "Better title")
            ada.queue(1)

    ada.queue(1)
    first = ada.row().revision
    monkeypatch.setattr(http, "wait_for_turn", changed_meanwhile)
    ada.deliver()

    assert (asked, ada.titles()) == (["POST works"], ["Better title"])


def test_unpublished_while_it_is_being_sent_it_is_deleted(
    ada: Pusher, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = writes.post_works

    def meanwhile(*args: Any) -> object:
        queueing.withdraw(section="work", item_ids=[1], delete=True)
        return real(*args)

    monkeypatch.setattr(writes, "post_works", meanwhile)

    ada.push(1)

    assert (ada.record(), ada.row().state) == ([], "deleted")


def test_queue_and_failures_of_person_and_member(ada: Pusher) -> None:
    ada.shelf.items[2] = made_up(2, type="no-such-type")
    ada.push(1, 2)
    ada.queue(3)

    mine = Delivery.objects.of(ada.user)
    assert [row.item_id for row in mine] == [3, 2, 1]
    assert [row.item_id for row in mine.open()] == [3]
    assert [row.item_id for row in Delivery.objects.for_member(ada.member).stuck()] == [2]
    assert not Delivery.objects.of(make_user()).exists()
    assert Attempt.objects.of(ada.user).count() == Attempt.objects.for_member(ada.member).count()


def test_queueing_takes_as_many_queries_for_three_as_for_one(
    ada: Pusher, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ada.queue(9)  # the lane is there
    # lane (there? locked), connection, rows, new rows, lane called up; and savepoints
    with django_assert_num_queries(9):
        ada.queue(1)
    with django_assert_num_queries(9):
        ada.queue(2, 3, 4)


def test_h7_history_is_kept_for_a_year(ada: Pusher) -> None:
    ada.push(1)
    Attempt.objects.update(at="2020-01-01T00:00Z")
    ada.shelf.items[1] = made_up(1, "Better title")
    ada.push(1)

    assert retention.forget_attempts() == 1

    assert [kind for kind, _status, _code in ada.history()] == ["update"]
    assert ada.row().put_code
