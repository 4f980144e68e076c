"""Calls per second as ORCID's proxy lets them through (orcid-api.md, 5), in this process's memory.

Who calls too fast is slowed: the call waits its turn. Only when the queue is full is it refused.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from django.http import HttpRequest

from integrations.sandbox import settings
from integrations.sandbox.bearer import presented_token
from integrations.sandbox.models import Client
from integrations.sandbox.oauth.client_auth import credentials

# What programs call; people's pages are not counted.
COUNTED = ("/pub/", "/api/", "/oauth/token", "/oauth/revoke", "/oauth/userinfo")


@dataclass(frozen=True)
class Allowance:
    """How many calls a second each caller has, and how many may wait; counts also while off.

    `works_per_record` holds on or off.
    """

    on: bool = False
    member_per_second: float = 24
    # Clients of the public API, and addresses that present no token.
    public_per_second: float = 12
    burst: int = 40
    works_per_record: int = 10_000


@dataclass(frozen=True)
class Caller:
    name: str
    is_member: bool = False


@dataclass
class Count:
    """What one caller has done. `free_at`: when the next call could be answered without a wait."""

    calls: int = 0
    refused: int = 0
    # Most calls that came within one second.
    peak: int = 0
    longest_wait: float = 0
    free_at: float = 0
    last_second: deque[float] = field(default_factory=deque, repr=False)

    def come(self, now: float) -> None:
        self.calls += 1
        self.last_second.append(now)
        while self.last_second[0] <= now - 1:
            self.last_second.popleft()
        self.peak = max(self.peak, len(self.last_second))

    def wait(self, now: float, *, per_second: float, burst: int) -> float | None:
        """Seconds until this call's turn; None when too many are waiting already."""
        wait = max(self.free_at - now, 0)
        # Half a place of tolerance: sums of fractions must not cost the last place of the queue.
        if wait * per_second > burst + 0.5:
            self.refused += 1
            return None
        self.free_at = now + wait + 1 / per_second
        self.longest_wait = max(self.longest_wait, wait)
        return wait


class Limiter:
    def __init__(self, allowance: Allowance, clock: Callable[[], float] = time.monotonic) -> None:
        self.first = allowance
        self.clock = clock
        self.lock = threading.Lock()
        self.start(allowance)

    def start(self, allowance: Allowance) -> None:
        """From now on these numbers, with counters at nought."""
        with self.lock:
            self.allowance = allowance
            self.counts: dict[str, Count] = {}
        client_of_token.cache_clear()

    def reset(self) -> None:
        self.start(self.first)

    def come(self, caller: Caller) -> float | None:
        """Count a call. Seconds that it has to wait, or None: refused."""
        now = self.clock()
        with self.lock:
            allowance = self.allowance
            count = self.counts.setdefault(caller.name, Count())
            count.come(now)
            if not allowance.on:
                return 0
            rate = allowance.member_per_second if caller.is_member else allowance.public_per_second
            return count.wait(now, per_second=rate, burst=allowance.burst)

    def counted(self) -> dict[str, Count]:
        with self.lock:
            return {
                name: replace(count, last_second=deque()) for name, count in self.counts.items()
            }


def caller_of(request: HttpRequest) -> Caller:
    """The client whose token or credentials the request presents, else the address."""
    if request.path.endswith(("/oauth/token", "/oauth/revoke")):
        client_id, _secret = credentials(request)
        known = Client.objects.filter(client_id=client_id).first()
        caller = Caller(known.client_id, known.is_member) if known else None
    else:
        caller = client_of_token(presented_token(request))
    return caller or Caller(str(request.META["REMOTE_ADDR"]))


@lru_cache(maxsize=10_000)
def client_of_token(token: str) -> Caller | None:
    """Remembered, as a token keeps its client; one that does not live any more has one, too."""
    client = Client.objects.filter(tokens__access_token=token).first() if token else None
    return Caller(client.client_id, client.is_member) if client else None


limiter = Limiter(Allowance(on=settings.RATE_LIMIT))
