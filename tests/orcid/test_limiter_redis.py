"""O5 with Redis as the limiter's store, as in production."""

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyrate_limiter.buckets.redis_state import RedisStateStore
from redis import Redis
from redis.exceptions import ConnectionError as NotThere

from integrations.orcid.errors import OrcidUnavailable
from integrations.orcid.limiter import Limiter

pytestmark = pytest.mark.skipif(not shutil.which("redis-server"), reason="no Redis here")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("redis")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        number = taken.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603  # nothing in it comes from outside
        ["redis-server", "--port", str(number), "--bind", "127.0.0.1", "--save", ""],  # noqa: S607
        cwd=Path(folder),
        stdout=subprocess.DEVNULL,
    )
    with Redis(port=number) as redis:
        wait_for(redis)
    yield number
    process.terminate()
    process.wait()


def wait_for(redis: Redis) -> None:
    pause = threading.Event()
    for _ in range(200):
        try:
            redis.ping()
        except NotThere:
            pause.wait(0.02)
        else:
            return
    pytest.fail("Redis did not start.")


def test_o5_many_workers_share_one_allowance(port: int) -> None:
    counts: list[int] = []

    def work() -> None:
        with Redis(port=port) as redis:
            limiter = Limiter(
                RedisStateStore(redis, "test"),
                per_second=24,
                burst=40,
                clock=lambda: 1_700_000_000.0,
            )
            counts.append(sum(may_call(limiter) for _ in range(10)))

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert (len(counts), sum(counts)) == (8, 40)


def may_call(limiter: Limiter) -> bool:
    try:
        limiter.acquire(longest_wait=0)
    except OrcidUnavailable:
        return False
    return True
