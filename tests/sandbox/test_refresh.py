"""`grant_type=refresh_token`: a new pair for an old one."""

from typing import Any

import httpx
import pytest

from tests.sandbox.steps import all_at_once, client_token, post_token, read
from tests.sandbox_server import SandboxClient, SandboxServer


def refresh(
    sandbox: SandboxServer, client: SandboxClient, token: dict[str, Any], **form: str
) -> httpx.Response:
    return post_token(
        sandbox,
        client,
        grant_type="refresh_token",
        refresh_token=token["refresh_token"],
        **form,
    )


@pytest.fixture
def orcid(sandbox: SandboxServer) -> str:
    return sandbox.add_person(given_names="Ada", family_name="Byron")


@pytest.fixture
def token(sandbox: SandboxServer, member: SandboxClient, orcid: str) -> dict[str, str]:
    return sandbox.give_permission(orcid, member.client_id, "/read-limited /activities/update")


def is_alive(sandbox: SandboxServer, orcid: str, token: dict[str, Any]) -> bool:
    return read(sandbox, f"/{orcid}/works", token["access_token"]).status_code == 200


def test_new_pair_of_the_same_grant_replaces_the_old_one(
    sandbox: SandboxServer, member: SandboxClient, orcid: str, token: dict[str, str]
) -> None:
    answer = refresh(sandbox, member, token)

    new = answer.json()
    assert (new["orcid"], new["name"], new["token_type"]) == (orcid, "Ada Byron", "bearer")
    assert set(new["scope"].split()) == {"/read-limited", "/activities/update"}
    assert 631138400 < new["expires_in"] <= 631138518
    assert {new["access_token"], new["refresh_token"]}.isdisjoint(token.values())
    assert is_alive(sandbox, orcid, new)
    assert not is_alive(sandbox, orcid, token)
    assert answer.headers["cache-control"] == "no-store"


def test_old_token_can_be_kept(
    sandbox: SandboxServer, member: SandboxClient, orcid: str, token: dict[str, str]
) -> None:
    new = refresh(sandbox, member, token, revoke_old="false").json()

    assert is_alive(sandbox, orcid, new)
    assert is_alive(sandbox, orcid, token)


def test_scope_and_life_can_be_cut_short(
    sandbox: SandboxServer, member: SandboxClient, token: dict[str, str]
) -> None:
    asked = {"scope": "/activities/read-limited", "expires_in": "600"}

    new = refresh(sandbox, member, token, **asked).json()

    assert new["scope"] == "/activities/read-limited"
    assert new["expires_in"] in {599, 600}


@pytest.mark.parametrize(
    ("form", "refusal"),
    [
        ({"scope": "/person/update"}, (400, "invalid_scope")),
        ({"scope": "/no-such-scope"}, (401, "invalid_scope")),
        ({"expires_in": "631138999"}, (400, "invalid_request")),
        ({"expires_in": "soon"}, (400, "invalid_request")),
        ({"refresh_token": "nonsense"}, (400, "unauthorized_client")),
        ({"refresh_token": ""}, (400, "invalid_request")),
    ],
)
def test_more_than_the_old_token_had_is_refused(
    sandbox: SandboxServer,
    member: SandboxClient,
    orcid: str,
    *,
    token: dict[str, str],
    form: dict[str, str],
    refusal: tuple[int, str],
) -> None:
    wanted = {"refresh_token": token["refresh_token"], **form}

    answer = post_token(sandbox, member, grant_type="refresh_token", **wanted)

    assert (answer.status_code, answer.json()["error"]) == refusal
    assert is_alive(sandbox, orcid, token)


def test_refreshed_token_cannot_be_refreshed_again(
    sandbox: SandboxServer, member: SandboxClient, token: dict[str, str]
) -> None:
    refresh(sandbox, member, token)

    again = refresh(sandbox, member, token)

    assert (again.status_code, again.json()["error"]) == (400, "invalid_request")
    assert again.json()["error_description"] == "Parent token is disabled"


def test_another_clients_token_is_refused(
    sandbox: SandboxServer, public_client: SandboxClient, orcid: str, token: dict[str, str]
) -> None:
    answer = refresh(sandbox, public_client, token)

    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
    assert is_alive(sandbox, orcid, token)


def test_of_two_refreshes_at_once_one_wins(
    sandbox: SandboxServer, member: SandboxClient, token: dict[str, str]
) -> None:
    answers = all_at_once(sandbox, lambda: refresh(sandbox, member, token).status_code, times=3)

    assert sorted(answers) == [200, 400, 400]


def test_token_of_no_person_is_refreshed_without_a_name(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    form = {"grant_type": "client_credentials", "scope": "/webhook"}
    token = post_token(sandbox, member, **form).json()

    new = refresh(sandbox, member, token).json()

    assert (new["orcid"], new["scope"]) == (None, "/webhook")
    assert "name" not in new
    assert new["access_token"] != client_token(sandbox, member, "/webhook")
