import base64
import contextlib
import sqlite3

import httpx
import jwt
import pytest

from tests.sandbox.steps import (
    all_at_once,
    authorize_url,
    bearer,
    client_token,
    get_code,
    parameters,
    post_token,
    read,
    redeem,
    user_token,
)
from tests.sandbox_server import SandboxClient, SandboxServer, authorize


def verified_claims(sandbox: SandboxServer, id_token: str, audience: str) -> dict[str, object]:
    metadata = sandbox.http.get("/.well-known/openid-configuration").json()
    keys = jwt.PyJWKSet.from_dict(sandbox.http.get(metadata["jwks_uri"]).json())
    key = keys[jwt.get_unverified_header(id_token)["kid"]]
    claims: dict[str, object] = jwt.decode(
        id_token, key, algorithms=["RS256"], audience=audience, issuer=metadata["issuer"]
    )
    return claims


def test_code_buys_a_token_with_the_persons_id_and_name(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    orcid = sandbox.add_person(given_names="Ada", family_name="Byron", credit_name="A. Byron")

    answer = redeem(sandbox, member, get_code(sandbox, member, orcid, scope="/read-limited"))

    body = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert {key: body[key] for key in ("token_type", "scope", "name", "orcid")} == {
        "token_type": "bearer",
        "scope": "/read-limited",
        "name": "A. Byron",
        "orcid": orcid,
    }
    assert 631138500 < body["expires_in"] <= 631138518
    assert body["refresh_token"]
    assert "id_token" not in body


def test_name_is_null_when_not_public(sandbox: SandboxServer, member: SandboxClient) -> None:
    orcid = sandbox.add_person(name_visibility="limited")

    token = user_token(sandbox, member, orcid, scope="openid")

    claims = verified_claims(sandbox, token["id_token"], member.client_id)
    assert token["name"] is None
    assert not {"name", "given_name", "family_name"} & claims.keys()


@pytest.mark.parametrize("host", ["", "/pub", "/api"])
def test_each_host_answers_the_token_endpoint(
    sandbox: SandboxServer, member: SandboxClient, host: str
) -> None:
    code = get_code(sandbox, member, sandbox.add_person())

    answer = post_token(
        sandbox,
        member,
        host=host,
        grant_type="authorization_code",
        code=code,
        redirect_uri=member.redirect_uri,
    )

    assert answer.status_code == 200


def test_id_token_is_signed_and_says_who_for_whom_and_when(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    orcid = sandbox.add_person(given_names="Ada", family_name="Byron")

    token = user_token(sandbox, member, orcid, scope="openid", nonce="n-1")

    claims = verified_claims(sandbox, token["id_token"], member.client_id)
    issued = claims["iat"]
    assert isinstance(issued, int)
    assert claims["exp"] == issued + 24 * 3600
    assert isinstance(claims["auth_time"], int)
    assert claims["auth_time"] <= issued
    assert {key: claims[key] for key in ("sub", "nonce", "amr", "given_name", "family_name")} == {
        "sub": orcid,
        "nonce": "n-1",
        "amr": "pwd",
        "given_name": "Ada",
        "family_name": "Byron",
    }


def test_public_clients_get_no_amr(sandbox: SandboxServer, public_client: SandboxClient) -> None:
    token = user_token(sandbox, public_client, sandbox.add_person(), scope="openid")

    claims = verified_claims(sandbox, token["id_token"], public_client.client_id)
    assert "amr" not in claims


def test_code_works_once_and_reuse_revokes_its_token(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    orcid = sandbox.add_person()
    code = get_code(sandbox, member, orcid, scope="/read-limited")
    token = redeem(sandbox, member, code).json()["access_token"]

    again = redeem(sandbox, member, code)

    assert again.status_code == 400
    assert again.json()["error"] == "invalid_grant"
    assert read(sandbox, f"/{orcid}/email", token).status_code == 401


def test_of_two_uses_at_once_one_wins(sandbox: SandboxServer, member: SandboxClient) -> None:
    code = get_code(sandbox, member, sandbox.add_person())

    answers = all_at_once(sandbox, lambda: redeem(sandbox, member, code).status_code, times=4)

    assert sorted(answers) == [200, 400, 400, 400]


def test_code_expires_after_a_day(sandbox: SandboxServer, member: SandboxClient) -> None:
    code = get_code(sandbox, member, sandbox.add_person())
    with contextlib.closing(sqlite3.connect(sandbox.storage / "sandbox.sqlite3")) as database:
        database.execute(
            "UPDATE sandbox_authorizationcode SET created_at = datetime(created_at, '-25 hours')"
        )
        database.commit()

    answer = redeem(sandbox, member, code)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_code_of_another_client_is_invalid(
    sandbox: SandboxServer, member: SandboxClient, public_client: SandboxClient
) -> None:
    code = get_code(sandbox, member, sandbox.add_person())

    assert redeem(sandbox, public_client, code).json()["error"] == "invalid_grant"
    assert redeem(sandbox, member, code).status_code == 200


def test_redirect_address_must_be_the_one_of_the_authorization(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    code = get_code(sandbox, member, sandbox.add_person())

    answer = redeem(sandbox, member, code, redirect_uri=f"{member.redirect_uri}/other")

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_permission_not_kept_lasts_an_hour_and_is_asked_for_again(
    sandbox: SandboxServer, member: SandboxClient, browser: httpx.Client
) -> None:
    url = authorize_url(sandbox, member)
    authorize(browser, url, sandbox.add_person(), deny=True)
    decided = browser.post(
        url,
        data={
            "decision": "authorize",
            "csrfmiddlewaretoken": browser.cookies["sandbox_csrftoken"],
        },
    )

    token = redeem(sandbox, member, parameters(decided.headers["location"])["code"]).json()

    assert token["expires_in"] in {3598, 3599}
    assert browser.get(url).status_code == 200


def test_client_may_authenticate_by_http_basic(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    pair = base64.b64encode(f"{member.client_id}:{member.client_secret}".encode()).decode()

    answer = sandbox.http.post(
        "/oauth/token",
        data={"grant_type": "client_credentials", "scope": "/read-public"},
        headers={"Authorization": f"Basic {pair}"},
    )

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("host", "form", "refusal"),
    [
        ("", {"client_secret": "wrong"}, (401, "invalid_client")),
        ("", {"client_id": "APP-NOBODY"}, (401, "invalid_client")),
        ("", {"client_secret": ""}, (401, "invalid_request")),
        ("/api", {"client_secret": ""}, (400, "invalid_request")),
        ("", {"grant_type": ""}, (400, "unsupported_grant_type")),
        ("/pub", {"grant_type": ""}, (400, "invalid_request")),
        ("", {"grant_type": "password"}, (400, "unsupported_grant_type")),
        ("", {"grant_type": "authorization_code", "code": "nosuch"}, (400, "invalid_grant")),
        ("", {"scope": "/web-hook"}, (401, "invalid_scope")),
        ("", {"scope": "/read-limited"}, (400, "invalid_scope")),
        ("", {"scope": "/orcid-profile/create"}, (400, "invalid_scope")),
    ],
)
def test_refusals_have_orcids_status_and_error(
    sandbox: SandboxServer,
    member: SandboxClient,
    host: str,
    form: dict[str, str],
    refusal: tuple[int, str],
) -> None:
    full = {"grant_type": "client_credentials", "scope": "/read-public", **form}

    answer = post_token(sandbox, member, host=host, **full)

    assert (answer.status_code, answer.json()["error"]) == refusal


def test_client_credentials_give_a_token_of_no_person(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    answer = post_token(sandbox, member, grant_type="client_credentials", scope="/read-public")

    body = answer.json()
    assert body["orcid"] is None
    assert body["scope"] == "/read-public"
    assert "name" not in body


def test_public_client_gets_no_webhook_token(
    sandbox: SandboxServer, public_client: SandboxClient
) -> None:
    answer = post_token(sandbox, public_client, grant_type="client_credentials", scope="/webhook")

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


def revoke(sandbox: SandboxServer, client: SandboxClient, token: str) -> httpx.Response:
    form = {"client_id": client.client_id, "client_secret": client.client_secret, "token": token}
    return sandbox.http.post("/oauth/revoke", data=form)


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_revoking_either_token_ends_both(
    sandbox: SandboxServer, member: SandboxClient, kind: str
) -> None:
    orcid = sandbox.add_person()
    token = user_token(sandbox, member, orcid)

    answer = revoke(sandbox, member, token[kind])

    assert (answer.status_code, answer.content) == (200, b"")
    assert read(sandbox, f"/{orcid}/person", token["access_token"]).status_code == 401


def test_revoking_another_clients_token_is_answered_alike_and_does_nothing(
    sandbox: SandboxServer, member: SandboxClient, public_client: SandboxClient
) -> None:
    orcid = sandbox.add_person()
    token = user_token(sandbox, member, orcid)["access_token"]

    assert revoke(sandbox, public_client, token).status_code == 200
    assert read(sandbox, f"/{orcid}/person", token).status_code == 200


def test_userinfo_tells_id_and_public_names_and_no_email(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    orcid = sandbox.add_person(
        given_names="Ada",
        family_name="Byron",
        emails=[{"email": "ada@uni.example", "visibility": "public"}],
    )
    token = user_token(sandbox, member, orcid, scope="openid")["access_token"]

    answer = sandbox.http.get("/oauth/userinfo", headers=bearer(token))

    assert answer.json() == {
        "id": f"{sandbox.base_url}/{orcid}",
        "sub": orcid,
        "name": None,
        "family_name": "Byron",
        "given_name": "Ada",
    }


def test_userinfo_needs_a_sign_in_token(sandbox: SandboxServer, member: SandboxClient) -> None:
    limited = user_token(sandbox, member, sandbox.add_person(), scope="/read-limited")
    two_legged = client_token(sandbox, member, "/read-public")

    for token in (limited["access_token"], two_legged, "nonsense"):
        answer = sandbox.http.get("/oauth/userinfo", headers=bearer(token))
        assert answer.status_code == 403
        assert answer.json() == {
            "error": "access_denied",
            "error-description": "access_token is invalid",
        }
