"""Pushing at 50 ms a call with the local ORCID's rate limit on; and the outbox when it is long."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.test import Client
from django.urls import reverse

from bench.lead_list import ROUNDS, Measured, _milliseconds, _queries
from bench.paced_pulls import Paced
from bench.push_setting import BURST, LATENCY_MS, RATE, Setting, setting
from bench.push_worker import Works
from contacts.models import Role, User
from integrations.orcid.models import Connection, Credential
from integrations.push import sources
from integrations.push.models import Delivery
from integrations.works.models import MemberWork
from members.models import Member
from tests.admin.operator import operator_client
from tests.factories import (
    make_connection,
    make_consortium,
    make_contact,
    make_member,
    make_user,
    new_orcid,
)

RECORDS, PER_RECORD = 40, 50
TO_ONE = 500
CHANGED = 5  # works of each record
WORKERS = 4
MOST_RUNS = 3
__all__ = ["LATENCY_MS", "RATE", "measure", "measure_list"]
LONG, OWN = 100_000, 1000
OWNER = "Bench of the outbox"


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


def measure_list() -> list[list[Measured]]:
    """The outbox in the admin, what goes to one person's record, and an institution's works, each empty
    first; nothing of it stays."""
    with transaction.atomic():
        Delivery.objects.all().delete()
        groups = [_in_admin(), _of_person(), _of_institution()]
        empty = [_measured(group[0]) for group in groups]
        _fill()
        found = [
            [before, *(_measured(page) for page in group[1:])]
            for before, group in zip(empty, groups, strict=True)
        ]
        transaction.set_rollback(True)
    return found


@dataclass(frozen=True)
class _Page:
    what: str
    client: Client
    url: str
    target: float | None = None


def _in_admin() -> list[_Page]:
    client, url = operator_client(), reverse("admin:push_delivery_changelist")
    return [
        _Page("an empty outbox", client, url),
        _Page(f"{LONG} deliveries", client, url, 4.0),
        _Page("those that failed", client, f"{url}?state=failed", 4.0),
    ]


def _of_person() -> list[_Page]:
    person = make_user(name=OWNER)
    make_connection(str(person.orcid), scopes=["/read-limited", "/activities/update"])
    client, url = _client(person), reverse("works:queue")
    return [
        _Page("a person's empty queue", client, url),
        _Page(f"{OWN} deliveries of {LONG}", client, url, 4.0),
        _Page("what is on the record", client, f"{url}?show=there", 4.0),
    ]


def _of_institution() -> list[_Page]:
    member = make_member(OWNER, consortium=make_consortium(OWNER))
    client = _client(make_user(make_contact(member, [Role.MAIN]).orcid))
    url = reverse("tools:works", args=[member.slug])
    return [
        _Page("an institution without works", client, url),
        _Page(f"{OWN} works, {LONG} deliveries", client, url, 4.0),
        _Page("those that failed", client, f"{url}?orcid=failed", 4.0),
    ]


def _client(person: User) -> Client:
    client = Client()
    client.force_login(person, settings.AUTHENTICATION_BACKENDS[0])
    return client


def _measured(page: _Page) -> Measured:
    queries = _queries(page.client, page.url)
    times = sorted(_milliseconds(page.client, page.url) for _ in range(ROUNDS))
    return Measured(page.what, times[len(times) // 2], queries, page.target)


def _fill() -> None:
    """An institution's works, each for a hundred researchers, of whom one has them all on their own."""
    credential, member = Credential.objects.own(), Member.objects.get(legal_name=OWNER)
    others = Connection.objects.bulk_create(
        Connection(credential=credential, orcid=new_orcid()) for _ in range(LONG // OWN - 1)
    )
    orcid = User.objects.get(name=OWNER).orcid
    connections = [Connection.objects.get(orcid=orcid), *others]
    works = MemberWork.objects.bulk_create(
        MemberWork(member=member, title=f"Work {number}", type="journal-article", state="public")
        for number in range(OWN)
    )
    Delivery.objects.bulk_create(
        [
            Delivery(
                connection=connection,
                section="work",
                item_id=work.pk,
                member=member,
                state="failed" if number % 50 == 0 else "in_orcid",
                put_code=number + 1,
                error_code="9022" if number % 50 == 0 else "",
            )
            for number, work in enumerate(works)
            for connection in connections
        ],
        batch_size=2000,
    )
    with database.cursor() as cursor:
        cursor.execute("ANALYZE push_delivery, works_memberwork, orcid_connection")
