"""H3 through HTTP: a reader who polls the feed while transactions commit out of order misses none."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from members.actors import Actor
from members.models import Event, Member
from members.services.information import edit_information
from tests.api.calling import Caller, desk_caller
from tests.concurrency.test_races import Behind
from tests.factories import make_member
from tests.lead.desk import make_desk

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's writers take turns"),
]


class Reader:
    """Another system that polls with its cursor, in a connection of its own."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.cursor = 0
        self.seen: list[str] = []

    def poll(self) -> None:
        behind = Behind(lambda: self.caller.get("events/", after=self.cursor).json())
        behind.start()
        behind.join(10)
        page: dict[str, Any] = behind.outcome
        self.cursor = page["next"]
        fields = [row["changes"].get("fields", {}) for row in page["results"]]
        self.seen += [field["city"][1] for field in fields if "city" in field]


@pytest.fixture
def reader() -> Reader:
    cache.clear()
    desk = make_desk()
    reader = Reader(desk_caller(desk.reader, desk.consortium))
    make_member("One", desk.consortium)
    make_member("Two", desk.consortium)
    reader.poll()
    return reader


def edit(name: str, city: str) -> Callable[[], Member]:
    pk = Member.objects.get(display_name=name).pk
    return lambda: edit_information(member_id=pk, version=None, by=Actor.system(), city=city)


def write_without_the_lock(name: str, city: str) -> None:
    """As a feed without H3 would be written."""
    Event.objects.bulk_create(
        [
            Event(
                member=Member.objects.get(display_name=name),
                kind=Event.Kind.INFORMATION_CHANGED,
                changes={"fields": {"city": ["", city]}},
                capacity=Event.Capacity.SYSTEM,
            )
        ]
    )


def test_h3_reader_misses_nothing_while_transactions_are_open(reader: Reader) -> None:
    second = Behind(edit("Two", "second"))

    with transaction.atomic():
        edit("One", "first")()
        second.start_and_wait_until_blocked()  # it would commit first if it could
        reader.poll()
        assert reader.seen == []
    second.join(10)
    reader.poll()
    reader.poll()

    assert reader.seen == ["first", "second"]
    assert reader.cursor == Event.objects.latest("pk").pk


def test_h3_a_transaction_that_began_earlier_and_wrote_later_is_not_missed(reader: Reader) -> None:
    with transaction.atomic():
        Member.objects.lock(Member.objects.get(display_name="One").pk)
        other = Behind(edit("Two", "first"))
        other.start()
        other.join(10)
        reader.poll()
        edit("One", "second")()
        reader.poll()
    reader.poll()

    assert reader.seen == ["first", "second"]


def test_h3_a_transaction_that_is_rolled_back_leaves_no_trace(reader: Reader) -> None:
    with transaction.atomic():
        edit("One", "never")()
        reader.poll()
        transaction.set_rollback(True)
    edit("Two", "first")()
    reader.poll()

    assert reader.seen == ["first"]


def test_without_the_lock_the_same_reader_would_miss_one(reader: Reader) -> None:
    other = Behind(lambda: write_without_the_lock("Two", "second"))

    with transaction.atomic():
        write_without_the_lock("One", "first")
        other.start()
        other.join(10)
        reader.poll()
    reader.poll()

    assert connection.vendor == "postgresql"
    assert reader.seen == ["second"]
