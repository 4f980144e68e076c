"""Real worker processes, killed at random: each item is on its record once, and the outbox says so.

`make bench` does the same ten times with 2,000 works to 40 records.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.push_worker import Works
from integrations.push import sources
from integrations.push.models import Delivery
from integrations.push.services import lanes
from tests.ops.test_worker import database_url
from tests.push.conftest import Pusher, make_pusher
from tests.push.shelf import Shelf
from tests.sandbox_server import SandboxServer

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60
PER_RECORD = 6


@contextmanager
def worker(orcid: SandboxServer) -> Iterator["subprocess.Popen[str]"]:
    variables = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": database_url(),
        "ORCID_BASE_URL": orcid.base_url,
        "ORCID_PUBLIC_API_URL": orcid.public_api_url,
        "ORCID_MEMBER_API_URL": orcid.member_api_url,
        # So slow that it is always in the middle of something.
        "ORCID_RATE_PER_SECOND": "20",
        "ORCID_RATE_BURST": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.push_worker"],
        cwd=ROOT,
        env=variables,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    yield process
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def test_o3_workers_killed_at_random_lose_nothing_and_double_nothing(
    orcid: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_registered", {"work": Works()})
    orcid.fault("/api", delay_ms=40, times=None)
    people = [make_pusher(orcid, Shelf(), f"Person {number}") for number in range(3)]
    for number, person in enumerate(people):
        person.queue(*range(number * PER_RECORD, (number + 1) * PER_RECORD))

    for _ in range(2):
        with worker(orcid):
            time.sleep(random.uniform(0.02, 0.3))  # noqa: S311  # whenever
    with worker(orcid):
        wait_until_nothing_is_due()

    assert Counter(Delivery.objects.values_list("state", flat=True)) == {
        "in_orcid": len(people) * PER_RECORD
    }
    for person in people:
        rows = Delivery.objects.of(person.user)
        assert on_record(person) == dict(rows.values_list("put_code", "item_id"))


def on_record(person: Pusher) -> dict[int, int]:
    """Put-code and number of each work there."""
    return {
        item["put-code"]: int(item["title"]["title"]["value"].split()[1].strip(","))
        for item in person.record()
    }


def wait_until_nothing_is_due() -> None:
    until = time.monotonic() + PATIENCE
    while Delivery.objects.filter(state__in=["queued", "sending"]).exists():
        assert time.monotonic() < until, list(Delivery.objects.values("item_id", "state", "error"))
        time.sleep(0.1)
    assert lanes.due() == []
