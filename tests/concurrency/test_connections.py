"""One person in two tabs: one connection, and every token that is not its own revoked."""

import itertools
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest
import respx
from django.db import connection as database
from pytest_django import Settings

from integrations.orcid import connections
from integrations.orcid.models import Connection, UnwantedToken
from tests.factories import make_connection, new_orcid

pytestmark = pytest.mark.django_db(transaction=True)
WEB = "http://orcid.test"


@pytest.fixture
def revoked(settings: Settings) -> Iterator[list[str]]:
    """An ORCID that gives a new token for each code; the tokens it was asked to revoke."""
    settings.ORCID_BASE_URL = WEB
    orcid, numbers, asked = new_orcid(), itertools.count(1), list[str]()

    def give(request: httpx.Request) -> httpx.Response:
        token = f"token-{next(numbers)}"
        answer = {"access_token": token, "scope": "/read-limited", "orcid": orcid, "name": "S"}
        return httpx.Response(200, json=answer | {"refresh_token": "r", "expires_in": 3600})

    def revoke(request: httpx.Request) -> httpx.Response:
        asked.append(httpx.QueryParams(request.content.decode())["token"])
        return httpx.Response(200)

    with respx.mock(assert_all_called=False) as router:
        router.post(f"{WEB}/oauth/token").mock(side_effect=give)
        router.post(f"{WEB}/oauth/revoke").mock(side_effect=revoke)
        asked.append(orcid)
        yield asked


def at_once(*calls: Callable[[], object]) -> None:
    """Each in a thread of its own; none may fail."""
    failures: list[Exception] = []
    together = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> None:
        try:
            together.wait(10)
            call()
        except Exception as error:  # noqa: BLE001  # shown by the assertion
            failures.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_connecting_twice_at_once_makes_one_connection(revoked: list[str]) -> None:
    orcid = revoked.pop()

    at_once(
        lambda: connections.connect(orcid=orcid, code="one"),
        lambda: connections.connect(orcid=orcid, code="two"),
    )

    made = Connection.objects.get()
    # Revoked at least once each; who asks twice does no harm.
    assert made.access_token not in revoked
    assert {made.access_token, *revoked} == {"token-1", "token-2"}
    assert not UnwantedToken.objects.exists()


def test_connecting_and_disconnecting_at_once_loses_no_token(revoked: list[str]) -> None:
    orcid = revoked.pop()
    made = make_connection(orcid, access_token="token-0")

    at_once(
        lambda: connections.connect(orcid=orcid, code="one"),
        lambda: connections.disconnect(connection_id=made.pk),
    )
    connections.finish_ending()

    made.refresh_from_db()
    held = {made.access_token} if made.access_token else set()
    assert held.isdisjoint(revoked)
    assert {*held, *revoked} == {"token-0", "token-1"}
    assert made.is_active == bool(held)
