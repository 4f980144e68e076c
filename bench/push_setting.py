"""What both measurements of pushing need: a local ORCID with people, their connections, workers."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.conf import settings

from bench.push_worker import Works
from integrations.orcid import scopes
from integrations.orcid.models import Connection, Credential
from integrations.push import sources
from integrations.push.models import Attempt, Delivery, Lane
from integrations.push.services import queueing
from members.models import Member
from tests.sandbox_server import SandboxServer, start_sandbox

ROOT = Path(__file__).resolve().parent.parent
LATENCY_MS = 50
PATIENCE = 600.0  # seconds
RATE, BURST = 24, 40
APART = 1000  # numbers of one record's works from another's
CLIENT, SECRET = "APP-BENCHBENCHBENCH1", "only-to-measure"
WORKER = [sys.executable, "-m", "bench.push_worker"]


@dataclass
class Setting:
    sandbox: SandboxServer
    connections: list[Connection]
    member: Member

    def queue(self, each: int, connections: Sequence[Connection] = ()) -> None:
        """So many works to each record; called again, the same."""
        for place, connection in enumerate(connections or self.connections):
            numbers = range(place * APART, place * APART + each)
            queueing.queue(
                connection_id=connection.pk,
                section="work",
                item_ids=list(numbers),
                member_id=self.member.pk,
            )

    @contextlib.contextmanager
    def workers(self, number: int, *, edition: int = 1) -> Iterator[None]:
        started = [self.worker(edition=edition) for _ in range(number)]
        try:
            yield
        finally:
            for process in started:
                process.kill()
                process.wait()

    def worker(
        self, *, edition: int = 1, is_awaited: bool = True, limits: Mapping[str, int] | None = None
    ) -> "subprocess.Popen[str]":
        """A process, ready or soon to be; who starts it stops it."""
        variables = {
            **os.environ,
            "ORCID_CLIENT_ID": CLIENT,
            "ORCID_CLIENT_SECRET": SECRET,
            "ORCID_BASE_URL": self.sandbox.base_url,
            "ORCID_PUBLIC_API_URL": self.sandbox.public_api_url,
            "ORCID_MEMBER_API_URL": self.sandbox.member_api_url,
            **{name: str(value) for name, value in (limits or {}).items()},
        }
        process = subprocess.Popen(  # noqa: S603  # ours
            [*WORKER, str(edition)], cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None  # noqa: S101  # it is a pipe
        if is_awaited:
            process.stdout.readline()
        return process

    def wait(self) -> float:
        """Until nothing is under way; the seconds it took."""
        started = time.perf_counter()
        while Delivery.objects.filter(state__in=["queued", "sending"]).exists():
            if time.perf_counter() - started > PATIENCE:
                raise RuntimeError("The push does not come to an end.")
            time.sleep(0.02)
        return time.perf_counter() - started

    def on_records(self) -> list[tuple[str, int, str]]:
        """iD, put-code and title of every work on the records."""
        found = []
        for connection in self.connections:
            url = f"{self.sandbox.member_api_url}/{connection.orcid}/works"
            token = {"Authorization": f"Bearer {connection.access_token}"}
            answer = self.sandbox.http.get(url, headers={**token, "Accept": "application/json"})
            for group in answer.raise_for_status().json()["group"]:
                found += [
                    (connection.orcid, each["put-code"], each["title"]["title"]["value"])
                    for each in group["work-summary"]
                ]
        return found


@contextlib.contextmanager
def setting(records: int, *, latency_ms: int = LATENCY_MS) -> Iterator[Setting]:
    """So many records that may be written to; nothing is queued."""
    forget()
    sources.register("work", Works())
    patch("integrations.push.services.lanes.wake").start()  # the workers look by themselves
    settings.ORCID_CLIENT_ID = CLIENT
    with tempfile.TemporaryDirectory(prefix="member-tools-bench-") as folder:
        sandbox = start_sandbox(Path(folder) / "orcid")
        try:
            sandbox.fault("/api", delay_ms=latency_ms, times=None)
            sandbox.add_client(client_id=CLIENT, client_secret=SECRET, name="Bench")
            connections = [_connection(sandbox) for _ in range(records)]
            member = Member.objects.order_by("pk").first() or _member()
            yield Setting(sandbox, connections, member)
        finally:
            sandbox.stop()
    forget()


def forget() -> None:
    """Whatever an earlier measurement left."""
    Attempt.objects.all().delete()
    Delivery.objects.all().delete()
    Lane.objects.all().delete()
    Connection.objects.filter(credential__client_id=CLIENT).delete()


def _connection(sandbox: SandboxServer) -> Connection:
    scope = [scopes.READ_LIMITED, scopes.ACTIVITIES_UPDATE]
    orcid = sandbox.add_person(given_names="Bench", family_name="Push")
    tokens: dict[str, Any] = sandbox.give_permission(orcid, CLIENT, " ".join(scope))
    return Connection.objects.create(
        credential=Credential.objects.own(), orcid=orcid, scopes=scope, **tokens
    )


def _member() -> Member:
    from tests.factories import make_member  # noqa: PLC0415  # only where there is none

    return make_member("University of Pushing")
