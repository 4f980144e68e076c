"""Long results row by row: memory stays flat, the first rows come while the last are read."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from django.db.models import QuerySet

_ROWS_AT_ONCE = 1000


def stream(rows: "QuerySet[Any, tuple[Any, ...]]") -> Iterator[tuple[Any, ...]]:
    """What a `values_list` holds; of columns that PostgreSQL gives as Python has them.

    There the rows are taken as the server sends them. Django's `iterator()` declares a cursor
    instead, which outside a transaction is first written to disk as a whole, and whose plan uses
    one processor and expects that most rows are never fetched: twice the time.
    """
    if connection.vendor != "postgresql":
        yield from rows.iterator(_ROWS_AT_ONCE)
        return
    from psycopg import capabilities  # noqa: PLC0415  # a deployment on SQLite may go without

    size = _ROWS_AT_ONCE if capabilities.has_stream_chunked() else 1
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        yield from cursor.cursor.stream(sql, params, size=size)
