import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.sandbox_server import ROOT, SandboxClient, SandboxServer

STRANGER = """
import django
django.setup()
from django.test import Client
for address in ("192.0.2.7", "127.0.0.1"):
    client = Client(REMOTE_ADDR=address, HTTP_HOST="127.0.0.1")
    print(client.get("/sandbox/people.json").status_code, client.delete("/mailbox/").status_code)
    print(client.get("/sandbox/").status_code, client.post("/sandbox/switches/clear").status_code)
"""


def test_only_this_computer_may_control_the_sandbox(sandbox: SandboxServer) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "integrations.sandbox.settings",
        "SANDBOX_STORAGE": str(sandbox.storage),
    }

    told = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", STRANGER],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.split() == ["403"] * 4 + ["200", "204", "200", "302"]


def test_scripts_of_other_sites_may_not_control_the_sandbox(sandbox: SandboxServer) -> None:
    answer = sandbox.http.post("/sandbox/reset", headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403


def test_foreign_host_names_are_refused(sandbox: SandboxServer) -> None:
    assert sandbox.http.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_reset_goes_back_to_the_people_file(sandbox: SandboxServer) -> None:
    before = sandbox.http.get("/sandbox/people.json").json()
    orcid = sandbox.add_person()
    sandbox.add_client()
    sandbox.fault("/status", status=500)

    sandbox.reset()

    assert sandbox.http.get("/sandbox/people.json").json() == before
    assert sandbox.http.get(f"/{orcid}").status_code == 404
    assert sandbox.http.get("/status").status_code == 200


@pytest.mark.parametrize(
    "entry",
    [
        {"orcid": "0000-0002-1825-0098"},
        {"orcid": "0009-0009-9900-0011"},
        {"status": "asleep"},
        {"name_visibility": "secret"},
        {"given_names": ""},
        {"permissions": [{"client_id": "APP-NOBODY", "scope": "/read-limited"}]},
        {"emails": [{"email": "sofia.garcia@northfield.example"}]},
    ],
)
def test_person_that_cannot_be_is_refused(sandbox: SandboxServer, entry: dict[str, object]) -> None:
    answer = sandbox.http.post("/sandbox/people", json={"given_names": "Test", **entry})

    assert answer.status_code == 400
    assert answer.json()["error"]


def test_fault_is_answered_as_often_as_ordered(sandbox: SandboxServer) -> None:
    sandbox.fault("/pub/", status=503, body="<html>busy", times=2, headers={"Retry-After": "1"})

    answers = [sandbox.http.get("/pub/v3.0/status") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert answers[0].text == "<html>busy"
    assert answers[0].headers["content-type"] == "text/html"
    assert answers[0].headers["retry-after"] == "1"


def test_fault_leaves_other_paths_alone_and_can_be_cleared(sandbox: SandboxServer) -> None:
    sandbox.fault("/pub/", status=503)

    assert sandbox.http.get("/api/v3.0/status").status_code == 200
    sandbox.clear_faults()
    assert sandbox.http.get("/pub/v3.0/status").status_code == 200


def test_fault_without_status_only_delays(sandbox: SandboxServer) -> None:
    sandbox.fault("/status", delay_ms=100)

    began = time.monotonic()
    answer = sandbox.http.get("/status")

    assert time.monotonic() - began >= 0.1
    assert answer.status_code == 200


def test_many_people_can_be_added_at_once(sandbox: SandboxServer) -> None:
    with ThreadPoolExecutor(8) as pool:
        people = list(pool.map(lambda _: sandbox.add_person(), range(24)))

    answer = sandbox.http.get("/sandbox/people.json").json()
    assert set(people) <= {person["orcid"] for person in answer["people"]}


def test_clients_can_be_registered(sandbox: SandboxServer, browser: httpx.Client) -> None:
    added: SandboxClient = sandbox.add_client(name="Repository", redirect_uris=["http://x.test/"])

    assert added.redirect_uri == "http://x.test/"
    assert "Repository" in browser.get(sandbox.base_url).text
