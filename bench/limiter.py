"""The limiter (O5) under four worker processes that all call as fast as they may.

With Redis as its store, and with the embedded default: one row of an SQLite database. It must let
through what is allowed, no more, and not much less.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

WORKERS = 4
RATE, BURST = 24, 40
SECONDS = float(os.environ.get("BENCH_LIMITER_SECONDS", "6"))
ROOT = Path(__file__).resolve().parent.parent
WORKER = [sys.executable, "-m", "bench.limiter"]


@dataclass(frozen=True)
class Held:
    what: str
    calls: int
    most_beyond: float  # calls beyond burst + rate × time, in the worst stretch of time
    shares: list[int]  # of each worker

    @property
    def allowed(self) -> float:
        return BURST + RATE * SECONDS

    @property
    def is_right(self) -> bool:
        """No more than is allowed, and hardly less.

        Of each worker one call may look late, as it notes the time only after it was let through.
        """
        return self.most_beyond <= WORKERS and self.calls >= 0.95 * self.allowed


def measure() -> list[Held]:
    with tempfile.TemporaryDirectory(prefix="member-tools-bench-") as folder:
        found = [_hold("in a row of SQLite", _embedded(folder))]
        if shutil.which("redis-server"):
            with redis(folder) as url:
                found.append(_hold("in Redis", {**_embedded(folder), "REDIS_URL": url}))
    return found


def _embedded(folder: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder}/limiter.sqlite3",
        "DATA_DIR": folder,
        "REDIS_URL": "",
        "ORCID_RATE_PER_SECOND": str(RATE),
        "ORCID_RATE_BURST": str(BURST),
    }


@contextlib.contextmanager
def redis(folder: str) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)  # noqa: S603  # ours
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


def _hold(what: str, variables: dict[str, str]) -> Held:
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=variables, check=True)  # noqa: S603  # ours
    workers = [_start(variables) for _number in range(WORKERS)]
    for _stdin, stdout in map(_pipes, workers):
        stdout.readline()  # it is ready
    for stdin, _stdout in map(_pipes, workers):
        stdin.write("go\n")
        stdin.flush()
    times = [[float(moment) for moment in worker.communicate()[0].split()] for worker in workers]
    together = sorted(moment for some in times for moment in some)
    return Held(what, len(together), _most_beyond(together), [len(some) for some in times])


def _start(variables: dict[str, str]) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen(WORKER, cwd=ROOT, env=variables, stdin=pipe, stdout=pipe, text=True)  # noqa: S603  # ours


def _pipes(worker: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    if worker.stdin is None or worker.stdout is None:
        raise ValueError("A worker is started with pipes.")
    return worker.stdin, worker.stdout


def _most_beyond(times: list[float]) -> float:
    """How many calls more than allowed were made in any stretch of time."""
    return max(
        (last - first + 1) - (BURST + RATE * (times[last] - times[first]))
        for first in range(len(times))
        for last in range(first, len(times))
    )


def work() -> None:
    """One worker: the moments at which it was let through."""
    import django  # noqa: PLC0415  # only here, in a process of its own

    django.setup()
    from integrations.orcid.errors import OrcidUnavailable  # noqa: PLC0415
    from integrations.orcid.limiter import the_limiter  # noqa: PLC0415

    limiter = the_limiter()
    print("ready", flush=True)  # noqa: T201  # to the process that measures
    sys.stdin.readline()
    moments, end = [], time.time() + SECONDS
    with contextlib.suppress(OrcidUnavailable):
        while True:
            limiter.acquire(longest_wait=max(0.0, end - time.time()))
            moments.append(time.time())
    print(*moments, flush=True)  # noqa: T201


if __name__ == "__main__":
    work()
