"""What can be ordered to go wrong, and what a client then meets."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.sandbox.steps import client_token, read
from tests.sandbox_server import SandboxClient, SandboxServer, new_browser

SOFIA = "0009-0009-9900-0011"
PERSON = f"/pub/v3.0/{SOFIA}/person"
JSON = {"Accept": "application/json"}


@pytest.fixture
def http(sandbox: SandboxServer) -> Iterator[httpx.Client]:
    """A client of its own: its connections are broken."""
    with new_browser(base_url=sandbox.base_url, headers=JSON) as client:
        yield client


def test_busy_is_503_with_a_page(sandbox: SandboxServer, http: httpx.Client) -> None:
    sandbox.fault("/pub/", kind="busy")

    answer = http.get(PERSON)

    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html")
    assert "retry-after" not in answer.headers


def test_quota_is_429_with_a_plain_sentence(sandbox: SandboxServer, http: httpx.Client) -> None:
    sandbox.fault("/pub/", kind="quota")

    answer = http.get(PERSON)

    assert (answer.status_code, answer.headers["content-type"]) == (429, "text/plain")
    assert answer.text.startswith("You have exceeded the daily quota")


def test_dropped_connection_gives_no_answer_and_does_nothing(
    sandbox: SandboxServer, http: httpx.Client, member: SandboxClient
) -> None:
    token = client_token(sandbox, member, "/read-public")
    sandbox.fault("/oauth/", kind="dropped")

    with pytest.raises(httpx.RemoteProtocolError):
        revoke(http, member, token)

    assert read(sandbox, "/search?q=x", token).status_code == 200


def test_lost_answer_was_to_something_that_is_done(
    sandbox: SandboxServer, http: httpx.Client, member: SandboxClient
) -> None:
    token = client_token(sandbox, member, "/read-public")
    sandbox.fault("/oauth/", kind="lost")

    with pytest.raises(httpx.RemoteProtocolError):
        revoke(http, member, token)

    assert read(sandbox, "/search?q=x", token).json()["error"] == "invalid_token"


def revoke(http: httpx.Client, client: SandboxClient, token: str) -> httpx.Response:
    form = {"client_id": client.client_id, "client_secret": client.client_secret, "token": token}
    return http.post("/oauth/revoke", data=form)


def test_connection_can_end_in_the_middle_of_a_body(
    sandbox: SandboxServer, http: httpx.Client
) -> None:
    sandbox.fault("/pub/", kind="cut")

    with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
        http.get(PERSON)

    assert http.get(PERSON).json()["path"] == f"/{SOFIA}/person"


@pytest.mark.parametrize("kind", ["broken-json", "truncated"])
def test_json_that_is_none_comes_with_status_200(
    sandbox: SandboxServer, http: httpx.Client, kind: str
) -> None:
    sandbox.fault("/pub/", kind=kind)

    answer = http.get(PERSON)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    with pytest.raises(ValueError, match=r"line 1"):
        answer.json()


def test_page_can_come_where_json_is_expected(sandbox: SandboxServer, http: httpx.Client) -> None:
    sandbox.fault("/pub/", kind="html")

    answer = http.get(PERSON)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html")
    assert "Back soon." in answer.text


def test_latency_lasts_until_it_is_cleared_and_joins_other_faults(
    sandbox: SandboxServer, http: httpx.Client
) -> None:
    sandbox.fault("/", delay_ms=30, times=None)
    sandbox.fault("/pub/", kind="busy", delay_ms=30)

    began = time.monotonic()
    first = http.get(PERSON)
    first_took = time.monotonic() - began
    second = http.get(PERSON)

    assert (first.status_code, second.status_code) == (503, 200)
    assert first_took >= 0.06
    assert second.elapsed.total_seconds() >= 0.03


def test_fault_is_given_to_one_of_many_requests_at_once(sandbox: SandboxServer) -> None:
    sandbox.fault("/status", status=500)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: sandbox.http.get("/status").status_code, range(16)))

    assert sorted(answers) == [200] * 15 + [500]


@pytest.mark.parametrize(
    "order",
    [
        {"path_prefix": "/", "kind": "gremlins"},
        {"kind": "busy"},
        {"path_prefix": "/", "status": "broken"},
        {"path_prefix": "/", "delay_ms": -1},
        {"path_prefix": "/", "headers": "none"},
    ],
)
def test_fault_that_cannot_be_is_refused(sandbox: SandboxServer, order: dict[str, object]) -> None:
    answer = sandbox.http.post("/sandbox/faults", json=order)

    assert answer.status_code == 400
    assert answer.json()["error"]


def test_locked_record_can_be_read_by_nobody(sandbox: SandboxServer) -> None:
    sandbox.set_status(SOFIA, "locked")
    assert read(sandbox, f"/{SOFIA}/person").json()["error-code"] == 9018

    sandbox.set_status(SOFIA, "active")
    assert read(sandbox, f"/{SOFIA}/person").json()["name"]["given-names"]["value"] == "Sofía"


def test_moved_record_leads_to_the_other(sandbox: SandboxServer) -> None:
    old = sandbox.add_person()

    sandbox.set_status(old, "moved", moved_to=SOFIA)

    answer = read(sandbox, f"/{old}/person")
    assert (answer.status_code, answer.json()["error-code"]) == (301, 9007)
    assert answer.headers["location"].endswith(f"/pub/v3.0/{SOFIA}/person")


def test_deactivated_record_is_empty(sandbox: SandboxServer) -> None:
    sandbox.set_status(SOFIA, "deactivated")

    name = read(sandbox, f"/{SOFIA}/person").json()["name"]
    assert name["given-names"]["value"] == "Given Names Deactivated"


@pytest.mark.parametrize(
    ("orcid", "order"),
    [
        (SOFIA, {"status": "asleep"}),
        (SOFIA, {"status": "moved"}),
        (SOFIA, {"status": "moved", "moved_to": SOFIA}),
        ("0009-0009-9999-9999", {"status": "locked"}),
    ],
)
def test_status_that_cannot_be_is_refused(
    sandbox: SandboxServer, orcid: str, order: dict[str, str]
) -> None:
    answer = sandbox.http.post(f"/sandbox/people/{orcid}/status", json=order)

    assert answer.status_code == 400
    assert read(sandbox, f"/{SOFIA}/person").status_code == 200
