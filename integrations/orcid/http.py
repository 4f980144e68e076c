"""HTTP to ORCID: every call of the portal to ORCID is sent from here.

Each has a time-out, is counted by the limiter (O5) and is made outside any transaction (H1).
Nothing that is logged holds a URL, as queries hold e-mail addresses, or a token (O1).
"""

import atexit
import json
import logging
import os
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx
import orjson
from django.conf import settings
from django.db import transaction

from integrations.orcid import limiter
from integrations.orcid.errors import OrcidRefused, OrcidUnavailable

log = logging.getLogger(__name__)

# What is logged of a refusal: OAuth's one word for it, nothing else that may come there.
OAUTH_ERROR = re.compile(r"[a-z_]{1,40}")
BUSY = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


@dataclass(frozen=True)
class Patience:
    """How long a call may take. Times are seconds."""

    timeout_factor: float  # × ORCID_TIMEOUT_SECONDS
    longest_wait: float  # for the limiter
    tries: int  # of a GET
    longest_pause: float = 0.0  # before the next try


# A person waits for the page: better to say "busy" than to hang.
IN_A_PAGE = Patience(timeout_factor=1, longest_wait=limiter.LONGEST_WAIT_SECONDS, tries=1)
# Nobody waits. Whole records are long, and all workers share one allowance.
IN_A_WORKER = Patience(timeout_factor=6, longest_wait=120.0, tries=5, longest_pause=60.0)

_patience: ContextVar[Patience] = ContextVar("patience", default=IN_A_PAGE)
_sleep: Callable[[float], None] = time.sleep


@contextmanager
def patient() -> Iterator[None]:
    """For workers: calls inside wait long for their turn, and a GET that fails is tried again.

    Tried again is what may succeed later (429, 502, 503, 504, a broken connection), five times at
    most, after about 1, 2, 4 and 8 seconds, or what `Retry-After` says if that is no more than a
    minute. Never in a web request.
    """
    before = _patience.set(IN_A_WORKER)
    try:
        yield
    finally:
        _patience.reset(before)


def wait_for_turn() -> None:
    """Wait for the limiter before a call that is then sent with `has_turn`.

    For who must look once more just before sending: the wait may be long. Raises
    `OrcidUnavailable` when it would be too long.
    """
    _refuse_inside_transaction()
    limiter.the_limiter().acquire(longest_wait=_patience.get().longest_wait)


def send(
    method: str, url: str, purpose: str, *, has_turn: bool = False, **options: Any
) -> httpx.Response:
    """Send one call, counted by the limiter; the answer, whatever its status.

    `purpose` is the word for it in the log. Raises `OrcidUnavailable` when there is no answer, and
    `RuntimeError` inside a transaction (H1).
    """
    patience = _patience.get()
    tries = patience.tries if method == "GET" else 1
    for number in range(1, tries + 1):
        try:
            if not (has_turn and number == 1):
                wait_for_turn()
            response = _send_once(method, url, purpose, patience, dict(options))
        except _NoAnswer as error:
            if number == tries:
                raise OrcidUnavailable(f"ORCID cannot be reached: {error}.") from None
            pause = _pause(number)
        else:
            pause = _pause(number, response)
            if response.status_code not in BUSY or number == tries:
                return response
            if pause > patience.longest_pause:
                return response
            response.close()
        _sleep(pause)
    raise AssertionError("unreachable")


class _NoAnswer(Exception):
    """The text is the kind of failure."""


def _send_once(
    method: str, url: str, purpose: str, patience: Patience, options: dict[str, Any]
) -> httpx.Response:
    _refuse_inside_transaction()
    headers = {"Accept": "application/json"} | options.pop("headers", {})
    timeout = settings.ORCID_TIMEOUT_SECONDS * patience.timeout_factor
    try:
        return _http().request(method, url, headers=headers, timeout=timeout, **options)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # `from None`: the cause holds the request, and with it tokens and addresses.
        log.warning("ORCID (%s): %s", purpose, type(error).__name__)
        raise _NoAnswer(type(error).__name__) from None


def _pause(number: int, response: httpx.Response | None = None) -> float:
    """Seconds until the next try: what ORCID asks for, else 1, 2, 4 … give or take a half."""
    if response is not None and (asked := retry_after(response)) is not None:
        return asked
    return 2.0 ** (number - 1) * random.uniform(0.5, 1.5)  # noqa: S311  # nothing secret


def retry_after(response: httpx.Response) -> float | None:
    """The seconds of a `Retry-After`; None where there is none, or it is a date."""
    asked = response.headers.get("retry-after", "")
    return float(asked) if re.fullmatch(r"[0-9]{1,7}", asked) else None


def json_object(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of a good answer; what else came, as our own exceptions.

    Raises `OrcidRefused` for a 4xx with a body of ORCID's, else `OrcidUnavailable`.
    """
    body = body_of(response)
    if response.is_success and body is not None:
        return body
    raise failure(response)


def failure(response: httpx.Response) -> OrcidRefused | OrcidUnavailable:
    """The exception for an answer that is not what was asked for."""
    body = body_of(response)
    status = response.status_code
    if response.is_client_error and status != HTTPStatus.TOO_MANY_REQUESTS and body is not None:
        error, code = str(body.get("error") or ""), body.get("error-code")
        return OrcidRefused(
            status=status,
            error=error if OAUTH_ERROR.fullmatch(error) else "",
            code=code if isinstance(code, int) else 0,
        )
    # A proxy in front of ORCID answers in HTML or plain text: never parsed.
    log.warning("ORCID: unusable answer with status %s", status)
    return OrcidUnavailable(
        f"ORCID's answer cannot be used (status {status}).", retry_after=retry_after(response)
    )


def body_of(response: httpx.Response) -> dict[str, Any] | None:
    """The JSON object in the answer, good or bad; None where there is none."""
    if "json" not in response.headers.get("content-type", ""):
        return None
    try:
        body = _json(response.content)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _json(content: bytes) -> Any:
    """Lists of works are long, and each pull parses two. Raises `ValueError`."""
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return json.loads(content)  # takes what is odd but can be read: halves of characters


def text(answer: dict[str, Any], key: str) -> str:
    """A text that must be there. Raises `OrcidUnavailable`: the answer is garbage."""
    value = answer.get(key)
    if not isinstance(value, str) or not value:
        raise OrcidUnavailable(f"ORCID's answer lacks {key}.")
    return value


def shown(value: object) -> str:
    """A text as pages and databases can take it: JSON may hold NUL and halves of characters."""
    text = value if isinstance(value, str) else ""
    if text.isascii() and "\0" not in text:  # the same at once
        return text
    return text.encode(errors="ignore").decode().replace("\0", "")


def _refuse_inside_transaction() -> None:
    connection = transaction.get_connection()
    # The outermost block of a test case does not count, as for `atomic(durable=True)`.
    if connection.in_atomic_block and not getattr(
        connection.atomic_blocks[-1], "_from_testcase", False
    ):
        raise RuntimeError("No call to ORCID inside a transaction (rule H1).")


@lru_cache(maxsize=1)
def _http() -> httpx.Client:
    """One pool of connections per process, made when first needed."""
    # One person's call must not carry cookies that came with another's.
    no_cookies = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    client = httpx.Client(
        headers={"User-Agent": "member-tools"}, cookies=no_cookies, follow_redirects=False
    )
    atexit.register(client.close)
    return client


# A forked worker must not share its parent's sockets.
os.register_at_fork(after_in_child=_http.cache_clear)
