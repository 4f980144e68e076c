"""The API's pages of all contacts, by cursor: the last against the first."""

import statistics
import time
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import data
from bench.lead_list import Measured
from contacts.services.tokens import make_token
from members.actors import Actor
from members.models import Consortium

ROUNDS = 25
FIRST = "/api/v1/contacts/?page_size=100"
TARGET = 1.2


def measure(consortium: Consortium) -> list[Measured]:
    """The first page, then the last: the target is the ratio of the two."""
    settings.API_CALLS_PER_MINUTE = 1_000_000
    with transaction.atomic():
        _token, secret = make_token(
            name="Bench",
            days=1,
            can_write=False,
            by=Actor.lead(data.reader(consortium)),
            consortium_id=consortium.pk,
        )
        found = _measure(Client(headers={"Authorization": f"Bearer {secret}"}))
        transaction.set_rollback(True)
    return found


def _measure(client: Client) -> list[Measured]:
    pages = [FIRST, _last_page(client)]
    queries = [_queries(client, address) for address in pages]
    # In turns, so that whatever else the machine does slows both alike.
    rounds = [[_milliseconds(client, address) for address in pages] for _ in range(ROUNDS)]
    first, last = (statistics.median(column) for column in zip(*rounds, strict=True))
    return [
        Measured("API: first page of all", first, queries[0]),
        Measured("API: last page of all", last, queries[1], TARGET),
    ]


def _last_page(client: Client) -> str:
    """Reached as readers reach it: by following `next` through everything."""
    address = FIRST
    while following := _get(client, address).json()["next"]:
        address = following.removeprefix("http://testserver")
    return address


def _get(client: Client, address: str) -> Any:
    answer = client.get(address)
    if answer.status_code != HTTPStatus.OK:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return answer


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        _get(client, address)
    return len(queries)


def _milliseconds(client: Client, address: str) -> float:
    started = time.perf_counter()
    _get(client, address)
    return (time.perf_counter() - started) * 1000
