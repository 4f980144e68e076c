"""Calling those who asked to be told when a record changes (orcid-api.md, 4).

Addresses of this computer only: whatever a client registers, the sandbox reaches nothing else.
"""

import contextlib
import datetime as dt
import ipaddress
import logging
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx
from django.db import close_old_connections, connections
from django.db.models import F

from integrations.sandbox.clock import clock
from integrations.sandbox.models import Client, Webhook

MAX_ATTEMPTS = 25
TIMEOUT_SECONDS = 5

log = logging.getLogger("sandbox")
# One round at a time, whether the thread begins it or a request does.
round_lock = threading.Lock()


@dataclass(frozen=True)
class Called:
    """One call: the status that came back, or None and why there is none."""

    webhook: Webhook
    status: int | None
    problem: str = ""

    @property
    def is_done(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def answer(self) -> str:
        return self.problem or str(self.status)


@contextlib.contextmanager
def running() -> Iterator[None]:
    """Call in a thread of its own, as often as the clock says, until the end of the block."""
    stopping = threading.Event()

    def rounds() -> None:
        while not stopping.is_set():
            if clock.every_seconds:
                quiet_round()
            clock.changed.wait(clock.every_seconds or None)
            clock.changed.clear()

    thread = threading.Thread(target=rounds, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        clock.changed.set()
        thread.join()


def quiet_round() -> None:
    close_old_connections()
    try:
        call_due()
    except Exception:
        log.exception("A round of webhook calls failed; the next one goes on.")
    finally:
        connections.close_all()


def call_due() -> list[Called]:
    """Call every webhook that is due, one after the other; what came of it."""
    made: list[Called] = []
    busy: set[Client] = set()
    with round_lock, client() as http:
        for webhook in due():
            # A client that answers 429 is left alone for the rest of the round.
            if webhook.client in busy:
                continue
            called = call(http, webhook)
            note(called)
            made.append(called)
            if called.status == HTTPStatus.TOO_MANY_REQUESTS:
                busy.add(webhook.client)
    return made


def due() -> list[Webhook]:
    """Those whose record has changed since it was told, and who are not to be left in peace yet."""
    changed = Webhook.objects.filter(
        person__modified_ms__gt=F("told_ms"), failures__lt=MAX_ATTEMPTS
    ).select_related("person", "client")
    now = clock.now()
    return [webhook for webhook in changed if next_call_at(webhook) <= now]


def next_call_at(webhook: Webhook) -> dt.datetime:
    if webhook.failed_at is None:
        return webhook.created_at
    pause = dt.timedelta(seconds=webhook.failures * clock.retry_seconds)
    return webhook.failed_at + pause


def call(http: httpx.Client, webhook: Webhook) -> Called:
    if not is_of_this_computer(webhook.uri):
        return Called(webhook, None, "not called: not an address of this computer")
    try:
        answer = http.post(webhook.uri)
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        return Called(webhook, None, f"no answer ({type(problem).__name__})")
    return Called(webhook, answer.status_code)


def note(called: Called) -> None:
    """What was told is what the record said before the call: a change during it is told again."""
    webhook = called.webhook
    # The client may have deleted it meanwhile.
    mine = Webhook.objects.filter(pk=webhook.pk)
    if called.is_done:
        told = webhook.person.modified_ms
        mine.update(told_ms=told, failures=0, failed_at=None, last_answer=called.answer)
    else:
        mine.update(
            failures=F("failures") + 1, failed_at=clock.now(), last_answer=called.answer[:200]
        )


def client() -> httpx.Client:
    # No proxies, no redirects: either could lead away from this computer. No certificates: reading
    # those of the world takes longer than the calls.
    return httpx.Client(
        trust_env=False,
        follow_redirects=False,
        verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        timeout=TIMEOUT_SECONDS,
    )


def is_of_this_computer(uri: str) -> bool:
    """Loopback by number or as `localhost`; no name is looked up."""
    try:
        host = urlsplit(uri).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
