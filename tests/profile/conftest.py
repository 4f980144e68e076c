"""A person who is somebody's contact, signed in; pictures go away with the test."""

from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from contacts.models import User
from tests.factories import make_user
from tests.lead.desk import client_of


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()  # what was counted in one test must not be in the next
    return tmp_path / "media"


@pytest.fixture
def person(db: None) -> User:
    return make_user(name="Ada Lovelace")


@pytest.fixture
def browser(person: User) -> Client:
    return client_of(person)
