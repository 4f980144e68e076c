"""`python -m tests.ops.services`: do the PostgreSQL and Redis of `make test-postgres` answer?"""

import os
import sys
from urllib.parse import urlsplit

import psycopg
import redis


def complaints() -> list[str]:
    found = []
    database = urlsplit(os.environ["DATABASE_URL"])
    try:
        # The tests make a database of their own, so that the named one need not exist.
        psycopg.connect(database._replace(path="/postgres").geturl(), connect_timeout=5).close()
    except psycopg.Error as error:
        found.append(f"PostgreSQL at {database.hostname} does not answer (DATABASE_URL): {error}")
    try:
        with redis.Redis.from_url(os.environ["REDIS_URL"]) as connection:
            connection.ping()
    except redis.RedisError as error:
        found.append(f"Redis does not answer (REDIS_URL): {error}")
    return found


if __name__ == "__main__":
    found = complaints()
    sys.stderr.write("".join(f"{complaint}\n" for complaint in found))
    sys.exit(bool(found))
