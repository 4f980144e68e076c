"""Webhooks: registered by clients, called when a record changes (orcid-api.md, section 4)."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

import httpx
import pytest

from tests.sandbox.steps import bearer, client_token, user_token
from tests.sandbox_server import SandboxClient, SandboxServer

SOFIA = "0009-0009-9900-0011"
MINUTE = 60


@dataclass
class Listener:
    """What a client runs to be called: keeps the calls, answers with `status`."""

    url: str = ""
    status: int = 204
    calls: list[tuple[str, str, bytes]] = field(default_factory=list)
    called: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def listener() -> Iterator[Listener]:
    listening = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the library's name
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listening.calls.append((self.command, self.path, body))
            listening.called.set()
            self.send_response(listening.status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        listening.url = f"http://127.0.0.1:{server.server_port}/hook/?secret=a%2Fb&n=1"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield listening
        server.shutdown()
        thread.join()


@pytest.fixture
def token(sandbox: SandboxServer, member: SandboxClient) -> str:
    return client_token(sandbox, member, "/webhook")


def path_of(uri: str, orcid: str = SOFIA) -> str:
    return f"/api/{orcid}/webhook/{quote(uri, safe='')}"


def register(sandbox: SandboxServer, token: str, uri: str, orcid: str = SOFIA) -> httpx.Response:
    return sandbox.http.put(path_of(uri, orcid), headers=bearer(token))


def unregister(sandbox: SandboxServer, token: str, uri: str) -> httpx.Response:
    return sandbox.http.delete(path_of(uri), headers=bearer(token))


def change(sandbox: SandboxServer, orcid: str = SOFIA) -> None:
    """Any change of the record will do: its last-modified date moves."""
    sandbox.set_status(orcid, "active")


def test_webhook_is_made_once_and_deleted_once(sandbox: SandboxServer, token: str) -> None:
    uri = "http://127.0.0.1:9/hook?a=1"

    made, again = register(sandbox, token, uri), register(sandbox, token, uri)
    deleted, gone = unregister(sandbox, token, uri), unregister(sandbox, token, uri)

    assert [made.status_code, again.status_code, deleted.status_code] == [201, 204, 204]
    assert made.headers["location"] == f"{sandbox.base_url}{path_of(uri)}"
    assert (gone.status_code, gone.json()["error-code"]) == (404, 9028)


def test_webhook_of_another_client_cannot_be_deleted(sandbox: SandboxServer, token: str) -> None:
    register(sandbox, token, "http://127.0.0.1:9/hook")
    other = sandbox.add_client(client_id="APP-OTHERCLIENT00001")

    refused = unregister(
        sandbox, client_token(sandbox, other, "/webhook"), "http://127.0.0.1:9/hook"
    )

    assert (refused.status_code, refused.json()["error-code"]) == (403, 9014)
    assert unregister(sandbox, token, "http://127.0.0.1:9/hook").status_code == 204


def test_webhook_takes_a_two_legged_token_of_its_scope(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    read_public = client_token(sandbox, member, "/read-public")
    of_person = user_token(sandbox, member, SOFIA, scope="/read-limited")["access_token"]

    answers = [
        register(sandbox, one, "http://127.0.0.1:9/hook") for one in (read_public, of_person)
    ]
    without = sandbox.http.put(path_of("http://127.0.0.1:9/hook"))

    assert [answer.json()["error-code"] for answer in answers] == [9004, 9004]
    assert without.json()["error"] == "forbidden"


@pytest.mark.parametrize(
    ("orcid", "uri", "code"),
    [
        ("0009-0009-9999-9999", "http://127.0.0.1:9/hook", 9011),
        (SOFIA, "ftp://127.0.0.1/hook", 9012),
        (SOFIA, "hook", 9012),
    ],
)
def test_webhook_that_cannot_be_is_refused(
    sandbox: SandboxServer, token: str, orcid: str, uri: str, code: int
) -> None:
    assert register(sandbox, token, uri, orcid).json()["error-code"] == code


def test_change_is_told_once_by_an_empty_post_to_the_very_address(
    sandbox: SandboxServer, token: str, listener: Listener
) -> None:
    register(sandbox, token, listener.url)
    assert sandbox.run_webhooks() == []

    change(sandbox)
    change(sandbox)
    change(sandbox, sandbox.add_person())
    told = sandbox.run_webhooks()

    assert told == [
        {"orcid": SOFIA, "uri": listener.url, "status": 204, "problem": "", "done": True}
    ]
    assert listener.calls == [("POST", "/hook/?secret=a%2Fb&n=1", b"")]
    assert sandbox.run_webhooks() == []


def test_failed_call_is_made_again_after_ever_longer_pauses(
    sandbox: SandboxServer, token: str, listener: Listener
) -> None:
    register(sandbox, token, listener.url)
    listener.status = 500
    change(sandbox)

    # After each failure, minutes gone and calls made then: 10 minutes times the failures.
    made = [len(sandbox.run_webhooks())]
    for minutes in (9, 1, 19, 1):
        sandbox.turn_clock(advance_seconds=minutes * MINUTE + 1)
        made.append(len(sandbox.run_webhooks()))
    listener.status = 200
    sandbox.turn_clock(advance_seconds=30 * MINUTE)
    (last,) = sandbox.run_webhooks()

    assert made == [1, 0, 1, 0, 1]
    assert last["done"]
    assert sandbox.run_webhooks() == []


def test_call_is_given_up_after_25_failures(
    sandbox: SandboxServer, token: str, listener: Listener
) -> None:
    register(sandbox, token, listener.url)
    sandbox.turn_clock(retry_seconds=0)
    listener.status = 404
    change(sandbox)

    made = [len(sandbox.run_webhooks()) for _ in range(26)]
    change(sandbox)

    assert made == [1] * 25 + [0]
    assert sandbox.run_webhooks() == []


def test_redirect_counts_as_failure_and_is_not_followed(
    sandbox: SandboxServer, token: str, listener: Listener
) -> None:
    register(sandbox, token, listener.url)
    listener.status = 302
    change(sandbox)

    (call,) = sandbox.run_webhooks()

    assert (call["status"], call["done"]) == (302, False)
    assert len(listener.calls) == 1


def test_client_that_answers_429_is_left_alone_for_the_round(
    sandbox: SandboxServer, token: str, listener: Listener
) -> None:
    for number in range(3):
        register(sandbox, token, f"{listener.url}&number={number}")
    listener.status = 429
    change(sandbox)

    assert len(sandbox.run_webhooks()) == 1


def test_nobody_listening_counts_as_failure(sandbox: SandboxServer, token: str) -> None:
    register(sandbox, token, "http://127.0.0.1:9/hook")
    change(sandbox)

    (call,) = sandbox.run_webhooks()

    assert (call["status"], call["problem"]) == (None, "no answer (ConnectError)")


@pytest.mark.parametrize(
    "uri", ["http://192.0.2.1/hook", "https://example.org/hook", "http://127.0.0.1.example.org/"]
)
def test_only_addresses_of_this_computer_are_called(
    sandbox: SandboxServer, token: str, uri: str
) -> None:
    register(sandbox, token, uri)
    change(sandbox)

    (call,) = sandbox.run_webhooks()

    assert call["problem"] == "not called: not an address of this computer"


def test_deleted_webhook_is_not_called(
    sandbox: SandboxServer, token: str, listener: Listener
) -> None:
    register(sandbox, token, listener.url)
    change(sandbox)

    unregister(sandbox, token, listener.url)

    assert sandbox.run_webhooks() == []
    assert listener.calls == []


def test_calls_are_made_in_the_background(
    sandbox: SandboxServer, token: str, listener: Listener
) -> None:
    register(sandbox, token, listener.url)
    sandbox.turn_clock(every_seconds=0.02)

    change(sandbox)

    assert listener.called.wait(5)
    deadline = time.monotonic() + 5
    # Once the answer has been noted nothing is due any more.
    while sandbox.run_webhooks() and time.monotonic() < deadline:
        pass
    assert len(listener.calls) == 1
