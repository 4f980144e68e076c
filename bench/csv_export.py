"""The export of all contacts, against `COPY (the same SELECT) TO STDOUT`; and what memory it takes."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from bench import data
from contacts.filters import ContactFilter
from members.models import Consortium
from portal.pages import exports, layouts

ROUNDS = 7
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Exported:
    what: str
    seconds: float
    copy_seconds: float
    target: float | None
    # What the process grew by while it was being made, at most.
    megabytes: float

    @property
    def ratio(self) -> float:
        return self.seconds / self.copy_seconds


MOST_MEGABYTES = 16.0


def measure(consortium: Consortium) -> list[Exported]:
    """The layout that the design's number is about first; then the others, for information."""
    client = Client()
    client.force_login(data.reader(consortium))
    brief, detailed = layouts.SELF_SERVICE, layouts.DETAILED
    asked = [
        ("CSV, as Self Service", "contacts_csv", brief, 1.5),
        ("CSV, all details", "contacts_csv", detailed, None),
        ("XLSX, as Self Service", "contacts_xlsx", brief, None),
    ]
    found = []
    for what, page, layout, target in asked:
        url = f"{reverse(f'lead:{page}', args=[consortium.slug])}?layout={layout.name}"
        grown = _growth(client, url)  # before the heap has grown by itself
        times = _times(client, url, _copy(consortium, layout))
        found.append(Exported(what, *times, target, grown))
    return found


def _times(client: Client, url: str, copy: Callable[[], None]) -> tuple[float, float]:
    # In turns, so that whatever else the machine does slows both alike.
    rounds = [(_seconds(lambda: _export(client, url)), _seconds(copy)) for _ in range(ROUNDS)]
    exported, copied = (statistics.median(column) for column in zip(*rounds, strict=True))
    return exported, copied


def _copy(consortium: Consortium, layout: layouts.Layout) -> Callable[[], None]:
    everything: Any = ContactFilter(QueryDict(), consortium=consortium).contacts()
    sql, params = exports.read_contacts(everything, layout).query.sql_with_params()

    def run() -> None:
        connection.ensure_connection()
        with psycopg.ClientCursor(connection.connection) as cursor:
            select = cursor.mogrify(sql, params)
            with cursor.copy(f"COPY ({select}) TO STDOUT") as blocks:
                for _block in blocks:
                    pass

    return run


def _export(client: Client, url: str) -> None:
    response: Any = client.get(url)
    for _piece in response.streaming_content:
        pass


def _growth(client: Client, url: str) -> float:
    _export(client, f"{url}&role=main")  # what is loaded once is not held against it
    before = most = _resident()
    response: Any = client.get(url)
    for _piece in response.streaming_content:
        most = max(most, _resident())
    return (most - before) / _MEGABYTE


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _seconds(call: Callable[[], None]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
