"""What the measurements of pulling need: people who are connected, with runs that wait, and workers."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from bench.pull_worker import Report, processor_seconds
from contacts.models import Run, User
from integrations.orcid.ids import check_character
from integrations.orcid.models import Connection, Credential
from integrations.works.models import Pull, Work

ROOT = Path(__file__).resolve().parent.parent
NAME = "Bench pull"


def made_up_orcids(number: int) -> list[str]:
    found = []
    for place in range(number):
        digits = f"00000002{place:07d}"
        whole = digits + check_character(digits)
        found.append("-".join(whole[start : start + 4] for start in range(0, 16, 4)))
    return found


def connect(tokens: dict[str, str]) -> list[User]:
    """A person for each iD, connected by its access token."""
    credential = Credential.objects.own()
    people = User.objects.bulk_create(User(orcid=orcid, name=NAME) for orcid in tokens)
    connections = Connection.objects.bulk_create(
        Connection(credential=credential, orcid=orcid, access_token=token)
        for orcid, token in tokens.items()
    )
    Pull.objects.bulk_create(Pull(connection=connection) for connection in connections)
    return people


def queue(people: Sequence[User]) -> list[int]:
    """A run for each of them; their keys."""
    runs = Run.objects.bulk_create(
        Run(kind=Run.Kind.WORKS_PULL, started_by=person) for person in people
    )
    return [run.pk for run in runs]


def waiting() -> list[int]:
    """The keys of the runs that somebody else has queued."""
    runs = Run.objects.filter(started_by__name=NAME, state=Run.State.QUEUED)
    return list(runs.order_by("pk").values_list("pk", flat=True))


def are_all_over() -> bool:
    """Whether none waits or is under way: done, or failed."""
    return not Run.objects.filter(started_by__name=NAME, state__in=Run.OPEN).exists()


def are_all_done() -> bool:
    runs = Run.objects.filter(started_by__name=NAME)
    return not runs.exclude(state=Run.State.DONE).exists()


def forget() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Else it takes the works for the few that there were at first: minutes instead of seconds.
            cursor.execute("ANALYZE works_work, contacts_user, contacts_run, orcid_connection")
    people = User.objects.filter(name=NAME)
    Connection.objects.filter(orcid__in=people.values("orcid")).delete()
    Run.objects.filter(started_by__in=people).delete()
    works = Work.objects.filter(person__in=people)
    works._raw_delete(works.db)  # noqa: SLF001  # nothing hangs on them
    people.delete()


@dataclass(frozen=True)
class Replay:
    """A running server of fixed answers (bench/replay.py)."""

    process: "subprocess.Popen[str]"
    url: str

    @property
    def seconds(self) -> float:
        """Of a processor, so far."""
        return processor_seconds(self.process.pid)


@contextlib.contextmanager
def replay(works: int, *, delay_ms: int = 0) -> Iterator[Replay]:
    command = [sys.executable, "-m", "bench.replay", str(works), str(delay_ms)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603  # ours
    try:
        yield Replay(process, f"http://127.0.0.1:{_line(process).strip()}")
    finally:
        process.terminate()
        process.wait()


class Workers:
    """Processes that pull (bench/pull_worker.py), ready when this returns."""

    def __init__(self, number: int, variables: dict[str, str], *, free: bool = False) -> None:
        command = [sys.executable, "-m", "bench.pull_worker", *(["free"] if free else [])]
        environment = {**os.environ, **variables}
        pipe = subprocess.PIPE
        self._processes = [
            subprocess.Popen(  # noqa: S603  # ours
                command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True
            )
            for _ in range(number)
        ]
        for process in self._processes:
            _line(process)

    def perform(self, keys: Sequence[int]) -> tuple[float, list[Report]]:
        """Carry out these runs; the seconds that took, and what each worker says."""
        started = time.perf_counter()
        for place, process in enumerate(self._processes):
            assert process.stdin is not None  # noqa: S101  # it is a pipe
            process.stdin.write(json.dumps(list(keys[place :: len(self._processes)])) + "\n")
            process.stdin.flush()
        said = [Report(**json.loads(_line(process))) for process in self._processes]
        return time.perf_counter() - started, said

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_error: object) -> None:
        for process in self._processes:
            process.kill()
            process.wait()


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None  # noqa: S101  # it is a pipe
    return process.stdout.readline()
