from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from contacts.models import User
from integrations.works.identifiers import identifier
from integrations.works.models import Work
from tests.factories import make_user


@pytest.fixture
def person(db: None) -> User:
    cache.clear()
    return make_user(name="Ana García")


@pytest.fixture
def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def doi(value: str, relationship: str = "self") -> dict[str, str]:
    return identifier("doi", value, relationship)


def make_work(person: User, title: str = "A work", **fields: Any) -> Work:
    """A work typed here, of 2020."""
    defaults = {"type": "journal-article", "origin": Work.Origin.FORM, "published": "2020"}
    return Work.objects.create(person=person, title=title, **(defaults | fields))


def make_orcid_work(person: User, title: str = "A work", **fields: Any) -> Work:
    """A work as a pull has put it here."""
    defaults = {
        "origin": Work.Origin.ORCID,
        "put_code": Work.objects.count() + 1000,
        "orcid_modified": 1,
        "visibility": Work.Visibility.PUBLIC,
        "source_name": "Crossref",
    }
    return make_work(person, title, **(defaults | fields))


@pytest.fixture
def other(db: None) -> User:
    return make_user(name="Bo Li")
