"""H6 with a real Celery worker, a real broker and a real mail server."""

import functools
import os
import queue
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import connection
from kombu import Connection

from contacts import tasks
from contacts.models import Mail
from contacts.services import invitations
from members.actors import Actor
from portal.celery import app
from tests.factories import make_consortium, make_member

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parent.parent.parent
# A worker needs a few seconds to start; on a busy machine more.
PATIENCE = 60


class Mailbox:
    def __init__(self) -> None:
        self.received: queue.Queue[EmailMessage] = queue.Queue()

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.received.put(BytesParser(EmailMessage, policy=default).parsebytes(content))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    handler = Mailbox()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield handler, controller.port
    controller.stop()


@contextmanager
def start_worker(mail_port: int, log_file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process on the test's database and the test's broker."""
    variables = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": database_url(),
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
    }
    command = [sys.executable, "-m", "celery", "-A", "portal", "worker", "--pool", "solo"]
    with log_file.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603  # ours
            command, cwd=ROOT, env=variables, stdout=log, stderr=log
        )
    yield process
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture
def worker(mailbox: tuple[Mailbox, int], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    with start_worker(mailbox[1], tmp_path / "worker.log") as process:
        yield process


def test_worker_delivers_what_a_service_has_queued(
    mailbox: tuple[Mailbox, int], worker: subprocess.Popen[bytes]
) -> None:
    invite("new.person@uni.example")

    message = mailbox[0].received.get(timeout=PATIENCE)

    assert message["To"] == "new.person@uni.example"
    stop(worker)
    assert Mail.objects.get().state == Mail.State.SENT


def test_without_broker_the_request_succeeds_and_the_sweep_delivers_later(
    mailbox: tuple[Mailbox, int], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as unplugged:
        nowhere = Connection("redis://127.0.0.1:9/0", transport_options={"max_retries": 0})
        send = functools.partial(cast("Any", tasks.deliver_mail).apply_async, connection=nowhere)
        unplugged.setattr(tasks.deliver_mail, "apply_async", send)
        invite("new.person@uni.example")
    assert Mail.objects.get().state == Mail.State.QUEUED

    worker: subprocess.Popen[bytes] = request.getfixturevalue("worker")
    tasks.deliver_due_mails.delay()  # what beat sends every half minute

    assert mailbox[0].received.get(timeout=PATIENCE)["To"] == "new.person@uni.example"
    stop(worker)
    assert Mail.objects.get().state == Mail.State.SENT


def test_a7_nobody_waits_for_a_broker_that_is_out_of_reach() -> None:
    code = (
        "import time; from portal.celery import app; began = time.monotonic()\n"
        "try: app.send_task('contacts.deliver_mail', args=(1,), retry=False)\n"
        "except Exception: print(time.monotonic() - began)"
    )

    ran = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", code],
        env=os.environ | {"CELERY_BROKER_URL": "redis://127.0.0.1:9/0"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert float(ran.stdout) < 2  # the first pause between tries


def test_beat_schedules_only_tasks_that_exist() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert scheduled - set(app.tasks) == set()


def invite(email: str) -> None:
    member = make_member("University of Somewhere", make_consortium())
    invitations.invite_contact(
        member_id=member.pk, email=email, roles=["technical"], by=Actor.system()
    )


def stop(worker: subprocess.Popen[bytes]) -> None:
    """A warm shutdown: the worker finishes what it is doing, then its rows say so."""
    worker.terminate()
    worker.wait(PATIENCE)


def database_url() -> str:
    """The test database, as a worker of its own reaches it."""
    parts: dict[str, Any] = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{parts['NAME']}"
    login = quote(parts["USER"], safe="")
    if parts["PASSWORD"]:
        login += ":" + quote(parts["PASSWORD"], safe="")
    host = f"{parts['HOST']}:{parts['PORT']}" if parts["PORT"] else parts["HOST"]
    return f"postgres://{login}@{host}/{parts['NAME']}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
