"""A person with a record at the local ORCID, who lets the portal write to it; a room to push from."""

import re
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from django.conf import settings

from contacts.models import User
from integrations.orcid import http, scopes
from integrations.orcid.models import Connection
from integrations.push import sources
from integrations.push.models import Delivery, Lane
from integrations.push.services import queueing, sending
from members.actors import Actor
from members.models import Member
from tests.factories import make_connection, make_member, make_user
from tests.push.shelf import Json, Shelf
from tests.sandbox_server import SandboxServer, Walk, new_browser

SCOPES = [scopes.READ_LIMITED, scopes.ACTIVITIES_UPDATE]


@dataclass
class Pusher:
    """A person, their record, and what an institution pushes to it."""

    user: User
    connection: Connection
    member: Member
    sandbox: SandboxServer
    shelf: Shelf = field(repr=False)

    @property
    def by(self) -> Actor:
        return Actor.contact(self.user)

    @property
    def orcid(self) -> str:
        return self.user.orcid or ""

    def queue(self, *item_ids: int, section: str = "work") -> list[Delivery]:
        return queueing.queue(
            connection_id=self.connection.pk,
            section=section,
            item_ids=item_ids,
            member_id=self.member.pk,
        )

    def deliver(self) -> None:
        """Be a worker until nothing is due."""
        for _turn in range(20):
            if not sending.deliver(connection_id=self.connection.pk):
                return
        raise AssertionError("There is no end of it.")

    def push(self, *item_ids: int) -> None:
        self.queue(*item_ids)
        self.deliver()

    def later(self) -> None:
        """The lane's rest is over; what a dead worker held is free."""
        Lane.objects.exclude(due_at=None).update(
            due_at="2020-01-01T00:00Z", held_until="2020-01-01T00:00Z"
        )

    @property
    def due_in(self) -> float:
        """Seconds from the last change of a delivery until its lane is due again."""
        lane = Lane.objects.get(pk=self.connection.pk)
        assert lane.due_at
        return (lane.due_at - self.row().changed_at).total_seconds()

    def row(self, item_id: int = 1) -> Delivery:
        return Delivery.objects.get(item_id=item_id)

    def history(self, item_id: int = 1) -> list[tuple[str, int | None, str]]:
        """Kind, status and code of each attempt, oldest first."""
        rows = self.row(item_id).history.order_by("pk")
        return list(rows.values_list("kind", "status", "code"))

    def states(self) -> dict[int, str]:
        return dict(Delivery.objects.values_list("item_id", "state"))

    def record(self, section: str = "works") -> list[Json]:
        """The items of the section, whoever wrote them."""
        url = f"{self.sandbox.member_api_url}/{self.orcid}/{section}"
        token = Connection.objects.get(pk=self.connection.pk).access_token
        answer = self.sandbox.http.get(
            url, headers={"Authorization": f"Bearer {token}", "Accept": "application/json"}
        )
        return list(_items(answer.raise_for_status().json()))

    def titles(self) -> list[str]:
        return sorted(item["title"]["title"]["value"] for item in self.record())

    def removes(self, *put_codes: int) -> None:
        """The person deletes works at ORCID."""
        self.sandbox.delete_works(self.orcid, *put_codes)

    def takes_permission_away(self) -> None:
        """The person removes the portal from their trusted parties, at ORCID."""
        with new_browser(base_url=self.sandbox.base_url) as browser:
            walk = Walk(browser, f"{self.sandbox.base_url}/trusted-parties", self.orcid, "")
            walk.sign_in(f"{self.sandbox.base_url}/trusted-parties")
            page = browser.get("/trusted-parties").text
            [address] = set(re.findall(r"/trusted-parties/\d+/revoke", page))
            walk.post(f"{self.sandbox.base_url}{address}")

    def fault(self, path: str = "work", **order: Any) -> None:
        self.sandbox.fault(f"/api/v3.0/{self.orcid}/{path}", **order)


def _items(found: Any) -> Any:
    if isinstance(found, list):
        for each in found:
            yield from _items(each)
    elif isinstance(found, dict):
        if "put-code" in found:
            yield found
        else:
            for each in found.values():
                yield from _items(each)


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    shelf = Shelf()
    monkeypatch.setattr(sources, "_registered", {"work": shelf, "employment": shelf})
    return shelf


@pytest.fixture
def ada(db: None, orcid: SandboxServer, shelf: Shelf) -> Pusher:
    return make_pusher(orcid, shelf)


def make_pusher(orcid: SandboxServer, shelf: Shelf, name: str = "Ada Lovelace") -> Pusher:
    given, _space, family = name.partition(" ")
    iD = orcid.add_person(given_names=given, family_name=family)  # noqa: N806  # ORCID's spelling
    tokens = orcid.give_permission(iD, settings.ORCID_CLIENT_ID, " ".join(SCOPES))
    user = make_user(orcid=iD, name=name)
    connection = make_connection(iD, scopes=SCOPES, **tokens)
    return Pusher(user, connection, make_member(), orcid, shelf)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers wait before they ask again: not here."""
    monkeypatch.setattr(http, "_sleep", lambda _seconds: None)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The calls to ORCID's API: method, and the address below the record; no search, no tokens."""
    seen: list[str] = []
    real = http.send

    def send(method: str, url: str, purpose: str, **options: Any) -> httpx.Response:
        if "/api/v3.0/" in url:
            seen.append(f"{method} " + re.sub(r".*/v3\.0/(?:\d{4}-.{14}/)?", "", url))
        return real(method, url, purpose, **options)

    monkeypatch.setattr(http, "send", send)
    return seen
