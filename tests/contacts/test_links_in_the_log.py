"""Keys of mailed links stand in no log: whoever reads it could use them (C3, O1)."""

import io
import logging
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from tests.contacts.conftest import House

KEY = "mI8s2Jq0nV_4cXb-7Yw1ZtR5uKe3LhGfDaSoPiQlWxE"


@pytest.fixture
def log(settings: Settings) -> Iterator[io.StringIO]:
    """What the deployment's own handler writes, at its most talkative."""
    written = io.StringIO()
    (handler,) = (h for h in logging.getLogger().handlers if h.name == "console")
    assert isinstance(handler, logging.StreamHandler)
    before, level = handler.setStream(written), logging.getLogger().level
    logging.getLogger().setLevel(logging.DEBUG)
    yield written
    logging.getLogger().setLevel(level)
    handler.setStream(before)


@pytest.mark.parametrize(
    "path", ["invitations", "not-me", "contact-address", "accounts/confirm-email"]
)
@pytest.mark.parametrize("key", [KEY, f"WzEsICJhIl0:{KEY[:6]}:{KEY}"], ids=["random", "signed"])
def test_log_of_a_refused_request_does_not_hold_the_key(
    house: House, log: io.StringIO, path: str, key: str
) -> None:
    client = Client(enforce_csrf_checks=True)

    client.post(f"/{path}/{key}/")  # without its token
    client.put(f"/{path}/{key}/")
    client.get(f"/{path}/{key}/")

    assert path in log.getvalue()
    assert key not in log.getvalue()


def test_long_names_of_organisations_are_no_keys(log: io.StringIO, client: Client) -> None:
    client.put("/directory/university-of-the-highlands-and-islands/")

    assert "/directory/university-of-the-highlands-and-islands/" in log.getvalue()
