"""Pulls of records of thirty works from the local ORCID, 50 ms a call and its rate limit on; then the
daily look at them, nothing changed, and a few changed; and the daily look at 2,000 connections.

2,000 records take some minutes; `BENCH_PULL_RECORDS` says how many there are to be.
"""

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection as database
from django.utils import timezone

from bench import pull_setting, replay
from bench.pull_setting import Workers
from integrations.orcid.models import Connection
from integrations.works.models import Pull, Work
from integrations.works.services import refreshing
from tests.sandbox_server import SandboxServer, start_sandbox

RECORDS = int(os.environ.get("BENCH_PULL_RECORDS", "2000"))
WORKS = 30
WORKERS = 4
LATENCY_MS = 50
RATE, BURST = 24, 40
CONNECTIONS = 2000
CLIENT, SECRET = "APP-BENCHBENCHBENCH2", "only-to-measure"


@dataclass(frozen=True)
class Paced:
    what: str
    calls: int
    refused: int  # 503
    seconds: float
    is_right: bool  # all of it is here, once
    most_calls: float | None = None
    most_time: float | None = None  # × the time that so many calls take at the allowed rate

    @property
    def times_allowed(self) -> float:
        return self.seconds / (self.calls / RATE) if self.calls else 0.0

    @property
    def is_met(self) -> bool:
        few_enough = self.most_calls is None or self.calls <= self.most_calls
        soon_enough = self.most_time is None or self.times_allowed <= self.most_time
        return self.is_right and not self.refused and few_enough and soon_enough


def measure() -> list[Paced]:
    pull_setting.forget()
    with tempfile.TemporaryDirectory(prefix="member-tools-bench-") as folder:
        sandbox = start_sandbox(Path(folder) / "orcid")
        try:
            return _measure(sandbox)
        finally:
            sandbox.stop()
            pull_setting.forget()


def _measure(sandbox: SandboxServer) -> list[Paced]:
    sandbox.add_client(client_id=CLIENT, client_secret=SECRET, name="Bench")
    settings.ORCID_CLIENT_ID, settings.ORCID_CLIENT_SECRET = CLIENT, SECRET
    settings.ORCID_BASE_URL = sandbox.base_url
    settings.ORCID_PUBLIC_API_URL = sandbox.public_api_url
    settings.ORCID_MEMBER_API_URL = sandbox.member_api_url
    # The day is over at once; and as these records were made just now, no hours are added to it.
    settings.PULL_LOOK_HOURS = settings.PULL_OVERLAP_HOURS = 0
    variables = {
        "ORCID_CLIENT_ID": CLIENT,
        "ORCID_CLIENT_SECRET": SECRET,
        "ORCID_BASE_URL": sandbox.base_url,
        "ORCID_PUBLIC_API_URL": sandbox.public_api_url,
        "ORCID_MEMBER_API_URL": sandbox.member_api_url,
        "ORCID_RATE_PER_SECOND": str(RATE),
        "ORCID_RATE_BURST": str(BURST),
    }
    people = pull_setting.connect(dict(_record(sandbox) for _ in range(RECORDS)))
    for path in ("/api", "/pub"):
        sandbox.fault(path, delay_ms=LATENCY_MS, times=None)
    with Workers(WORKERS, variables) as workers:
        found = [_first(sandbox, workers, pull_setting.queue(people))]
        most = found[0].calls / 20
        found.append(_daily(sandbox, workers, "a day later, nothing changed", most))
        some = [str(person.orcid) for person in people[:: max(RECORDS // 5, 1)]]
        for orcid in some:
            sandbox.add_works(orcid, [_work(WORKS)])
        changed = f"and one new work on {len(some)} records"
        asked = RECORDS / 100 + 2  # and the client's own token
        found.append(_daily(sandbox, workers, changed, asked + 2 * len(some), new=len(some)))
    return [*found, _look_at_many(sandbox)]


def _record(sandbox: SandboxServer) -> tuple[str, str]:
    orcid = sandbox.add_person(given_names="Bench", family_name="Pull")
    sandbox.add_works(orcid, [_work(number) for number in range(WORKS)])
    return orcid, sandbox.give_permission(orcid, CLIENT)["access_token"]


def _work(number: int) -> dict[str, Any]:
    """As the record gets it: what ORCID says of it itself is left out."""
    theirs = {"put-code", "path", "created-date", "last-modified-date", "source"}
    return {name: part for name, part in replay.whole(number).items() if name not in theirs}


def _first(sandbox: SandboxServer, workers: Workers, keys: list[int]) -> Paced:
    sandbox.limit(member_per_second=RATE, burst=BURST)
    seconds, _said = workers.perform(keys)
    what = f"{RECORDS} records × {WORKS} works"
    return _counted(sandbox, what, seconds, is_right=_is_all_here(), most_time=1.1)


def _daily(sandbox: SandboxServer, workers: Workers, what: str, most: float, new: int = 0) -> Paced:
    """As beat does it: who has changed is asked, and is read."""
    sandbox.limit(member_per_second=RATE, burst=BURST)
    started = time.perf_counter()
    asked = refreshing.look_for_changes()
    refreshing.start_due()
    workers.perform(pull_setting.waiting())
    seconds = time.perf_counter() - started
    is_right = asked == RECORDS and _is_all_here(new)
    return _counted(sandbox, what, seconds, is_right=is_right, most_calls=most)


def _look_at_many(sandbox: SandboxServer) -> Paced:
    """ORCID's search knows nothing new of any of them."""
    more = pull_setting.made_up_orcids(max(CONNECTIONS - RECORDS, 0))
    pull_setting.connect(dict.fromkeys(more, "t"))
    now = timezone.now()
    Pull.objects.filter(looked_at=None).update(looked_at=now, pulled_at=now)
    with database.cursor() as cursor:
        cursor.execute("ANALYZE works_pull, orcid_connection")  # as PostgreSQL does after a while
    number = Connection.objects.filter(credential__client_id=CLIENT).count()
    sandbox.limit(member_per_second=RATE, burst=BURST)
    started = time.perf_counter()
    asked = refreshing.look_for_changes()
    seconds = time.perf_counter() - started
    what = f"the daily look at {number} connections"
    return _counted(sandbox, what, seconds, is_right=asked == number, most_calls=number / 100 + 1)


def _is_all_here(new: int = 0) -> bool:
    works = Work.objects.filter(person__name=pull_setting.NAME)
    codes = works.values("person", "put_code").distinct().count()
    number = works.count()
    return pull_setting.are_all_done() and number == codes == RECORDS * WORKS + new


def _counted(
    sandbox: SandboxServer,
    what: str,
    seconds: float,
    *,
    is_right: bool,
    most_calls: float | None = None,
    most_time: float | None = None,
) -> Paced:
    counted = sandbox.limits()
    sandbox.limit(on=False)
    calls, refused = counted["calls"], counted["refused"]
    return Paced(what, calls, refused, seconds, is_right, most_calls, most_time)
