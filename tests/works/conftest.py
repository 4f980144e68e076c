"""A person with a record at the local ORCID, connected."""

import re
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.test import Client

from contacts.models import Run, User
from contacts.services import runs
from integrations.orcid import http
from integrations.orcid.models import Connection
from integrations.works.models import Pull, Work
from integrations.works.services import refreshing
from members.actors import Actor
from tests.factories import make_connection, make_user
from tests.sandbox_server import SandboxServer
from tests.works.record import Json


@dataclass
class Researcher:
    """A person, their record, and their list here."""

    user: User
    connection: Connection
    sandbox: SandboxServer

    @property
    def client(self) -> Client:
        client = Client()
        client.force_login(self.user)
        return client

    def has(self, *works: Json) -> list[int]:
        """Put works on the record, or change those whose put-code it has; their put-codes."""
        return self.sandbox.add_works(self.user.orcid or "", list(works))

    def lacks(self, *put_codes: int) -> None:
        self.sandbox.delete_works(self.user.orcid or "", *put_codes)

    def sync(self) -> Run:
        """Press *Sync*, and be a worker."""
        run = refreshing.sync(by=Actor.contact(self.user))
        runs.perform(run_id=run.pk)
        run.refresh_from_db()
        return run

    def fault(self, path: str = "works", **order: Any) -> None:
        self.sandbox.fault(f"/api/v3.0/{self.user.orcid}/{path}", **order)

    @property
    def works(self) -> list[Work]:
        return list(Work.objects.of(self.user).order_by("title", "pk"))

    @property
    def titles(self) -> list[str]:
        return [work.title for work in self.works]


@pytest.fixture
def ada(db: None, orcid: SandboxServer) -> Researcher:
    return make_researcher(orcid)


def make_researcher(orcid: SandboxServer, name: str = "Ada Lovelace") -> Researcher:
    given, _space, family = name.partition(" ")
    iD = orcid.add_person(given_names=given, family_name=family)  # noqa: N806  # ORCID's spelling
    tokens = orcid.give_permission(iD, settings.ORCID_CLIENT_ID)
    user = make_user(orcid=iD, name=name)
    connection = make_connection(iD, **tokens)
    Pull.objects.create(connection=connection)
    return Researcher(user, connection, orcid)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers wait before they ask again: not here."""
    monkeypatch.setattr(http, "_sleep", lambda _seconds: None)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of ORCID: the part of each address below the API or the record."""
    seen: list[str] = []
    real = http.send

    def send(method: str, url: str, purpose: str, **options: Any) -> httpx.Response:
        if "/v3.0/" in url:  # not the client's own tokens
            seen.append(re.sub(r".*/v3\.0/(?:\d{4}-.{14}/)?", "", url))
        return real(method, url, purpose, **options)

    monkeypatch.setattr(http, "send", send)
    return seen
