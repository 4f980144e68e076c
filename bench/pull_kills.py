"""Celery's worker, with all its processes, killed (SIGKILL) at random while the works of 200 records are
read: on PostgreSQL with Redis, and on the embedded default, SQLite with messages in files. What was
stopped in the middle is completed by the next one, and no work is there twice.

`python -m bench.pull_kills <name>` is one such run; it prints what it found.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.limiter import redis

RECORDS, WORKS = 200, 130  # two steps each
KILLS = 5
PATIENCE = 300.0  # seconds
DELAY_MS = 30
ROOT = Path(__file__).resolve().parent.parent
# Fast enough to come to an end soon; no burst, so that it is always in the middle.
LIMITS = {"ORCID_RATE_PER_SECOND": "60", "ORCID_RATE_BURST": "1"}


@dataclass(frozen=True)
class Completed:
    what: str
    kills: int
    interrupted: int  # runs that a killed worker had begun
    lost: int
    doubled: int
    untrue: int  # runs that are not done, or count otherwise than what is here
    seconds: float

    @property
    def is_right(self) -> bool:
        wrong = self.lost or self.doubled or self.untrue
        return not wrong and self.kills >= KILLS and self.interrupted > 0


def measure() -> list[Completed]:
    found = []
    if shutil.which("redis-server"):
        with _folder() as folder, redis(folder) as url:
            variables = {"REDIS_URL": url, "CELERY_BROKER_URL": url, "DATA_DIR": folder}
            found.append(_apart("PostgreSQL and Redis", variables))
    with _folder() as folder:
        embedded = {
            "DATABASE_URL": f"sqlite:///{folder}/pulls.sqlite3",
            "DATA_DIR": folder,
            "REDIS_URL": "",
            "CELERY_BROKER_URL": "filesystem://localhost",
        }
        found.append(_apart("SQLite and files", embedded))
    return found


def _folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="member-tools-bench-")


def _apart(what: str, variables: dict[str, str]) -> Completed:
    ran = subprocess.run(  # noqa: S603  # ours
        [sys.executable, "-m", "bench.pull_kills", what],
        cwd=ROOT,
        env={**os.environ, **variables, **LIMITS},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Completed(**json.loads(ran.stdout.splitlines()[-1]))


@contextlib.contextmanager
def _worker(variables: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """`celery worker`, with two processes; none of them outlives this."""
    command = [sys.executable, "-m", "celery", "-A", "portal", "worker", "--concurrency", "2"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(  # noqa: S603  # ours
        command,
        cwd=ROOT,
        env={**os.environ, **variables},
        stdout=quiet,
        stderr=quiet,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        # The whole group: those that it started live on without it, and would finish their work.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _run(what: str) -> Completed:
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)
    from bench import pull_setting  # noqa: PLC0415

    pull_setting.forget()
    tokens = dict.fromkeys(pull_setting.made_up_orcids(RECORDS), "t")
    pull_setting.queue(pull_setting.connect(tokens))
    kills = interrupted = 0
    started = time.perf_counter()
    with pull_setting.replay(WORKS, delay_ms=DELAY_MS) as server:
        variables = {"ORCID_MEMBER_API_URL": server.url}
        while kills < KILLS and not pull_setting.are_all_over():
            with _worker(variables):
                _wait_for_some_works()
                time.sleep(random.uniform(0.0, 1.5))  # noqa: S311  # whenever
            kills += 1
            interrupted += _as_if_minutes_had_passed()
        with _worker(variables):
            _beat(pull_setting.are_all_over)
    seconds = time.perf_counter() - started
    found = _compare(what, kills, interrupted, seconds)
    pull_setting.forget()
    return found


def _wait_for_some_works() -> None:
    from contacts.models import Run  # noqa: PLC0415

    runs = Run.objects.exclude(state=Run.State.QUEUED)
    before = runs.count()
    _beat(lambda: runs.count() > before)


def _beat(is_over: Any) -> None:
    """Send what beat sends, until it is over."""
    from contacts.services import runs  # noqa: PLC0415

    started = time.perf_counter()
    looks = 0
    while not is_over():
        if time.perf_counter() - started > PATIENCE:
            raise RuntimeError("The pulls do not come to an end.")
        if looks % 20 == 0:
            runs.sweep()
        looks += 1
        time.sleep(0.1)


def _as_if_minutes_had_passed() -> int:
    """What dead workers hold is taken over after the lease; how many runs that are."""
    from django.utils import timezone  # noqa: PLC0415

    from contacts.models import Run  # noqa: PLC0415
    from contacts.services import runs  # noqa: PLC0415

    long_ago = timezone.now() - 2 * runs.LEASE
    held = Run.objects.filter(state=Run.State.RUNNING, claimed_at__gt=long_ago)
    return held.update(claimed_at=long_ago)


def _compare(what: str, kills: int, interrupted: int, seconds: float) -> Completed:
    from bench.pull_setting import NAME  # noqa: PLC0415
    from contacts.models import Run  # noqa: PLC0415
    from integrations.works.models import Pull, Work  # noqa: PLC0415

    works = Work.objects.filter(person__name=NAME)
    single = works.values("person", "put_code").distinct().count()
    titles = works.values("person", "title").distinct().count()
    counted = Run.objects.filter(
        started_by__name=NAME, state=Run.State.DONE, done=WORKS, result__added=WORKS
    )
    seen = Pull.objects.filter(connection__orcid__in=works.values("person__orcid"))
    return Completed(
        what=what,
        kills=kills,
        interrupted=interrupted,
        lost=RECORDS * WORKS - single,
        doubled=works.count() - min(single, titles),
        untrue=2 * RECORDS - counted.count() - seen.exclude(fingerprint="").count(),
        seconds=seconds,
    )


if __name__ == "__main__":
    said = _run(sys.argv[1])
    sys.stdout.write(json.dumps(asdict(said)) + "\n")
