"""The lead's list of all contacts, against an authenticated page with the same base template."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import data
from contacts.models import Contact
from members.models import Consortium

ROUNDS = 15


@dataclass(frozen=True)
class Measured:
    what: str
    milliseconds: float
    queries: int
    target: float | None = None  # × the base page


def measure(consortium: Consortium) -> list[Measured]:
    """The base page first; the others name the ratio to it that the design asks for."""
    client = Client()
    client.force_login(data.reader(consortium))
    pages = list(_pages(consortium))
    queries = [_queries(client, url) for _what, url, _target in pages]
    # In turns, so that whatever else the machine does slows all of them alike.
    rounds = [[_milliseconds(client, url) for _what, url, _target in pages] for _ in range(ROUNDS)]
    times = [statistics.median(column) for column in zip(*rounds, strict=True)]
    return [
        Measured(what, milliseconds, count, target)
        for (what, _url, target), milliseconds, count in zip(pages, times, queries, strict=True)
    ]


def _pages(consortium: Consortium) -> Iterator[tuple[str, str, float | None]]:
    path = reverse("lead:contacts", args=[consortium.slug])
    deep = Contact.objects.filter(member__memberships__consortium=consortium).order_by(
        "-sort_key", "-pk"
    )[200]
    yield "authenticated base page", reverse("privacy_notices"), None
    yield "first page", path, 4
    yield "deep in the list", f"{path}?after={deep.pk}", 4
    yield "filtered by a role few have", f"{path}?role=main", 4
    yield "filtered by a role many have", f"{path}?role=technical&role=comms", 4
    yield "filtered by country", f"{path}?country=FR", 4
    yield "search, many hits", f"{path}?search=lindqvist", 6
    yield "search, one hit", f"{path}?search=person4711@", 6
    yield "search, no hit", f"{path}?search=nobodyofthatname", 6


def _queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    if answer.status_code != HTTPStatus.OK:
        raise RuntimeError(f"{url} answered {answer.status_code}")
    return len(queries)


def _milliseconds(client: Client, url: str) -> float:
    started = time.perf_counter()
    client.get(url)
    return (time.perf_counter() - started) * 1000
