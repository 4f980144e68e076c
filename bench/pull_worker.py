"""A worker that pulls: `python -m bench.pull_worker [free]`, `free` for one that no limiter holds up.

Says *ready*, then performs the runs whose keys it reads, a list in JSON in each line, and says of each
list what it cost.
"""

import contextlib
import json
import os
import resource
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Report:
    seconds: float  # of a processor: this process's and its database's
    first: float  # megabytes that the first tenth of the runs took
    grown: float  # and the others in addition


def processor_seconds(pid: int, name: str = "") -> float:
    """What a process has used of a processor, where the system tells; nothing else is named so."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    program, _bracket, rest = words.partition("(")[2].rpartition(")")
    user, system = rest.split()[11:13]
    ticks = int(user) + int(system) if name in program else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def _main(*, free: bool) -> None:
    import django  # noqa: PLC0415

    django.setup()
    from contacts.services import runs  # noqa: PLC0415
    from integrations.orcid import limiter  # noqa: PLC0415

    class Free:
        """Lets every call through: what is measured is the portal, not the limit."""

        def acquire(self, **_how: float) -> None:
            return

    if free:
        limiter.the_limiter = Free  # type: ignore[assignment]  # the same to its callers
    _say("ready")
    for line in sys.stdin:
        keys = json.loads(line)
        before, start = _seconds(), _megabytes()
        tenth = max(len(keys) // 10, 1)
        for key in keys[:tenth]:
            runs.perform(run_id=key)
        taken = _megabytes()
        for key in keys[tenth:]:
            runs.perform(run_id=key)
        report = Report(_seconds() - before, taken - start, _megabytes() - taken)
        _say(json.dumps(asdict(report)))


def _seconds() -> float:
    from django.db import connection  # noqa: PLC0415

    own = resource.getrusage(resource.RUSAGE_SELF)
    theirs = 0.0
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        session: Any = connection.connection
        theirs = processor_seconds(session.info.backend_pid, "postgres")
    return own.ru_utime + own.ru_stime + theirs


def _megabytes() -> float:
    """The most memory that this process has had.

    `ru_maxrss` is the last resort: on Linux a process begins with that of whoever started it.
    """
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _main(free="free" in sys.argv)
