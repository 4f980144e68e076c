"""Calls per second as ORCID's proxy allows them: orcid-api.md, section 5."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.sandbox.steps import bearer, client_token
from tests.sandbox_server import SandboxClient, SandboxServer


def at_once(sandbox: SandboxServer, times: int, **headers: str) -> list[httpx.Response]:
    def one(_number: int) -> httpx.Response:
        return sandbox.http.get("/pub/v3.0/status", headers=headers)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_calls_over_the_burst_are_refused_as_by_a_proxy(sandbox: SandboxServer) -> None:
    sandbox.limit(public_per_second=5, burst=2)

    answers = at_once(sandbox, 8)

    # One at once, two after a wait; a slow computer may let one more have its turn meanwhile.
    served = [answer for answer in answers if answer.status_code == 200]
    refused = [answer for answer in answers if answer.status_code == 503]
    assert 3 <= len(served) <= 4
    assert len(served) + len(refused) == 8
    assert refused[0].headers["content-type"] == "text/html"
    assert "503 Service Temporarily Unavailable" in refused[0].text
    assert "retry-after" not in refused[0].headers


def test_queued_calls_are_slowed_not_refused(sandbox: SandboxServer) -> None:
    sandbox.limit(public_per_second=20, burst=40)

    began = time.monotonic()
    answers = at_once(sandbox, 5)

    # The fifth has its turn after four twentieths of a second.
    assert time.monotonic() - began >= 0.2
    assert {answer.status_code for answer in answers} == {200}
    assert sandbox.limits()["callers"]["127.0.0.1"]["longest_wait"] == pytest.approx(0.2, abs=0.09)


def test_calls_are_counted_by_client_or_address(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    token = client_token(sandbox, member, "/read-public")
    sandbox.limit(public_per_second=0.01, member_per_second=1000, burst=0)

    answers = [
        sandbox.http.get("/pub/v3.0/status"),
        sandbox.http.get("/pub/v3.0/status"),
        sandbox.http.get("/pub/v3.0/status", headers=bearer(token)),
        sandbox.http.get("/api/v3.0/search?q=x", headers=bearer(token)),
        sandbox.http.post("/oauth/token", data={"client_id": member.client_id}),
    ]

    assert [answer.status_code for answer in answers] == [200, 503, 200, 200, 401]
    counted = sandbox.limits()
    assert (counted["calls"], counted["refused"], counted["peak"]) == (5, 1, 3)
    by_caller = {
        name: (count["calls"], count["refused"]) for name, count in counted["callers"].items()
    }
    assert by_caller == {"127.0.0.1": (2, 1), member.client_id: (3, 0)}


def test_clients_of_the_public_api_have_their_own_number(
    sandbox: SandboxServer, public_client: SandboxClient
) -> None:
    token = client_token(sandbox, public_client, "/read-public")
    sandbox.limit(public_per_second=0.01, member_per_second=1000, burst=0)

    answers = [sandbox.http.get("/pub/v3.0/status", headers=bearer(token)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 503]


def test_peoples_pages_are_never_limited(sandbox: SandboxServer) -> None:
    sandbox.limit(public_per_second=0.01, burst=0)

    pages = [sandbox.http.get(path) for path in ("/signin", "/signin", "/sandbox/people.json")]

    assert {page.status_code for page in pages} == {200}
    assert sandbox.limits()["calls"] == 0


def test_limit_counts_but_refuses_nothing_until_it_is_switched_on(sandbox: SandboxServer) -> None:
    sandbox.limit(on=False, public_per_second=0.01, burst=0)
    at_once(sandbox, 3)

    counted = sandbox.limits()

    assert (counted["on"], counted["calls"], counted["refused"]) == (False, 3, 0)


def test_reset_goes_back_to_orcids_numbers(sandbox: SandboxServer) -> None:
    sandbox.limit(public_per_second=1, member_per_second=1, burst=1)

    sandbox.reset()

    assert sandbox.limits() == {
        "on": False,
        "member_per_second": 24,
        "public_per_second": 12,
        "burst": 40,
        "works_per_record": 10_000,
        "calls": 0,
        "refused": 0,
        "peak": 0,
        "callers": {},
    }


@pytest.mark.parametrize(
    "order", [{"per_second": 24}, {"burst": -1}, {"burst": "many"}, {"member_per_second": 0}]
)
def test_limit_that_cannot_be_is_refused(sandbox: SandboxServer, order: dict[str, object]) -> None:
    answer = sandbox.http.post("/sandbox/limits", json=order)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert sandbox.limits()["burst"] == 40
