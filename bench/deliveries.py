"""2,000 deliveries of an announcement to a real mail server, and a worker that is killed meanwhile.

Nobody may get two, and each row must tell what happened.
"""

import os
import queue
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from django.conf import settings

from bench import data
from contacts import tasks
from contacts.models import Announcement, Mail
from contacts.services import announcements
from members.actors import Actor

PEOPLE = 2000
KILLED_AFTER = [200, 700, 1300]  # mails that have arrived
PATIENCE = 120.0  # seconds without a mail
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Delivered:
    seconds: float
    kills: int
    lost: int
    twice: int
    untrue: int  # rows that say *sent* of a mail that never came
    unknown: int

    @property
    def is_right(self) -> bool:
        return not (self.lost or self.twice or self.untrue) and self.unknown <= self.kills


class Sink:
    def __init__(self) -> None:
        self.arrived: queue.Queue[str] = queue.Queue()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.arrived.put(str(BytesHeaderParser().parsebytes(envelope.content)["To"]))
        return "250 OK"


def measure() -> Delivered:
    sink = Sink()
    port = _free_port()
    mail_server = Controller(sink, hostname="127.0.0.1", port=port)
    mail_server.start()
    try:
        return _measure(sink, port)
    finally:
        mail_server.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port: int = unused.getsockname()[1]
        return port


def _measure(sink: Sink, port: int) -> Delivered:
    announcement = _send()
    started, got = time.perf_counter(), Counter[str]()
    for number in KILLED_AFTER:
        worker = _worker(port)
        _wait(sink, got, announcement, number)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        _as_if_time_had_passed(announcement)
    worker = _worker(port)
    _wait(sink, got, announcement, PEOPLE)
    worker.terminate()
    worker.wait()
    while not sink.arrived.empty():
        got[sink.arrived.get()] += 1
    return _judge(announcement, got, time.perf_counter() - started)


def _send() -> Announcement:
    consortium = data.consortium(members=100, contacts=PEOPLE)
    Mail.objects.filter(announcement__consortium=consortium).delete()
    by = Actor.lead(data.reader(consortium))
    written = announcements.write_announcement(
        consortium_id=consortium.pk, kind="newsletter", subject="News", body="Some *news*.", by=by
    )
    return announcements.send_announcement(announcement_id=written.pk, version=1, by=by)


def _worker(port: int) -> subprocess.Popen[bytes]:
    variables = {
        **os.environ,
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "DATA_DIR": str(settings.DATA_DIR),
        "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
    }
    command = [sys.executable, "-m", "celery", "-A", "portal", "worker", "--pool", "solo"]
    quiet = subprocess.DEVNULL
    tasks.sweep_announcements.delay()  # what beat sends every half minute
    return subprocess.Popen(command, cwd=ROOT, env=variables, stdout=quiet, stderr=quiet)  # noqa: S603  # ours


def _wait(sink: Sink, got: "Counter[str]", announcement: Announcement, number: int) -> None:
    """Until so many have arrived, or none is left to come."""
    last = time.monotonic()
    while sum(got.values()) < number:
        try:
            got[sink.arrived.get(timeout=2)] += 1
            last = time.monotonic()
        except queue.Empty:
            if not _is_under_way(announcement):
                return
            if time.monotonic() - last > PATIENCE:
                raise RuntimeError("No mail arrives any more.") from None


def _is_under_way(announcement: Announcement) -> bool:
    rows = Mail.objects.filter(announcement=announcement, state__in=["queued", "sending"])
    unwritten = Announcement.objects.filter(pk=announcement.pk, queued_at=None)
    return rows.exists() or unwritten.exists()


def _as_if_time_had_passed(announcement: Announcement) -> None:
    """The lease of what was in flight, and the silence after which a chain counts as broken."""
    rows = Mail.objects.filter(announcement=announcement)
    rows.update(claimed_at="2020-01-01T00:00Z", created_at="2020-01-01T00:00Z")
    tasks.deliver_due_mails()


def _judge(announcement: Announcement, got: "Counter[str]", seconds: float) -> Delivered:
    states = dict(Mail.objects.filter(announcement=announcement).values_list("to", "state"))
    return Delivered(
        seconds=seconds,
        kills=len(KILLED_AFTER),
        lost=PEOPLE - sum(1 for to, state in states.items() if state == "unknown" or got[to]),
        twice=sum(1 for number in got.values() if number > 1),
        untrue=sum(1 for to, state in states.items() if state == "sent" and not got[to]),
        unknown=sum(1 for state in states.values() if state == "unknown"),
    )
