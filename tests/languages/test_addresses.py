"""Keys, addresses and values of forms stay as machines read them, in whichever language (slow)."""

import re
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection, models
from django.test import Client
from pytest_django import Settings

from tests.access.world import World, make_world
from tests.browser.test_pages import pages_of
from tests.languages.reading import READ_ALOUD

pytestmark = pytest.mark.django_db
# What differs from one answer to the next.
_FRESH = re.compile(r"[A-Za-z0-9]{64}|\b1[A-Za-z0-9]{5}:[\w-]{43}|[\w-]{43}")


def number_keys_from(first: int) -> None:
    """Keys as an old installation has them: with more than three digits."""
    counted = [model._meta for model in apps.get_models() if model._meta.managed]
    tables = [meta.db_table for meta in counted if isinstance(meta.pk, models.AutoField)]
    with connection.cursor() as cursor:
        for table in tables:
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence VALUES (%s, %s)", [table, first])
            else:
                name = f"pg_get_serial_sequence('{table}', 'id')"
                cursor.execute(f"SELECT setval({name}, {first}) WHERE {name} IS NOT NULL")


@pytest.fixture
def world() -> World:
    cache.clear()
    number_keys_from(12_345)
    return make_world()


class _Attributes(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [
            f"<{tag} {name}={_FRESH.sub('', value or '')}>"
            for name, value in attrs
            if name not in READ_ALOUD
        ]


def for_machines(client: Client, address: str) -> list[str]:
    """Addresses, values, ids: whatever of a page is not read by people."""
    answer = client.get(address)
    if "html" not in answer.get("Content-Type", ""):
        return []
    reader = _Attributes()
    reader.feed(answer.content.decode())
    return reader.found


def test_no_address_and_no_value_of_a_form_is_written_for_people(
    world: World, settings: Settings
) -> None:
    settings.LANGUAGE_CODE = "de"
    changed = {}
    for who, addresses in pages_of(world).items():
        client = Client()
        if user := world.people[who]:
            client.force_login(user)
        for address in addresses:
            settings.USE_THOUSAND_SEPARATOR = False
            plain = for_machines(client, address)
            settings.USE_THOUSAND_SEPARATOR = True
            if broken := sorted(set(for_machines(client, address)) - set(plain)):
                changed[f"{who} {address}"] = broken

    assert changed == {}
