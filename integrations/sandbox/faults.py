"""What can go wrong between a client and ORCID, ordered by `/sandbox/faults` or by hand.

Kept in memory of the sandbox process: a restart forgets them.
"""

import itertools
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


class Kind(StrEnum):
    ANSWER = "answer"
    BUSY = "busy"
    QUOTA = "quota"
    DROPPED = "dropped"
    LOST = "lost"
    CUT = "cut"
    TRUNCATED = "truncated"
    BROKEN_JSON = "broken-json"
    HTML = "html"


IN_WORDS = {
    Kind.BUSY: "503, as from a proxy",
    Kind.QUOTA: "429, the daily quota",
    Kind.DROPPED: "Connection closed without an answer, nothing done",
    Kind.LOST: "Done, but connection closed without an answer",
    Kind.CUT: "Connection closed in the middle of the answer",
    Kind.TRUNCATED: "Half of the answer, as if it were whole",
    Kind.BROKEN_JSON: "Broken JSON",
    Kind.HTML: "A page of HTML with status 200",
    Kind.ANSWER: "An answer of one's own",
}

BUSY_PAGE = (
    "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n"
    "<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n<hr>"
    "<center>local sandbox</center>\r\n</body>\r\n</html>\r\n"
)
CANNED = {
    Kind.BUSY: (503, "text/html", BUSY_PAGE),
    Kind.QUOTA: (
        429,
        "text/plain",
        "You have exceeded the daily quota of requests for this address. Try again tomorrow.",
    ),
    Kind.BROKEN_JSON: (200, "application/json;charset=UTF-8", '{"group": [{"put-code": 17, '),
    Kind.HTML: (200, "text/html", "<!doctype html><title>Maintenance</title><p>Back soon.</p>"),
}


class FaultError(ValueError):
    """An order that makes no sense; the text says why."""


@dataclass
class Fault:
    """What the next `times_left` requests to these paths meet; None: until it is cleared.

    ANSWER gives `status`, `body`, `content_type` and `headers`; without a status it only delays.
    """

    path_prefix: str
    kind: Kind = Kind.ANSWER
    status: int | None = None
    body: str = ""
    content_type: str = "text/html"
    headers: dict[str, str] = field(default_factory=dict)
    # Of this method alone; "": of any.
    method: str = ""
    delay_ms: int = 0
    times_left: int | None = 1
    number: int = field(default_factory=itertools.count(1).__next__)

    def __str__(self) -> str:
        return f"{self.method} {self.path_prefix} → {self.what}".strip()

    @property
    def what(self) -> str:
        if self.only_delays:
            return f"{self.delay_ms} ms slower"
        words = IN_WORDS[self.kind] if self.kind != Kind.ANSWER else str(self.status)
        return f"{words}, {self.delay_ms} ms slower" if self.delay_ms else words

    @property
    def only_delays(self) -> bool:
        return self.kind == Kind.ANSWER and self.status is None


class Faults:
    """The faults that are ordered now. Cheap to ask while there are none."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.ordered: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self.lock:
            self.ordered.append(fault)

    def clear(self, number: int | None = None) -> None:
        """All of them, or the one with this number."""
        with self.lock:
            self.ordered = [one for one in self.ordered if number not in (None, one.number)]

    def all(self) -> list[Fault]:
        with self.lock:
            return list(self.ordered)

    def take(self, method: str, path: str) -> list[Fault]:
        """Those a request meets, counted down: every delay, and the first that answers."""
        met: list[Fault] = []
        if not self.ordered:
            return met
        with self.lock:
            for fault in self.ordered:
                if fault.method not in ("", method) or not path.startswith(fault.path_prefix):
                    continue
                if not fault.only_delays and any(not one.only_delays for one in met):
                    continue
                met.append(fault)
                if fault.times_left is not None:
                    fault.times_left -= 1
            self.ordered = [one for one in self.ordered if one.times_left != 0]
        return met


faults = Faults()


def meet(request: HttpRequest, get_response: GetResponse) -> HttpResponse:
    """The answer to a request, with whatever has been ordered for its path."""
    met = faults.take(str(request.method), request.path)
    if not met:
        return get_response(request)
    time.sleep(sum(fault.delay_ms for fault in met) / 1000)
    real = [fault for fault in met if not fault.only_delays]
    return happen(real[0], request, get_response) if real else get_response(request)


def happen(fault: Fault, request: HttpRequest, get_response: GetResponse) -> HttpResponse:
    if fault.kind == Kind.ANSWER:
        return HttpResponse(
            fault.body,
            status=fault.status,
            content_type=fault.content_type,
            headers=fault.headers,
        )
    if fault.kind in CANNED:
        status, content_type, body = CANNED[fault.kind]
        return HttpResponse(body, status=status, content_type=content_type)
    if fault.kind == Kind.DROPPED:
        return hang_up(request)
    response = get_response(request)
    if fault.kind == Kind.LOST:
        return hang_up(request)
    return halved(request, response, as_if_whole=fault.kind == Kind.TRUNCATED)


def hang_up(request: HttpRequest) -> HttpResponse:
    """Close the connection; the response that is returned goes nowhere."""
    handler = request.META["sandbox.handler"]
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)
    return HttpResponse()


def halved(request: HttpRequest, response: HttpResponse, *, as_if_whole: bool) -> HttpResponse:
    """The first half of a body. Not as if whole: promised whole, then the connection is closed."""
    whole = len(response.content)
    # An empty body has no half: something is promised and never comes.
    response.content = response.content[: whole // 2]
    if not as_if_whole:
        request.META["sandbox.handler"].close_connection = True
    response.headers["Content-Length"] = str(whole // 2 if as_if_whole else max(whole, 1))
    return response


def ordered(order: dict[str, object]) -> Fault:
    """The fault that a JSON object describes (README.md); FaultError says what is wrong with it."""
    try:
        kind = Kind(str(order.get("kind", Kind.ANSWER)))
    except ValueError:
        raise FaultError(f"kind is none of {', '.join(Kind)}.") from None
    if not (path_prefix := order.get("path_prefix")):
        raise FaultError(f"path_prefix is missing in {json.dumps(order)[:200]}.")
    status, times, headers = order.get("status"), order.get("times", 1), order.get("headers") or {}
    if not isinstance(headers, dict):
        raise FaultError("headers must be an object.")
    return Fault(
        path_prefix=str(path_prefix),
        kind=kind,
        status=None if status is None else whole_number("status", status),
        body=str(order.get("body", "")),
        content_type=str(order.get("content_type", "text/html")),
        headers=headers,
        method=str(order.get("method") or "").upper(),
        delay_ms=whole_number("delay_ms", order.get("delay_ms", 0)),
        times_left=None if times is None else whole_number("times", times),
    )


def whole_number(name: str, value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise FaultError(f"{name} must be a number of 0 or more.")
    return value
