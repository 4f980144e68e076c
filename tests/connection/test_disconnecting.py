"""O6: disconnecting ends everything at once here, then at ORCID, however long that takes."""

import datetime
from collections.abc import Iterator

import pytest
from django.utils import timezone

from integrations.orcid import signals, tasks, tokens
from integrations.orcid.errors import TokenRefused
from integrations.orcid.models import Connection, UnwantedToken
from tests.connection.steps import ACCOUNTS, DISCONNECT, Somebody, takes
from tests.reading import words
from tests.sandbox_server import SandboxServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def connected(sofia: Somebody) -> Connection:
    sofia.connects()
    return Connection.objects.get()


@pytest.fixture
def told() -> Iterator[list[int]]:
    heard: list[int] = []

    def hear(connection_id: int, **_others: object) -> None:
        heard.append(connection_id)

    signals.disconnected.connect(hear)
    yield heard
    signals.disconnected.disconnect(hear)


def tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    later = timezone.now() + datetime.timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: later)


def test_the_page_asks_first_and_says_what_stays(sofia: Somebody, connected: Connection) -> None:
    page = sofia.reads(DISCONNECT)

    assert "Your publications stay here as they are" in page
    assert "Nothing changes on your ORCID record" in page
    connected.refresh_from_db()
    assert connected.is_active


def test_o6_token_is_revoked_at_orcid(
    sofia: Somebody, connected: Connection, orcid: SandboxServer, told: list[int]
) -> None:
    page = words(sofia.client.post(DISCONNECT, follow=True))

    assert "Disconnected. ORCID has ended our permission." in page
    assert "Connect your ORCID iD" in page
    assert not takes(orcid, connected.access_token)
    connected.refresh_from_db()
    assert connected.state == Connection.State.ENDED
    assert (connected.access_token, connected.refresh_token) == ("", "")
    assert told == [connected.pk]


def test_o6_while_orcid_does_not_answer_the_token_serves_for_nothing_but_revoking(
    sofia: Somebody, connected: Connection, orcid: SandboxServer
) -> None:
    orcid.fault("/oauth/revoke", status=503)

    page = words(sofia.client.post(DISCONNECT, follow=True))

    assert "ORCID does not answer at the moment" in page
    assert "Connect your ORCID iD" in page
    assert takes(orcid, connected.access_token)
    connected.refresh_from_db()
    assert connected.state == Connection.State.ENDING
    with pytest.raises(TokenRefused):
        tokens.usable_token(connected)


def test_o6_work_under_way_stops_at_its_next_call(sofia: Somebody, connected: Connection) -> None:
    loaded_before = Connection.objects.get()
    sofia.client.post(DISCONNECT)

    with pytest.raises(TokenRefused):
        tokens.usable_token(loaded_before)


def test_o6_beat_tries_again_until_it_has_worked(
    sofia: Somebody,
    connected: Connection,
    orcid: SandboxServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    was = connected.access_token
    orcid.fault("/oauth/revoke", status=503, times=2)
    sofia.client.post(DISCONNECT)
    UnwantedToken.objects.update(due_at=timezone.now())
    tasks.finish_ending()
    connected.refresh_from_db()
    assert connected.state == Connection.State.ENDING
    assert UnwantedToken.objects.get().attempts == 2

    tomorrow(monkeypatch)
    tasks.finish_ending()

    connected.refresh_from_db()
    assert connected.state == Connection.State.ENDED
    assert not UnwantedToken.objects.exists()
    assert not takes(orcid, was)


def test_connecting_while_the_end_is_not_told_yet_keeps_the_new_permission(
    sofia: Somebody,
    connected: Connection,
    orcid: SandboxServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    orcid.fault("/oauth/revoke", status=503)
    sofia.client.post(DISCONNECT)

    sofia.connects()
    tomorrow(monkeypatch)
    tasks.finish_ending()

    again = Connection.objects.get()
    assert again.is_active
    assert (takes(orcid, connected.access_token), takes(orcid, again.access_token)) == (False, True)


def test_disconnecting_twice_is_harmless(sofia: Somebody, connected: Connection) -> None:
    sofia.client.post(DISCONNECT)

    answer = sofia.client.post(DISCONNECT, follow=True)

    assert answer.request["PATH_INFO"] == ACCOUNTS
    assert Connection.objects.get().state == Connection.State.ENDED


@pytest.mark.parametrize("state", [Connection.State.WITHDRAWN, Connection.State.CLOSED])
def test_what_orcid_ended_can_be_disconnected_too(
    sofia: Somebody, connected: Connection, state: str
) -> None:
    Connection.objects.update(state=state)

    page = words(sofia.client.post(DISCONNECT, follow=True))

    assert "Connect your ORCID iD" in page
    assert Connection.objects.get().state == Connection.State.ENDED


def test_nobody_disconnects_somebody_else(sofia: Somebody, connected: Connection) -> None:
    Connection.objects.update(orcid="0000-0002-1825-0097")

    sofia.client.post(DISCONNECT)

    assert Connection.objects.get().is_active
