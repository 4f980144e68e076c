"""Workers killed (SIGKILL) ten times at random while 2,000 works go to 40 records: on PostgreSQL with four
workers, on SQLite with one. Each must be on its record once, and the outbox must say so.

`python -m bench.push_kills <database> <workers>` is one such run; it prints what it found.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

RECORDS, PER_RECORD = 40, 50
KILLS = 10
ROOT = Path(__file__).resolve().parent.parent
# So slow that most die in the middle of a call.
LATENCY_MS = 300
LIMITS = {"ORCID_RATE_PER_SECOND": 24, "ORCID_RATE_BURST": 1}


@dataclass(frozen=True)
class Survived:
    what: str
    kills: int
    under_way: int  # rows that said *sending* after a kill, at most
    lost: int
    doubled: int
    untrue: int  # rows that say otherwise than the record
    seconds: float

    @property
    def is_right(self) -> bool:
        wrong = self.lost or self.doubled or self.untrue
        return not wrong and self.kills >= KILLS and self.under_way > 0


def measure() -> list[Survived]:
    with tempfile.TemporaryDirectory(prefix="member-tools-bench-") as folder:
        embedded = {"DATABASE_URL": f"sqlite:///{folder}/push.sqlite3", "DATA_DIR": folder}
        return [_apart("PostgreSQL, 4 workers", {}, 4), _apart("SQLite, 1 worker", embedded, 1)]


def _apart(what: str, variables: dict[str, str], workers: int) -> Survived:
    ran = subprocess.run(  # noqa: S603  # ours
        [sys.executable, "-m", "bench.push_kills", what, str(workers)],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Survived(**json.loads(ran.stdout.splitlines()[-1]))


def _run(what: str, number: int) -> Survived:
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)
    from bench.push_setting import setting  # noqa: PLC0415
    from integrations.push.models import Delivery  # noqa: PLC0415

    under_way = kills = 0
    with setting(RECORDS, latency_ms=LATENCY_MS) as at:
        running = [at.worker(limits=LIMITS) for _ in range(number)]
        at.queue(PER_RECORD)
        started = time.perf_counter()
        try:
            while kills < KILLS:
                time.sleep(random.uniform(0.1, 0.8))  # noqa: S311  # whenever
                if not Delivery.objects.filter(state__in=["queued", "sending"]).exists():
                    break
                victim = running.pop(random.randrange(number))  # noqa: S311
                victim.send_signal(signal.SIGKILL)
                victim.wait()
                kills += 1
                under_way = max(under_way, Delivery.objects.filter(state="sending").count())
                running.append(at.worker(is_awaited=number == 1, limits=LIMITS))
            at.wait()
        finally:
            for process in running:
                process.kill()
                process.wait()
        seconds = time.perf_counter() - started
        there = at.on_records()
        rows = Delivery.objects.values_list("connection__orcid", "put_code", "item_id", "state")
        said = {
            (orcid, code, f"Work {item}, edition 1"): state for orcid, code, item, state in rows
        }
    titles = Counter(title for _orcid, _code, title in there)
    return Survived(
        what=what,
        kills=kills,
        under_way=under_way,
        lost=RECORDS * PER_RECORD - len(titles),
        doubled=sum(times - 1 for times in titles.values()),
        untrue=len(set(there) ^ set(said)) + sum(state != "in_orcid" for state in said.values()),
        seconds=seconds,
    )


if __name__ == "__main__":
    found = _run(sys.argv[1], int(sys.argv[2]))
    sys.stdout.write(json.dumps(asdict(found)) + "\n")
