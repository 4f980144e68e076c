"""H6 with Celery's own worker: killed in the middle of pulls, and the next one completes them.

`make bench` does the same with 200 records, on both databases and both brokers.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from contacts.models import Run
from contacts.services import runs
from integrations.works.models import Work
from integrations.works.services import refreshing
from members.actors import Actor
from tests.ops.test_worker import database_url
from tests.sandbox_server import SandboxServer
from tests.works.conftest import make_researcher
from tests.works.record import work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60
PEOPLE, WORKS = 8, 5


@contextlib.contextmanager
def worker(orcid: SandboxServer, log_file: Path) -> Iterator[None]:
    variables = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": database_url(),
        "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
        "ORCID_CLIENT_ID": settings.ORCID_CLIENT_ID,
        "ORCID_BASE_URL": orcid.base_url,
        "ORCID_PUBLIC_API_URL": orcid.public_api_url,
        "ORCID_MEMBER_API_URL": orcid.member_api_url,
        # So slow that it is always in the middle of something.
        "ORCID_RATE_PER_SECOND": "8",
        "ORCID_RATE_BURST": "1",
    }
    command = [sys.executable, "-m", "celery", "-A", "portal", "worker", "--pool", "solo"]
    with log_file.open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=log)  # noqa: S603  # ours
    try:
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def wait_until(is_so: Callable[[], bool]) -> None:
    """While beat sends what it sends."""
    started = time.monotonic()
    while not is_so():
        assert time.monotonic() - started < PATIENCE
        runs.sweep()
        time.sleep(0.2)


def test_h6_a_killed_worker_of_celery_loses_nothing_and_doubles_nothing(
    orcid: SandboxServer, tmp_path: Path
) -> None:
    people = [make_researcher(orcid, f"Person {number}") for number in range(PEOPLE)]
    for person in people:
        person.has(*(work(f"Work {number}", doi=f"10.1/{number}") for number in range(WORKS)))
        refreshing.sync(by=Actor.contact(person.user))

    with worker(orcid, tmp_path / "first.log"):
        wait_until(lambda: Run.objects.filter(state="done").count() > 1)
    left = Run.objects.exclude(state="done").count()
    long_ago = timezone.now() - 2 * runs.LEASE
    Run.objects.filter(state="running").update(claimed_at=long_ago)
    with worker(orcid, tmp_path / "second.log"):
        wait_until(lambda: not Run.objects.filter(state__in=Run.OPEN).exists())

    assert left > 0
    assert set(Run.objects.values_list("state", "result__added")) == {("done", WORKS)}
    assert Work.objects.count() == PEOPLE * WORKS
    assert all(len(set(person.titles)) == WORKS for person in people)
