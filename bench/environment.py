"""The environment of a measurement, set before the settings are read."""

import os
import tempfile
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

CONTACTS = int(os.environ.get("BENCH_CONTACTS", "100000"))
MEMBERS = int(os.environ.get("BENCH_MEMBERS", "1000"))


def prepare() -> None:
    """A database of its own on the PostgreSQL server that DATABASE_URL names, and made-up keys."""
    _create_database(os.environ["DATABASE_URL"])
    os.environ.update(
        DJANGO_SETTINGS_MODULE="portal.settings",
        ENV_FILE=os.devnull,
        SECRET_KEY="only-to-measure",  # noqa: S106  # protects nothing
        FIELD_KEYS="MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        SITE_URL="http://testserver",
        DATA_DIR=tempfile.mkdtemp(prefix="member-tools-bench-"),
        LOG_LEVEL="WARNING",
        DEBUG="false",
    )


def _create_database(url: str) -> None:
    parts = urlsplit(url)
    name = parts.path.lstrip("/")
    server = parts._replace(path="/postgres").geturl()
    with psycopg.connect(server, autocommit=True, connect_timeout=5) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if known.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
