"""O1, O4: tokens are renewed before they are used, never shown, and given up when refused."""

import datetime
import io
import json
import logging
from collections.abc import Iterator

import httpx
import pytest
import respx
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection as database
from django.utils import timezone
from pytest_django import Settings

from integrations.orcid import connections, tokens
from integrations.orcid.errors import OrcidUnavailable, TokenRefused
from integrations.orcid.models import Connection, UnwantedToken
from tests.connection.steps import CONNECTED, Somebody
from tests.factories import make_connection
from tests.sandbox_server import SandboxServer

pytestmark = pytest.mark.django_db
WEB = "http://orcid.test"


@pytest.fixture
def fake(settings: Settings) -> Iterator[respx.MockRouter]:
    settings.ORCID_BASE_URL = WEB
    with respx.mock(assert_all_called=False) as router:
        router.post(f"{WEB}/oauth/revoke").respond(200)
        yield router


def run_out() -> Connection:
    return make_connection(expires_at=timezone.now() - datetime.timedelta(minutes=1))


def renewed(made: Connection, **more: object) -> dict[str, object]:
    return {
        "access_token": "new-access",
        "refresh_token": "new-refresh",
        "expires_in": 3600,
        "scope": "/read-limited",
        "orcid": made.orcid,
        "name": None,
        **more,
    }


def test_token_that_has_not_run_out_is_used_as_it_is(fake: respx.MockRouter) -> None:
    made = make_connection(expires_at=timezone.now() + datetime.timedelta(hours=1))

    assert tokens.usable_token(made) == made.access_token
    assert fake.calls.call_count == 0


def test_token_that_has_run_out_is_renewed_first(fake: respx.MockRouter) -> None:
    made = run_out()
    old = made.access_token
    asked = fake.post(f"{WEB}/oauth/token").respond(json=renewed(made))

    assert tokens.usable_token(made) == "new-access"

    made.refresh_from_db()
    assert (made.access_token, made.refresh_token) == ("new-access", "new-refresh")
    assert made.expires_at
    assert made.expires_at > timezone.now()
    request = asked.calls.last.request
    assert b"grant_type=refresh_token" in request.content
    assert request.headers["Authorization"] == f"Bearer {old}"


def test_refused_renewal_means_that_the_permission_has_ended(fake: respx.MockRouter) -> None:
    made = run_out()
    fake.post(f"{WEB}/oauth/token").respond(400, json={"error": "unauthorized_client"})

    with pytest.raises(TokenRefused):
        tokens.usable_token(made)


def test_renewal_while_orcid_is_down_is_for_later(fake: respx.MockRouter) -> None:
    made = run_out()
    fake.post(f"{WEB}/oauth/token").respond(503, html="<h1>Down</h1>")

    with pytest.raises(OrcidUnavailable):
        tokens.usable_token(made)


def test_who_is_slower_to_renew_uses_what_the_faster_one_got(fake: respx.MockRouter) -> None:
    made = run_out()

    def meanwhile(_request: httpx.Request) -> httpx.Response:
        Connection.objects.filter(pk=made.pk).update(
            access_token="faster", refresh_token="faster-refresh", expires_at=None
        )
        return httpx.Response(400, json={"error": "invalid_grant"})

    fake.post(f"{WEB}/oauth/token").mock(side_effect=meanwhile)

    assert tokens.usable_token(made) == "faster"


def test_token_renewed_for_who_has_disconnected_meanwhile_is_revoked(
    fake: respx.MockRouter,
) -> None:
    made = run_out()

    def meanwhile(_request: httpx.Request) -> httpx.Response:
        Connection.objects.update(state=Connection.State.ENDED, access_token="", refresh_token="")
        return httpx.Response(200, json=renewed(made))

    fake.post(f"{WEB}/oauth/token").mock(side_effect=meanwhile)

    with pytest.raises(TokenRefused):
        tokens.usable_token(made)

    assert [row.token for row in UnwantedToken.objects.all()] == ["new-access"]


def test_o4_refused_token_needs_reconnecting(db: None) -> None:
    made = make_connection()

    connections.mark_withdrawn(connection_id=made.pk, seen=made)

    made.refresh_from_db()
    assert made.state == Connection.State.WITHDRAWN
    with pytest.raises(TokenRefused):
        tokens.usable_token(made)


def test_refusal_of_a_token_that_was_replaced_meanwhile_changes_nothing(db: None) -> None:
    made = make_connection()
    Connection.objects.update(access_token="newer")

    connections.mark_withdrawn(connection_id=made.pk, seen=made)

    made.refresh_from_db()
    assert made.is_active


def test_o1_no_token_in_the_database_in_logs_or_in_addresses(
    sofia: Somebody,
    orcid: SandboxServer,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    sofia.connects()
    made = Connection.objects.get()
    secrets = [made.access_token, made.refresh_token, settings.ORCID_CLIENT_SECRET]
    page = sofia.client.get("/me/accounts/").content.decode()
    orcid.fault("/oauth/revoke", status=503)
    sofia.connects()
    tokens.revoke_due()

    stored = everything_stored()
    logged = "\n".join(f"{record.getMessage()} {record.exc_text}" for record in caplog.records)

    assert UnwantedToken.objects.exists()  # so that there is something to find
    assert made.orcid in stored
    for secret in secrets:
        assert secret not in stored
        assert secret not in logged
        assert secret not in page


def everything_stored() -> str:
    """Every value of every table, as the database has it."""
    with database.cursor() as cursor:
        found = []
        for table in database.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # its own tables
            found += cursor.fetchall()
    return json.dumps(found, default=str)


def test_o1_code_is_left_out_of_the_address_bar(sofia: Somebody) -> None:
    page = sofia.connects()

    assert [address for address, _status in page.redirect_chain] == ["/me/accounts/"]
    assert CONNECTED not in page.content.decode()


def test_o1_rotating_keys_covers_tokens(db: None, settings: Settings) -> None:
    made = make_connection(webhook_key="w")
    UnwantedToken.objects.create(credential=made.credential, token="unwanted")
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *old]
    call_command("rotate_keys", stdout=io.StringIO())

    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]

    fresh = Connection.objects.get()
    assert (fresh.access_token, fresh.refresh_token) == (made.access_token, made.refresh_token)
    assert fresh.webhook_key == "w"
    assert UnwantedToken.objects.get().token == "unwanted"
