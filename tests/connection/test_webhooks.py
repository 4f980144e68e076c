"""ORCID calls when a record changes: registered where allowed, heeded as a hint, removed at the end."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import respx
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from integrations.orcid import connections, signals, tasks
from integrations.orcid.models import Connection
from tests.connection.steps import DISCONNECT, Somebody
from tests.factories import make_connection
from tests.sandbox_server import SandboxServer

pytestmark = pytest.mark.django_db
WEB, API = "http://orcid.test", "http://api.orcid.test"


@pytest.fixture
def fake(settings: Settings) -> Iterator[respx.MockRouter]:
    settings.ORCID_BASE_URL = WEB
    settings.ORCID_MEMBER_API_URL = f"{API}/v3.0"
    settings.ORCID_WEBHOOKS = True
    with respx.mock(assert_all_called=False) as router:
        router.post(f"{WEB}/oauth/token").respond(json={"access_token": "webhook-token"})
        router.post(f"{WEB}/oauth/revoke").respond(200)
        yield router


@pytest.fixture
def hints() -> Iterator[list[int]]:
    heard: list[int] = []

    def hear(connection_id: int, **_others: object) -> None:
        heard.append(connection_id)

    signals.record_changed.connect(hear)
    yield heard
    signals.record_changed.disconnect(hear)


def registered(**fields: Any) -> Connection:
    return make_connection(
        webhook_key="k" * 43, webhook_registered_at="2026-01-01T00:00Z", **fields
    )


def address(made: Connection, key: str = "") -> str:
    return reverse("orcid_webhook", args=[made.pk, key or made.webhook_key])


def test_registered_with_an_address_nobody_can_guess(
    fake: respx.MockRouter, settings: Settings
) -> None:
    made = make_connection()
    put = fake.put(url__startswith=f"{API}/{made.orcid}/webhook/").respond(201)

    tasks.register_webhooks()

    made.refresh_from_db()
    request = put.calls.last.request
    called = unquote(request.url.raw_path.decode().rpartition("/")[2])
    assert called == f"{settings.SITE_URL}{address(made)}"
    assert len(made.webhook_key) >= 43
    assert request.headers["Authorization"] == "Bearer webhook-token"
    assert made.webhook_registered_at


def test_registered_once(fake: respx.MockRouter) -> None:
    put = fake.put(url__startswith=API).respond(201)
    make_connection()

    tasks.register_webhooks()
    tasks.register_webhooks()

    assert put.call_count == 1


def test_without_the_setting_nothing_is_registered(
    fake: respx.MockRouter, settings: Settings
) -> None:
    settings.ORCID_WEBHOOKS = False
    make_connection()

    tasks.register_webhooks()

    assert fake.calls.call_count == 0


def test_only_connections_in_use_are_registered(fake: respx.MockRouter) -> None:
    for state in Connection.State.values:
        if state != Connection.State.ACTIVE:
            make_connection(state=state)

    tasks.register_webhooks()

    assert fake.calls.call_count == 0


def test_one_that_is_refused_does_not_hold_up_the_others(fake: respx.MockRouter) -> None:
    refused, other = make_connection(), make_connection()
    fake.put(url__startswith=f"{API}/{refused.orcid}/").respond(403, json={"error-code": 9014})
    fake.put(url__startswith=f"{API}/{other.orcid}/").respond(204)

    tasks.register_webhooks()

    rows = Connection.objects.exclude(webhook_registered_at=None)
    assert [row.pk for row in rows] == [other.pk]


def test_call_is_a_hint_that_the_record_has_changed(client: Client, hints: list[int]) -> None:
    made = registered()

    answer = client.post(address(made))

    assert (answer.status_code, answer.content) == (204, b"")
    assert hints == [made.pk]


@pytest.mark.parametrize("key", ["wrong", "ключ"])
def test_whoever_does_not_know_the_address_learns_nothing(
    client: Client, hints: list[int], key: str
) -> None:
    made, without_key = registered(), make_connection()

    answers = [
        client.post(address(made, key)),
        client.post(address(without_key, key)),
        client.post(reverse("orcid_webhook", args=[made.pk + 1000, key])),
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {(204, b"")}
    assert hints == []


def test_call_after_disconnecting_is_no_hint(client: Client, hints: list[int]) -> None:
    made = registered(state=Connection.State.ENDING)

    client.post(address(made))

    assert hints == []


def test_call_works_without_session_or_csrf_token(hints: list[int]) -> None:
    made = registered()

    Client(enforce_csrf_checks=True).post(address(made))

    assert hints == [made.pk]


def test_o6_removed_on_disconnecting(fake: respx.MockRouter) -> None:
    made = registered()
    delete = fake.delete(url__startswith=f"{API}/{made.orcid}/webhook/").respond(204)

    connections.disconnect(connection_id=made.pk)

    made.refresh_from_db()
    assert delete.call_count == 1
    assert (made.state, made.webhook_key, made.webhook_registered_at) == ("ended", "", None)


@pytest.mark.parametrize(
    ("status", "body"), [(404, {"error-code": 9028}), (403, {"error-code": 9014})]
)
def test_webhook_that_is_not_there_any_more_counts_as_removed(
    fake: respx.MockRouter, status: int, body: dict[str, int]
) -> None:
    made = registered()
    fake.delete(url__startswith=API).respond(status, json=body)

    connections.disconnect(connection_id=made.pk)

    made.refresh_from_db()
    assert made.state == Connection.State.ENDED


def test_o6_removal_is_tried_again(fake: respx.MockRouter) -> None:
    made = registered()
    delete = fake.delete(url__startswith=API)
    delete.respond(503)
    connections.disconnect(connection_id=made.pk)
    made.refresh_from_db()
    assert made.state == Connection.State.ENDING

    delete.respond(204)
    tasks.finish_ending()

    made.refresh_from_db()
    assert made.state == Connection.State.ENDED


def test_token_for_webhooks_that_orcid_forgot_is_renewed_once(fake: respx.MockRouter) -> None:
    make_connection()
    put = fake.put(url__startswith=API)
    put.side_effect = [
        respx.MockResponse(401, json={"error": "invalid_token"}),
        respx.MockResponse(201),
    ]

    tasks.register_webhooks()

    assert Connection.objects.get().webhook_registered_at


def test_the_local_orcid_is_asked_calls_and_is_told_to_stop(
    sofia: Somebody, orcid: SandboxServer, settings: Settings, hints: list[int]
) -> None:
    settings.ORCID_WEBHOOKS = True
    sofia.connects()
    tasks.register_webhooks()
    made = Connection.objects.get()
    orcid.generate_works(sofia.orcid, 1)
    (called,) = orcid.run_webhooks()
    assert called["uri"] == f"{settings.SITE_URL}{address(made)}"

    Client().post(urlsplit(called["uri"]).path)
    sofia.client.post(DISCONNECT)
    orcid.generate_works(sofia.orcid, 1)
    orcid.turn_clock(advance_seconds=3600)

    assert hints == [made.pk]
    assert orcid.run_webhooks() == []
