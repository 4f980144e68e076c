"""O5: all workers together stay within the rate and the burst."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from pyrate_limiter.abstracts.store import StateStore
from pyrate_limiter.buckets.redis_state import RedisStateStore
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from integrations.orcid.errors import OrcidUnavailable
from integrations.orcid.limiter import Limiter, RowStore

RATE, BURST = 24, 40


class Clock:
    """Stands still until somebody waits."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def make_limiter(clock: Clock, store: StateStore | None = None) -> Limiter:
    store = store or RowStore("test", clock=clock)
    return Limiter(store, per_second=RATE, burst=BURST, clock=clock, sleep=clock.sleep)


def admitted(limiter: Limiter, attempts: int) -> int:
    """How many of these calls may be made at once."""
    number = 0
    for _ in range(attempts):
        try:
            limiter.acquire(longest_wait=0)
        except OrcidUnavailable:
            continue
        number += 1
    return number


@pytest.mark.django_db
def test_o5_a_burst_is_let_through_at_once_and_then_the_rate(clock: Clock) -> None:
    limiter = make_limiter(clock)

    at_once = admitted(limiter, 100)
    clock.now += 0.5
    half_a_second_later = admitted(limiter, 100)
    clock.now += 60
    after_a_rest = admitted(limiter, 100)

    # A whole number of microseconds per call, rounded to the strict side, costs one of twelve.
    assert (at_once, half_a_second_later, after_a_rest) == (BURST, RATE // 2 - 1, BURST)


@pytest.mark.django_db
def test_o5_calls_beyond_the_burst_wait_for_their_turn(clock: Clock) -> None:
    limiter = make_limiter(clock)
    begun = clock.now

    for _ in range(BURST + 3 * RATE):
        limiter.acquire()

    assert clock.now - begun == pytest.approx(3, rel=0.05)


@pytest.mark.django_db
def test_wait_is_bounded(clock: Clock) -> None:
    limiter = make_limiter(clock)
    admitted(limiter, BURST)

    with pytest.raises(OrcidUnavailable):
        limiter.acquire(longest_wait=0.01)

    assert clock.slept == []


@pytest.mark.django_db(transaction=True)
def test_o5_many_workers_share_one_allowance(clock: Clock) -> None:
    """Each thread has its own connection and its own limiter, as each worker has."""
    assert together(lambda: make_limiter(clock)) == BURST


def together(make: Callable[[], Limiter]) -> int:
    counts: list[int] = []

    def work() -> None:
        try:
            counts.append(admitted(make(), 10))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(counts) == len(workers)
    return sum(counts)


@pytest.mark.django_db
def test_unit_is_taken_as_of_the_moment_the_row_is_locked(clock: Clock) -> None:
    """Who waited for the row while others used the burst must not spend it as of back then."""
    admitted(make_limiter(clock), BURST)
    late = Limiter(
        RowStore("test", clock=lambda: clock.now + 10),
        per_second=RATE,
        burst=BURST,
        clock=clock,
        sleep=clock.sleep,
    )

    assert admitted(late, 1) == 1
    assert admitted(make_limiter(clock), 100) == 0


@pytest.mark.django_db(transaction=True)
def test_h1_waiting_for_orcid_inside_a_transaction_is_refused(clock: Clock) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        make_limiter(clock).acquire()


def test_unreachable_redis_lets_nothing_through(clock: Clock) -> None:
    with Redis(port=9, retry=Retry(NoBackoff(), 0)) as nowhere:
        limiter = make_limiter(clock, RedisStateStore(nowhere, "test"))

        with pytest.raises(OrcidUnavailable):
            limiter.acquire()
