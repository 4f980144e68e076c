"""O4: one write at a time per record, however many workers there are. Over HTTP, on both databases."""

import threading
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import httpx
import pytest
from django.db import connection

from integrations.orcid import http
from integrations.push.models import Delivery
from integrations.push.services import sending
from tests.push.conftest import Pusher, make_pusher
from tests.push.shelf import Shelf, made_up
from tests.sandbox_server import SandboxServer

pytestmark = pytest.mark.django_db(transaction=True)
WORKS = range(1, 4)
PATIENCE = 20


class Writes:
    """When each write to a record began and ended. The first to each waits until the other record
    is written to, too: two workers are at work, and neither just waits for the other's end.
    """

    def __init__(self, people: list[Pusher], send: Callable[..., httpx.Response]) -> None:
        self.spans: dict[str, list[tuple[float, float]]] = {who.orcid: [] for who in people}
        self.real = send
        self.begun: set[str] = set()
        self.both = threading.Barrier(len(people), timeout=PATIENCE)

    def send(self, method: str, url: str, purpose: str, **options: Any) -> httpx.Response:
        record = next((orcid for orcid in self.spans if orcid in url), "")
        if method == "GET" or not record:
            return self.real(method, url, purpose, **options)
        began = time.monotonic()
        if record not in self.begun:
            self.begun.add(record)
            self.both.wait()
        answer = self.real(method, url, purpose, **options)
        self.spans[record].append((began, time.monotonic()))
        return answer


class Worker(threading.Thread):
    """Tries every record in turn until all is there, whoever may be at it."""

    def __init__(self, people: list[Pusher]) -> None:
        super().__init__(daemon=True)
        self.people = people
        self.tries: list[tuple[str, bool]] = []

    def run(self) -> None:
        until = time.monotonic() + PATIENCE
        try:
            while Delivery.objects.exclude(state="in_orcid").exists() and time.monotonic() < until:
                for who in self.people:
                    taken = sending.deliver(connection_id=who.connection.pk)
                    self.tries.append((who.orcid, taken))
        finally:
            connection.close()


def test_o4_two_workers_write_to_two_records_at_once_and_to_each_one_thing_at_a_time(
    orcid: SandboxServer, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [make_pusher(orcid, shelf, name) for name in ("Ada Lovelace", "Bob Boole")]
    for who in people:
        who.push(*WORKS)
    shelf.items |= {number: made_up(number, f"Better {number}") for number in WORKS}
    for who in people:
        who.queue(*WORKS)  # what is changed goes one by one
    orcid.fault("/api", method="PUT", delay_ms=30, times=None)
    writes = Writes(people, http.send)
    monkeypatch.setattr(http, "send", writes.send)

    workers = [Worker(people), Worker(people)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE)

    for who in people:
        spans = sorted(writes.spans[who.orcid])
        assert len(spans) == len(WORKS)
        assert all(before[1] <= after[0] for before, after in pairwise(spans))
        assert who.titles() == [f"Better {number}" for number in WORKS]
    # Both wanted the first record; one was told that the other has it.
    tries = [taken for worker in workers for who, taken in worker.tries if who == people[0].orcid]
    assert {True, False} <= set(tries)
