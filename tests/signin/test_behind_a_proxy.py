"""Who asks is told from the address that the proxy saw, and from no address a client claims."""

import os
import subprocess
import sys

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_throttle() -> None:
    cache.clear()


def attempts(client: Client, number: int, **headers: str) -> int:
    """The status of the last of so many tries at the operators' sign-in."""
    statuses = [
        client.post("/accounts/login/", {"login": "", "password": ""}, headers=headers).status_code
        for _ in range(number)
    ]
    return statuses[-1]


@pytest.mark.parametrize(("behind", "counted"), [("true", "2"), ("false", "0")])
def test_proxies_are_counted_only_where_there_is_one(behind: str, counted: str) -> None:
    code = "from portal import settings as s; print(s.ALLAUTH_TRUSTED_PROXY_COUNT)"

    ran = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", code],
        env=os.environ | {"BEHIND_PROXY": behind, "PROXY_COUNT": "2"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.strip() == counted


def test_guesses_of_one_address_do_not_lock_out_another_behind_the_proxy(
    client: Client, settings: Settings
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    attempts(client, 30, **{"X-Forwarded-For": "192.0.2.1"})

    assert attempts(client, 1, **{"X-Forwarded-For": "192.0.2.2"}) == 200
    assert attempts(client, 1, **{"X-Forwarded-For": "192.0.2.1"}) == 429


def test_addresses_made_up_by_the_client_do_not_count(client: Client, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(30):
        attempts(client, 1, **{"X-Forwarded-For": f"10.0.0.{number}, 192.0.2.1"})

    assert attempts(client, 1, **{"X-Forwarded-For": "10.0.0.99, 192.0.2.1"}) == 429


def test_readers_of_the_api_cannot_make_up_addresses(client: Client, settings: Settings) -> None:
    settings.API_READS_PER_NETWORK_PER_MINUTE = 2

    statuses = [
        client.get("/api/v1/directory/", headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code
        for n in range(3)
    ]

    assert statuses == [200, 200, 429]
