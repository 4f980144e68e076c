"""*Connect*: off to ORCID and back, and every way in which that ends."""

import re
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from integrations.orcid.models import Connection, UnwantedToken
from tests.connection.steps import ACCOUNTS, CONNECT, CONNECTED, Somebody, somebody, takes
from tests.factories import make_user
from tests.reading import query, words
from tests.sandbox_server import SandboxServer
from tests.signin.steps import at_orcid

pytestmark = pytest.mark.django_db


def connection() -> Connection:
    return Connection.objects.get()


def test_before_connecting_the_page_says_why_and_what_is_asked(sofia: Somebody) -> None:
    page = sofia.reads()

    assert "Read your information with visibility set to Trusted parties" in page
    assert "Connect your ORCID iD" in page


def test_orcid_is_asked_for_exactly_what_is_needed(sofia: Somebody, settings: Settings) -> None:
    url = sofia.presses_connect()

    asked = query(url)
    assert asked.pop("state")
    assert asked == {
        "client_id": settings.ORCID_CLIENT_ID,
        "response_type": "code",
        "scope": "/read-limited",
        "redirect_uri": f"{settings.SITE_URL}{CONNECTED}",
        "orcid": sofia.orcid,
    }


def test_connected_the_id_stands_on_the_page_with_what_is_allowed(sofia: Somebody) -> None:
    page = sofia.connects()

    assert page.request["PATH_INFO"] == ACCOUNTS
    assert "Your ORCID record is connected." in words(page)
    assert f"{sofia.orcid} Connected" in words(page)
    made = connection()
    assert (made.orcid, made.name, made.state) == (sofia.orcid, "Sofia Garcia", "active")
    assert made.scopes == ["/read-limited"]


def test_connected_the_id_stands_under_the_address(sofia: Somebody) -> None:
    EmailAddress.objects.create(user=sofia.user, email="sofia@uni.example", verified=True)

    page = words(sofia.connects())

    assert re.search(rf"Sign-in sofia@uni\.example https?://\S+/{sofia.orcid} ", page)


def test_who_came_from_a_page_goes_on_there(sofia: Somebody) -> None:
    page = sofia.connects(next="/me/preferences/")

    assert page.request["PATH_INFO"] == "/me/preferences/"


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_on_to_elsewhere(sofia: Somebody, url: str) -> None:
    page = sofia.connects(next=url)

    assert page.request["PATH_INFO"] == ACCOUNTS


def test_denied_is_fine_and_leaves_nothing(sofia: Somebody) -> None:
    page = sofia.connects(deny=True)

    assert "Not connected: you did not allow it at ORCID. That is fine." in words(page)
    assert not Connection.objects.exists()


def test_whoever_allows_more_or_not_is_told_what_holds_now(sofia: Somebody) -> None:
    sofia.connects()

    denied = words(sofia.connects(write="1", deny=True))
    allowed = words(sofia.connects(write="1"))

    assert "You did not allow it at ORCID. That is fine: what you allowed before stays." in denied
    assert "Not connected" not in denied
    assert "Your ORCID record is connected, and you allow us to add works to it." in allowed


def test_c4_another_id_is_refused_named_and_its_token_revoked(
    sofia: Somebody, orcid: SandboxServer, caplog: pytest.LogCaptureFixture
) -> None:
    other = orcid.add_person(given_names="Other", family_name="Person")

    page = words(sofia.connects(at_orcid_as=other))

    assert "Not connected: that was another iD" in page
    assert f"{other}" in page
    assert "sign out at ORCID" in page
    assert "belongs to another account" not in page
    assert (Connection.objects.count(), UnwantedToken.objects.count()) == (0, 0)


def test_c4_an_id_of_another_account_has_its_own_words(
    sofia: Somebody, orcid: SandboxServer
) -> None:
    other = make_user(orcid.add_person())

    page = words(sofia.connects(at_orcid_as=str(other.orcid)))

    assert "The iD that came belongs to another account here" in page
    assert not Connection.objects.exists()


def test_token_of_another_id_is_revoked_later_where_orcid_does_not_answer(
    sofia: Somebody, orcid: SandboxServer
) -> None:
    way_back = at_orcid(sofia.presses_connect(), orcid.add_person())
    orcid.fault("/oauth/revoke", status=503)

    sofia.client.get(way_back)

    kept = UnwantedToken.objects.get()
    assert takes(orcid, kept.token)
    assert (kept.connection, kept.attempts) == (None, 1)


def test_problem_is_told_once(sofia: Somebody, orcid: SandboxServer) -> None:
    sofia.connects(at_orcid_as=orcid.add_person())

    assert "Not connected" not in sofia.reads()


@pytest.mark.parametrize(
    "trouble",
    [
        {"kind": "busy"},
        {"kind": "dropped"},
        {"kind": "truncated"},
        {"kind": "broken-json"},
        {"kind": "html"},
        {"delay_ms": 600},
    ],
    ids=str,
)
def test_a7_orcid_does_not_answer_in_the_middle(
    sofia: Somebody, orcid: SandboxServer, settings: Settings, trouble: dict[str, Any]
) -> None:
    way_back = at_orcid(sofia.presses_connect(), sofia.orcid)
    orcid.fault("/oauth/token", **trouble)
    settings.ORCID_TIMEOUT_SECONDS = 0.3 if "delay_ms" in trouble else 10

    page = words(sofia.client.get(way_back, follow=True))

    assert "Not connected: ORCID does not answer" in page
    assert not Connection.objects.exists()


def test_link_used_twice_changes_nothing(sofia: Somebody) -> None:
    way_back = at_orcid(sofia.presses_connect(), sofia.orcid)
    sofia.client.get(way_back)
    before = connection().access_token

    page = words(sofia.client.get(way_back, follow=True))

    assert "this link is no longer valid" in page
    assert connection().access_token == before


def test_state_is_good_once_whatever_came_of_it(sofia: Somebody) -> None:
    """Denied first, the same way back with a code that ORCID would take connects nothing."""
    asked = sofia.presses_connect()
    sofia.client.get(at_orcid(asked, sofia.orcid, deny=True))

    page = words(sofia.client.get(at_orcid(asked, sofia.orcid), follow=True))

    assert "this link is no longer valid" in page
    assert not Connection.objects.exists()


def test_state_of_another_browser_is_refused(sofia: Somebody, orcid: SandboxServer) -> None:
    """Whoever sends a victim their own way back must not connect anything (login CSRF)."""
    way_back = at_orcid(somebody(orcid).presses_connect(), sofia.orcid)
    sofia.presses_connect()

    page = words(sofia.client.get(way_back, follow=True))

    assert "this link is no longer valid" in page
    assert not Connection.objects.exists()


def test_way_back_after_too_long_is_refused(sofia: Somebody) -> None:
    way_back = at_orcid(sofia.presses_connect(), sofia.orcid)
    session = sofia.client.session
    session["orcid_connecting"] |= {"at": time.time() - 1801}
    session.save()

    page = words(sofia.client.get(way_back, follow=True))

    assert "this link is no longer valid" in page
    assert not Connection.objects.exists()


def test_code_that_orcid_does_not_know_is_refused(sofia: Somebody) -> None:
    state = query(sofia.presses_connect())["state"]

    answer = sofia.client.get(CONNECTED, {"code": "nosuch", "state": state}, follow=True)

    assert "this link is no longer valid" in words(answer)


def test_client_that_may_not_ask_is_the_portals_fault(
    sofia: Somebody, orcid: SandboxServer, settings: Settings
) -> None:
    url = sofia.presses_connect()
    answer = sofia.client.get(
        CONNECTED, {"error": "invalid_scope", "state": query(url)["state"]}, follow=True
    )

    assert "Connecting is not set up correctly" in words(answer)


def test_without_a_client_the_portal_says_so(sofia: Somebody, settings: Settings) -> None:
    settings.ORCID_CLIENT_SECRET = ""

    answer = sofia.client.post(CONNECT, follow=True)

    assert "Connecting is not set up correctly" in words(answer)


def test_less_than_was_asked_for_is_given_back(sofia: Somebody, orcid: SandboxServer) -> None:
    url = sofia.presses_connect().replace("%2Fread-limited", "%2Factivities%2Fread-limited")

    page = words(sofia.client.get(at_orcid(url, sofia.orcid), follow=True))

    assert "ORCID gave us less than we had asked for" in page
    assert (Connection.objects.count(), UnwantedToken.objects.count()) == (0, 0)


def test_connecting_again_takes_the_place_and_revokes_the_old_token(
    sofia: Somebody, orcid: SandboxServer
) -> None:
    sofia.connects()
    first = connection()

    sofia.connects()

    second = connection()
    assert second.pk == first.pk
    assert (takes(orcid, first.access_token), takes(orcid, second.access_token)) == (False, True)


def test_connecting_again_after_orcid_ended_it(sofia: Somebody) -> None:
    sofia.connects()
    Connection.objects.update(state=Connection.State.WITHDRAWN)
    assert "Reconnect needed" in sofia.reads()

    page = words(sofia.connects())

    assert f"{sofia.orcid} Connected" in page


def test_c4_an_account_without_id_is_told_to_sign_in_with_orcid(db: None) -> None:
    client = Client()
    client.force_login(make_user(orcid=None, email="op@portal.example", is_staff=True))

    page = words(client.post(CONNECT, follow=True))

    assert "Not connected: you signed in without ORCID" in page
    assert "Connect your ORCID iD" not in page


def test_the_page_takes_as_many_queries_connected_or_not(
    sofia: Somebody,
) -> None:
    """Session, user, what the menu shows, addresses, connection; and whether that is ending."""
    counts = []
    for _state in range(2):
        sofia.reads()
        with CaptureQueriesContext(database) as queries:
            sofia.reads()
        counts.append(len(queries))
        sofia.connects()

    assert counts == [9, 10]
