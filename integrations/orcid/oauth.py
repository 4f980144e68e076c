"""ORCID's OAuth: from a code to tokens, renewed and revoked; keys of signed statements.

Secrets travel in the bodies of POSTs alone, never in an address (O1).
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from integrations.orcid import http
from integrations.orcid.errors import OrcidUnavailable
from integrations.orcid.ids import is_orcid

# A year over the twenty that ORCID gives; more is garbage.
LONGEST_LIFE_SECONDS = 21 * 365 * 24 * 3600


@dataclass(frozen=True)
class SignIn:
    """What ORCID answers to the code of a sign-in. The access token is not kept: it needs none."""

    orcid: str
    name: str  # empty when it is not public
    id_token: str = field(repr=False)


@dataclass(frozen=True)
class Tokens:
    """What ORCID gives for a person's permission: whose, for what, for how long."""

    orcid: str
    name: str  # empty when it is not public
    scopes: list[str]
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)  # may be empty
    expires_in: int | None  # seconds; None when ORCID does not say


def authorize_url(*, scopes: tuple[str, ...], state: str, redirect_uri: str, orcid: str) -> str:
    """Where a person is asked for these permissions, with their iD, if known, typed in already."""
    query = {
        "client_id": settings.ORCID_CLIENT_ID,
        "response_type": "code",
        "scope": " ".join(scopes),
        "redirect_uri": redirect_uri,
        "state": state,
        **({"orcid": orcid} if orcid else {}),
    }
    return f"{settings.ORCID_BASE_URL}/oauth/authorize?{urlencode(query)}"


def sign_out_url() -> str:
    """Where a person ends their session at ORCID, to come back as somebody else."""
    return f"{settings.ORCID_BASE_URL}/signout"


def exchange_code(*, code: str, redirect_uri: str) -> SignIn:
    """Trade the code of a sign-in for the person's iD, name and signed id_token.

    Raises `OrcidRefused` (a used, expired or foreign code; an unknown client) and
    `OrcidUnavailable`.
    """
    answer = _spend("sign-in", code, redirect_uri)
    return SignIn(
        orcid=http.text(answer, "orcid"), name=_name(answer), id_token=http.text(answer, "id_token")
    )


def exchange_for_tokens(*, code: str, redirect_uri: str) -> Tokens:
    """Trade the code of a connection for the person's iD and tokens. Raises as `exchange_code`."""
    return _tokens(_spend("connecting", code, redirect_uri))


def refresh(*, refresh_token: str, access_token: str) -> Tokens:
    """New tokens for the same permission; the old ones are gone then.

    Raises `OrcidRefused` when the permission is no more, and `OrcidUnavailable`.
    """
    return _tokens(
        _token_request(
            "renewing",
            {"grant_type": "refresh_token", "refresh_token": refresh_token},
            # By it ORCID knows which token to end (orcid-api.md, 1.3).
            headers={"Authorization": f"Bearer {access_token}"},
        )
    )


def revoke(token: str) -> None:
    """End a token, access or refresh, and its pair. An unknown one counts as ended.

    Raises `OrcidRefused` (an unknown client) and `OrcidUnavailable`.
    """
    url = f"{settings.ORCID_BASE_URL}/oauth/revoke"
    response = http.send("POST", url, "revoking", data={**_client(), "token": token})
    if not response.is_success:
        raise http.failure(response)


def client_token(scope: str) -> str:
    """A token of the client's own, for what concerns no person. Raises as `exchange_code`."""
    answer = _token_request("client token", {"grant_type": "client_credentials", "scope": scope})
    return http.text(answer, "access_token")


def fetch_signing_keys() -> list[dict[str, Any]]:
    """The public keys (JWK) that ORCID signs id_tokens with. Raises `OrcidUnavailable`."""
    answer = http.json_object(http.send("GET", f"{settings.ORCID_BASE_URL}/oauth/jwks", "keys"))
    keys = answer.get("keys")
    if not isinstance(keys, list):
        raise OrcidUnavailable("ORCID's answer lacks its keys.")
    return [key for key in keys if isinstance(key, dict)]


def _spend(purpose: str, code: str, redirect_uri: str) -> dict[str, Any]:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    return _token_request(purpose, form)


def _token_request(
    purpose: str, form: dict[str, str], *, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    url = f"{settings.ORCID_BASE_URL}/oauth/token"
    data = _client() | form
    return http.json_object(http.send("POST", url, purpose, data=data, headers=headers or {}))


def _client() -> dict[str, str]:
    return {
        "client_id": settings.ORCID_CLIENT_ID,
        "client_secret": settings.ORCID_CLIENT_SECRET,
    }


def _tokens(answer: dict[str, Any]) -> Tokens:
    orcid, life = http.text(answer, "orcid"), answer.get("expires_in")
    if not is_orcid(orcid):
        raise OrcidUnavailable("ORCID's answer holds an impossible iD.")
    refresh_token = answer.get("refresh_token")
    return Tokens(
        orcid=orcid,
        name=_name(answer),
        scopes=sorted(http.text(answer, "scope").split()),
        access_token=http.text(answer, "access_token"),
        refresh_token=refresh_token if isinstance(refresh_token, str) else "",
        expires_in=min(life, LONGEST_LIFE_SECONDS) if isinstance(life, int) else None,
    )


def _name(answer: dict[str, Any]) -> str:
    return " ".join(http.shown(answer.get("name")).split())
