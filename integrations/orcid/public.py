"""What anybody may read at ORCID, with the client's own allowance: search, public records."""

import hashlib
import logging
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

import httpx
from django.conf import settings
from django.core.cache import cache

from integrations.orcid import crypto, http, oauth, scopes
from integrations.orcid.errors import OrcidUnavailable
from integrations.orcid.ids import is_orcid

log = logging.getLogger(__name__)

ORCID_IN_PATH = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", re.ASCII)
# ORCID's live for twenty years; a week keeps the damage of a lost cache small.
CLIENT_TOKEN_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class RecordState:
    """How a record stands; `moved_to` is the iD that took its place."""

    state: Literal["fine", "moved", "deactivated", "locked", "missing"]
    moved_to: str = ""


def read_public(path: str, *, params: dict[str, str] | None = None) -> dict[str, Any]:
    """GET from the public API, `path` below its base URL; the JSON object it answers.

    With a client configured it reads with that client's token, whose allowance is its own;
    otherwise anonymously. Raises `OrcidRefused` and `OrcidUnavailable`.
    """
    return http.json_object(_get(path, params))


def read_record_state(orcid: str) -> RecordState:
    """How the record of an iD stands: in order, moved, deactivated, locked, or not there (C8).

    Raises `OrcidUnavailable`, and `OrcidRefused` for what fits none of these.
    """
    response = _get(f"/{orcid}/person", None)
    if response.status_code == HTTPStatus.MOVED_PERMANENTLY:
        return RecordState("moved", moved_to=moved_to(response, besides=orcid))
    if response.status_code == HTTPStatus.CONFLICT:
        return RecordState("locked")
    if response.status_code == HTTPStatus.NOT_FOUND:
        return RecordState("missing")
    name = http.json_object(response).get("name")
    given = name.get("given-names") if isinstance(name, dict) else None
    deactivated = given == {"value": "Given Names Deactivated"}
    return RecordState("deactivated" if deactivated else "fine")


def moved_to(response: httpx.Response, *, besides: str) -> str:
    """The iD in the address of a 301. Raises `OrcidUnavailable` where there is none but `besides`,
    the one that was asked about: a proxy wants another address, and nobody has moved."""
    found = ORCID_IN_PATH.search(response.headers.get("location", ""))
    if found is None or not is_orcid(found[0]) or found[0] == besides:
        raise OrcidUnavailable("ORCID says that a record has moved, not where to.")
    return found[0]


def bearer(scope: str) -> dict[str, str]:
    """The header with the client's own token of that scope, shared by all workers."""
    return {"Authorization": f"Bearer {_client_token(scope)}"}


def forget_bearer(scope: str) -> None:
    """ORCID no longer knows that token: the next call asks for a new one."""
    cache.delete(_cache_key(scope))


def _get(path: str, params: dict[str, str] | None) -> httpx.Response:
    url = settings.ORCID_PUBLIC_API_URL + path
    response = http.send("GET", url, "read", params=params, headers=_read_headers())
    if response.status_code == HTTPStatus.UNAUTHORIZED and _has_client():
        # The token was revoked, or ORCID forgot it: a new one, once.
        forget_bearer(scopes.READ_PUBLIC)
        response = http.send("GET", url, "read", params=params, headers=_read_headers())
    return response


def _read_headers() -> dict[str, str]:
    return bearer(scopes.READ_PUBLIC) if _has_client() else {}


def _has_client() -> bool:
    return bool(settings.ORCID_CLIENT_ID and settings.ORCID_CLIENT_SECRET)


def _client_token(scope: str) -> str:
    """Encrypted in the cache (O1)."""
    stored = cache.get(_cache_key(scope))
    if stored:
        try:
            return crypto.decrypt(stored)
        except crypto.KeyLost:
            log.info("The cached ORCID token was encrypted with a key that is gone.")
    token = oauth.client_token(scope)
    cache.set(_cache_key(scope), crypto.encrypt(token), CLIENT_TOKEN_SECONDS)
    return token


def _cache_key(scope: str) -> str:
    whose = f"{settings.ORCID_BASE_URL} {settings.ORCID_CLIENT_ID} {scope}"
    return "orcid-client-token-" + hashlib.sha256(whose.encode()).hexdigest()[:16]
