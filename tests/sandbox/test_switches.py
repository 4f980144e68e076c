"""The page on which a developer lets things go wrong by hand."""

import re

import httpx

from tests.sandbox.steps import client_token, read, send
from tests.sandbox_server import SandboxClient, SandboxServer

SOFIA = "0009-0009-9900-0011"


def switches(browser: httpx.Client, sandbox: SandboxServer) -> str:
    return browser.get(f"{sandbox.base_url}/sandbox/").text


def test_fault_is_ordered_shown_and_cleared_by_hand(
    sandbox: SandboxServer, browser: httpx.Client
) -> None:
    form = {"where": "/pub/", "kind": "busy", "delay_ms": "0", "times": ""}
    send(browser, sandbox, "/sandbox/switches/fault", **form)
    answers = [read(sandbox, "/status").status_code for _ in range(2)]
    page = switches(browser, sandbox)
    (number,) = re.findall(r'name="number" value="(\d+)"', page)

    send(browser, sandbox, "/sandbox/switches/clear", number=number)

    assert answers == [503, 503]
    assert "503, as from a proxy" in page
    assert read(sandbox, "/status").status_code == 200


def test_fault_that_would_do_nothing_is_refused(
    sandbox: SandboxServer, browser: httpx.Client
) -> None:
    form = {"where": "/pub/", "kind": "answer", "delay_ms": "0", "times": "1"}

    answer = send(browser, sandbox, "/sandbox/switches/fault", **form)

    assert "Say how much slower." in answer.text


def test_limit_is_changed_by_hand_and_counts_are_shown(
    sandbox: SandboxServer, browser: httpx.Client
) -> None:
    form = {"on": "on", "member_per_second": "24", "public_per_second": "1", "burst": "0"}
    send(browser, sandbox, "/sandbox/switches/limit", **form)

    answers = [read(sandbox, "/status").status_code for _ in range(2)]

    assert answers == [200, 503]
    assert "2 calls, at most 2 in a second, 1 refused" in switches(browser, sandbox)


def test_record_is_locked_by_hand(sandbox: SandboxServer, browser: httpx.Client) -> None:
    send(browser, sandbox, "/sandbox/switches/status", orcid=SOFIA, status="locked")
    wrong = send(browser, sandbox, "/sandbox/switches/status", orcid=SOFIA, status="moved")

    assert read(sandbox, f"/{SOFIA}/person").json()["error-code"] == 9018
    assert "moved_to must be the iD of somebody else here." in wrong.text


def test_webhooks_are_shown_and_called_by_hand(
    sandbox: SandboxServer, browser: httpx.Client, member: SandboxClient
) -> None:
    token = client_token(sandbox, member, "/webhook")
    path = f"/api/{SOFIA}/webhook/http%3A%2F%2F127.0.0.1%3A9%2Fhook"
    sandbox.http.put(path, headers={"Authorization": f"Bearer {token}"})
    sandbox.set_status(SOFIA, "active")

    send(browser, sandbox, "/sandbox/switches/webhooks", minutes="0")
    send(browser, sandbox, "/sandbox/switches/webhooks", minutes="11")

    page = switches(browser, sandbox)
    assert "http://127.0.0.1:9/hook" in page
    assert "last answer: no answer (ConnectError); 2 failed" in page
