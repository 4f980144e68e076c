"""Pushing at 50 ms a call with the local ORCID's rate limit on; and the outbox when it is long."""

from collections.abc import Callable

from django.db import connection as database
from django.db import transaction
from django.test import Client
from django.urls import reverse

from bench.lead_list import ROUNDS, Measured, _milliseconds, _queries
from bench.paced_pulls import Paced
from bench.push_setting import BURST, LATENCY_MS, RATE, Setting, setting
from bench.push_worker import Works
from integrations.orcid.models import Connection, Credential
from integrations.push import sources
from integrations.push.models import Delivery
from tests.admin.operator import operator_client
from tests.factories import make_member, new_orcid

RECORDS, PER_RECORD = 40, 50
TO_ONE = 500
CHANGED = 5  # works of each record
WORKERS = 4
MOST_RUNS = 3
__all__ = ["LATENCY_MS", "RATE", "measure", "measure_list"]
LONG = 100_000


def measure() -> list[Paced]:
    with setting(1) as at:
        found = [_push(at, f"{TO_ONE} works to one record", TO_ONE, most_calls=12)]
    return found + _at_its_best(_measure_many)


def _measure_many() -> list[Paced]:
    with setting(RECORDS) as at:
        all_of_them = f"{RECORDS * PER_RECORD} works to {RECORDS} records, best of {MOST_RUNS}"
        changed = f"{RECORDS * CHANGED} changed, a call each, best of {MOST_RUNS}"
        return [
            _push(at, all_of_them, PER_RECORD, most_time=1.1),
            _push(at, "the same again, unchanged", PER_RECORD, most_calls=0),
            _push(at, changed, CHANGED, edition=2, most_time=1.1),
        ]


def _at_its_best(measured: Callable[[], list[Paced]]) -> list[Paced]:
    """Each row of the run in which it went quickest. Forty calls are over in a second and a half, so that
    whatever else the machine does then decides; it never makes them quicker. Wrong once is wrong.
    """
    runs = [measured()]
    while len(runs) < MOST_RUNS and not all(row.is_met for row in runs[-1]):
        runs.append(measured())
    by_row = zip(*runs, strict=True)
    return [next((one for one in row if _is_wrong(one)), min(row, key=_seconds)) for row in by_row]


def _is_wrong(row: Paced) -> bool:
    too_many = row.most_calls is not None and row.calls > row.most_calls
    return bool(row.refused) or too_many or not row.is_right


def _seconds(row: Paced) -> float:
    return row.seconds


def _push(
    at: Setting,
    what: str,
    each: int,
    *,
    edition: int = 1,
    most_calls: int | None = None,
    most_time: float | None = None,
) -> Paced:
    works = Works()
    works.edition = edition
    sources.register("work", works)
    with at.workers(WORKERS, edition=edition):
        at.sandbox.limit(member_per_second=RATE, burst=BURST)
        with transaction.atomic():  # so that all of it is there when the clock starts
            at.queue(each)
        seconds = at.wait()
        counted = at.sandbox.limits()
        at.sandbox.limit(on=False)
    is_all_there = not Delivery.objects.exclude(state="in_orcid").exists()
    calls, refused = counted["calls"], counted["refused"]
    return Paced(what, calls, refused, seconds, is_all_there, most_calls, most_time)


def measure_list() -> list[Measured]:
    """The outbox in the admin, empty first; nothing of it stays."""
    with transaction.atomic():
        found = _measure_list()
        transaction.set_rollback(True)
    return found


def _measure_list() -> list[Measured]:
    client = operator_client()
    url = reverse("admin:push_delivery_changelist")
    pages = [(f"{LONG} deliveries", url, 4.0), ("those that failed", f"{url}?state=failed", 4.0)]
    Delivery.objects.all().delete()
    empty = Measured("an empty outbox", _median(client, url), _queries(client, url))
    _fill()
    return [
        empty,
        *(
            Measured(what, _median(client, address), _queries(client, address), target)
            for what, address, target in pages
        ),
    ]


def _median(client: Client, url: str) -> float:
    _milliseconds(client, url)
    times = sorted(_milliseconds(client, url) for _ in range(ROUNDS))
    return times[len(times) // 2]


def _fill() -> None:
    credential, member = Credential.objects.own(), make_member()
    connections = Connection.objects.bulk_create(
        Connection(credential=credential, orcid=new_orcid()) for _ in range(100)
    )
    Delivery.objects.bulk_create(
        [
            Delivery(
                connection=connections[number % 100],
                section="work",
                item_id=number,
                member=member,
                state="failed" if number % 50 == 0 else "in_orcid",
                put_code=number + 1,
                error_code="9022" if number % 50 == 0 else "",
            )
            for number in range(LONG)
        ],
        batch_size=2000,
    )
    with database.cursor() as cursor:
        cursor.execute("ANALYZE push_delivery")
