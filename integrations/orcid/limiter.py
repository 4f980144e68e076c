"""Rule O5: one limiter counts the HTTP calls to ORCID across all workers.

The algorithm (a token bucket, kept as one timestamp) is pyrate-limiter's. Its state lies in Redis
where there is one, else in one database row. The waiting is our own: bounded, and with a clock
that tests can set.
"""

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction
from pyrate_limiter import Rate
from pyrate_limiter.abstracts.algorithm import Decision, State, StateAlgorithm, TokenBucket
from pyrate_limiter.abstracts.store import StateStore
from pyrate_limiter.buckets.redis_state import RedisStateStore
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from integrations.orcid.errors import OrcidUnavailable
from integrations.orcid.models import RateBucket

# A person waits for the page: better to say "busy" than to hang.
LONGEST_WAIT_SECONDS = 8.0
KEY = "orcid-calls"

Clock = Callable[[], float]


class Limiter:
    """Lets a call through, or makes it wait. Times are seconds since 1970, as all workers see."""

    def __init__(
        self,
        store: StateStore,
        *,
        per_second: int,
        burst: int,
        clock: Clock = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._rates = [Rate(per_second, 1000, burst=burst)]
        self._algorithm = TokenBucket()
        self._clock = clock
        self._sleep = sleep

    def acquire(self, *, longest_wait: float = LONGEST_WAIT_SECONDS) -> None:
        """Return when one call may be made.

        Raises `OrcidUnavailable` when that would take longer than `longest_wait` seconds, or when
        the shared state cannot be reached: without it nobody knows what others have sent.
        """
        deadline = self._clock() + longest_wait
        while (wait := self._try()) > 0:
            if self._clock() + wait > deadline:
                raise OrcidUnavailable("Too many calls to ORCID are waiting.")
            self._sleep(wait)

    def _try(self) -> float:
        """Take one unit; 0 when it was there, else the seconds until the next one may be."""
        now = int(self._clock() * 1000)
        try:
            decision: Any = self._store.check(self._algorithm, self._rates, now, 1)
        except RedisError as error:
            raise OrcidUnavailable("The rate limiter's store cannot be reached.") from error
        return 0.0 if decision.allowed else (decision.retry_after_ms or 1) / 1000


class RowStore(StateStore):
    """The bucket's state in one row, in a short transaction of its own.

    Waiting for the row can take time, so that the clock is read again once it is locked: a unit
    must not be taken as of a moment that has long passed.
    """

    is_async = False

    def __init__(self, name: str, *, clock: Clock = time.time) -> None:
        self._name = name
        self._clock = clock

    def check(
        self, algorithm: StateAlgorithm, rates: list[Rate], now: int, weight: int
    ) -> Decision:
        # `durable`: waiting for ORCID inside somebody's transaction would hold its locks (H1).
        with transaction.atomic(durable=True):
            row, _ = RateBucket.objects.select_for_update().get_or_create(name=self._name)
            now = max(now, int(self._clock() * 1000))
            state, decision = algorithm.step(rates, (row.full_at,), now, weight)
            if decision.allowed:
                row.full_at = int(state[0])
                row.save(update_fields=["full_at"])
        return decision

    def read(self, algorithm: StateAlgorithm, rates: list[Rate]) -> State:
        row = RateBucket.objects.filter(name=self._name).first()
        return (row.full_at,) if row else algorithm.initial(rates)

    def reset(self) -> None:
        RateBucket.objects.filter(name=self._name).delete()


def the_limiter() -> Limiter:
    """The one every call to ORCID goes through."""
    return _limiter(settings.REDIS_URL, settings.ORCID_RATE_PER_SECOND, settings.ORCID_RATE_BURST)


@lru_cache(maxsize=4)
def _limiter(redis_url: str, per_second: int, burst: int) -> Limiter:
    store: StateStore
    if redis_url:
        redis = Redis.from_url(
            redis_url, socket_connect_timeout=2, socket_timeout=2, retry=Retry(NoBackoff(), 0)
        )
        store = RedisStateStore(redis, f"{KEY}:{per_second}:{burst}")
    else:
        store = RowStore(KEY)
    return Limiter(store, per_second=per_second, burst=burst)
