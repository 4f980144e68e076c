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
METHODS = ["add", "get", "set", "touch", "delete", "get_many", "has_key", "incr"]
METHODS += ["set_many", "delete_many", "clear"]


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
        self.local = LocMemCache("while-redis-is-away", {})

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= RedisOrLocalCache.down_until:
            try:
                return getattr(super(), name)(*args, **kwargs)
            except RedisError as error:
                log.warning("The cache cannot be reached: %s", type(error).__name__)
                RedisOrLocalCache.down_until = time.monotonic() + PAUSE_SECONDS
        return getattr(self.local, name)(*args, **kwargs)


def _method(name: str) -> Callable[..., Any]:
    def method(self: RedisOrLocalCache, *args: Any, **kwargs: Any) -> Any:
        return self.call(name, *args, **kwargs)

    return method


for _name in METHODS:
    setattr(RedisOrLocalCache, _name, _method(_name))
