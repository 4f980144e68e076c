"""Pulls as fast as workers can, from a server that replays fixed answers; and the memory they take.

`BENCH_RECORDS` records of thirty works, on two cores; then 100,000 works by one worker, 1,000 to a record.
"""

import os
from dataclasses import dataclass
from typing import ClassVar

from django.db import connection as database

from bench import pull_setting
from bench.pull_setting import Replay, Workers
from integrations.works.models import Work

RECORDS = int(os.environ.get("BENCH_RECORDS", "2000"))
WORKS = 30
CORES = 2
# One for each: a worker and its database take turns, and more of them only push each other aside.
WORKERS = CORES
LARGE, LARGE_WORKS = 100, 1000


@dataclass(frozen=True)
class Pulled:
    records: int
    works: int
    seconds: float
    # Of a processor: workers, database and the replaying server together; 0 where nobody tells. Told
    # beside the time, as other programs on the machine make a run longer, but hardly this.
    used: float
    target: ClassVar[float] = 150.0  # records a second

    @property
    def per_second(self) -> float:
        return self.records / self.seconds

    @property
    def per_second_of_two(self) -> float | None:
        """Records a second on two cores that have nothing else to do."""
        return CORES * self.records / self.used if self.used else None

    @property
    def is_right(self) -> bool:
        return self.per_second >= self.target and self.works == self.records * WORKS


@dataclass(frozen=True)
class Remembered:
    works: int
    first: float  # megabytes that the first tenth takes while it is read
    grown: float  # and the others in addition
    most: ClassVar[float] = 12.0


def measure() -> Pulled:
    with pull_setting.replay(WORKS) as server:
        keys = _queued(RECORDS + WORKERS)
        with Workers(WORKERS, _asking(server), free=True) as workers:
            # One each before: what a worker takes to start is no part of a pull.
            workers.perform(keys[:WORKERS])
            before = server.seconds
            seconds, said = workers.perform(keys[WORKERS:])
            used = sum(each.seconds for each in said) + server.seconds - before
    return Pulled(RECORDS, _works() - WORKERS * WORKS, seconds, used)


def measure_memory() -> Remembered:
    with pull_setting.replay(LARGE_WORKS) as server:
        keys = _queued(LARGE)
        with Workers(1, _asking(server), free=True) as workers:
            _seconds, [said] = workers.perform(keys)
    return Remembered(_works(), said.first, said.grown)


def _asking(server: Replay) -> dict[str, str]:
    return {"ORCID_MEMBER_API_URL": server.url}


def _queued(records: int) -> list[int]:
    pull_setting.forget()
    tokens = dict.fromkeys(pull_setting.made_up_orcids(records), "t")
    keys = pull_setting.queue(pull_setting.connect(tokens))
    with database.cursor() as cursor:
        cursor.execute("ANALYZE contacts_run, contacts_user, orcid_connection, works_pull")
    return keys


def _works() -> int:
    """How many came; they go."""
    found = Work.objects.filter(person__name=pull_setting.NAME).count()
    pull_setting.forget()
    return found
