"""The cache in production: Redis, and each process's own memory while Redis is away (A7).

Throttles, and the counting of wrong passwords, live in the cache: without it nobody could sign in,
not even an operator; with none they would count for nothing. They go on, per process.
"""

import logging
import time
from collections.abc import Callable
from typing import Any, ClassVar

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 1
# How long to leave Redis alone after it has failed: a page makes several calls.
PAUSE_SECONDS = 10


def _either(name: str) -> Callable[..., Any]:
    """The method of this name: Redis’s, and the process’s own while Redis is away."""

    def method(cache: "RedisOrLocalCache", *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= RedisOrLocalCache.down_until:
            try:
                return getattr(RedisCache, name)(cache, *args, **kwargs)
            except RedisError as error:
                log.warning("The cache cannot be reached: %s", type(error).__name__)
                RedisOrLocalCache.down_until = time.monotonic() + PAUSE_SECONDS
        return getattr(cache.local, name)(*args, **kwargs)

    return method


class RedisOrLocalCache(RedisCache):
    # Of the process: Django makes one instance per thread.
    down_until: ClassVar[float] = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        limits = {
            "socket_connect_timeout": TIMEOUT_SECONDS,
            "socket_timeout": TIMEOUT_SECONDS,
            "retry": Retry(NoBackoff(), 0),
        }
        super().__init__(server, params | {"OPTIONS": limits | params.get("OPTIONS", {})})
        self.local = LocMemCache("while-redis-is-away", {"OPTIONS": {"MAX_ENTRIES": 100_000}})

    add = _either("add")
    get = _either("get")
    set = _either("set")
    touch = _either("touch")
    delete = _either("delete")
    get_many = _either("get_many")
    has_key = _either("has_key")
    incr = _either("incr")
    set_many = _either("set_many")
    delete_many = _either("delete_many")
    clear = _either("clear")
