"""`manage.py check` says what would go wrong, and how to mend it."""

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from portal import checks

KEY = Fernet.generate_key().decode()


@pytest.mark.parametrize("keys", [[], ["too-short"], [KEY, ""]])
def test_unusable_field_keys_are_an_error_with_a_recipe(
    keys: list[str], settings: Settings
) -> None:
    settings.FIELD_KEYS = keys

    found = checks.field_keys_are_usable(None)

    assert [message.id for message in found] == ["portal.E001"]
    assert "Fernet" in (found[0].hint or "")


def test_usable_field_keys_pass(settings: Settings) -> None:
    settings.FIELD_KEYS = [KEY]

    assert checks.field_keys_are_usable(None) == []


@pytest.mark.parametrize(
    "url", ["", "members.example.org", "ftp://members.example.org", "https://x.example/portal"]
)
def test_site_url_must_be_an_address_without_a_path(url: str, settings: Settings) -> None:
    settings.SITE_URL = url

    assert [message.id for message in checks.site_url_is_absolute(None)] == ["portal.E002"]


def test_a_proper_site_url_passes(settings: Settings) -> None:
    settings.SITE_URL = "https://members.example.org"

    assert checks.site_url_is_absolute(None) == []


@pytest.mark.parametrize(("client", "secret"), [("", ""), ("APP-1", ""), ("", "s")])
def test_a_deployment_without_orcid_client_is_told_where_to_get_one(
    client: str, secret: str, settings: Settings
) -> None:
    settings.ORCID_CLIENT_ID, settings.ORCID_CLIENT_SECRET = client, secret

    found = checks.orcid_client_is_named(None)

    assert [message.id for message in found] == ["portal.E003"]
    assert "ORCID_CLIENT_ID" in (found[0].hint or "")


def test_a_named_orcid_client_passes(settings: Settings) -> None:
    settings.ORCID_CLIENT_ID, settings.ORCID_CLIENT_SECRET = "APP-1", "s"

    assert checks.orcid_client_is_named(None) == []


@pytest.mark.parametrize(("redis", "ids"), [("", ["portal.W001"]), ("redis://localhost/0", [])])
def test_throttles_that_are_not_shared_are_warned_of(
    redis: str, ids: list[str], settings: Settings
) -> None:
    settings.REDIS_URL = redis

    assert [message.id for message in checks.throttles_are_shared(None)] == ids


@pytest.mark.parametrize(("address", "ids"), [("", ["portal.W002"]), ("help@x.example", [])])
def test_a_portal_that_names_nobody_to_ask_is_warned_of(
    address: str, ids: list[str], settings: Settings
) -> None:
    settings.HELPDESK_EMAIL = address

    assert [message.id for message in checks.helpdesk_is_named(None)] == ids
