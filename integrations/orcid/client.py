"""HTTP to ORCID: the only module of the portal that talks to it.

Every call has a time-out, is counted by the limiter (O5) and is made outside any transaction (H1).
Nothing that is logged holds a URL, as queries hold e-mail addresses, or a token (O1).
"""

import atexit
import hashlib
import logging
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Literal

import httpx
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from integrations.orcid import crypto
from integrations.orcid.errors import OrcidRefused, OrcidUnavailable
from integrations.orcid.ids import is_orcid
from integrations.orcid.limiter import the_limiter

log = logging.getLogger(__name__)

ORCID_IN_PATH = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
# What is logged of a refusal: OAuth's one word for it, nothing else that may come there.
OAUTH_ERROR = re.compile(r"[a-z_]{1,40}")

# ORCID's live for twenty years; a week keeps the damage of a lost cache small.
READ_TOKEN_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class TokenAnswer:
    """What ORCID answers to a code. The access token is not kept: sign-in needs none (O1)."""

    orcid: str
    name: str  # empty when it is not public
    id_token: str


@dataclass(frozen=True)
class RecordState:
    """How a record stands; `moved_to` is the iD that took its place."""

    state: Literal["fine", "moved", "deactivated", "locked", "missing"]
    moved_to: str = ""


def exchange_code(*, code: str, redirect_uri: str) -> TokenAnswer:
    """Trade the code of a sign-in for the person's iD, name and signed id_token.

    Raises `OrcidRefused` (a used, expired or foreign code; an unknown client) and
    `OrcidUnavailable`.
    """
    answer = _token_request(
        "sign-in", grant_type="authorization_code", code=code, redirect_uri=redirect_uri
    )
    return TokenAnswer(
        orcid=text(answer, "orcid"),
        name=" ".join(shown(answer.get("name")).split()),
        id_token=text(answer, "id_token"),
    )


def fetch_signing_keys() -> list[dict[str, Any]]:
    """The public keys (JWK) that ORCID signs id_tokens with. Raises `OrcidUnavailable`."""
    answer = _json(_send("GET", f"{settings.ORCID_BASE_URL}/oauth/jwks", "keys"))
    keys = answer.get("keys")
    if not isinstance(keys, list):
        raise OrcidUnavailable("ORCID's answer lacks its keys.")
    return [key for key in keys if isinstance(key, dict)]


def read_public(path: str, *, params: dict[str, str] | None = None) -> dict[str, Any]:
    """GET from the public API, `path` below its base URL; the JSON object it answers.

    With a client configured it reads with that client's token, whose allowance is its own;
    otherwise anonymously. Raises `OrcidRefused` and `OrcidUnavailable`.
    """
    return _json(_get_public(path, params))


def read_record_state(orcid: str) -> RecordState:
    """How the record of an iD stands: in order, moved, deactivated, locked, or not there (C8).

    Raises `OrcidUnavailable`, and `OrcidRefused` for what fits none of these.
    """
    response = _get_public(f"/{orcid}/person", None)
    if response.status_code == HTTPStatus.MOVED_PERMANENTLY:
        found = ORCID_IN_PATH.search(response.headers.get("location", ""))
        if found is None or not is_orcid(found[0]):
            raise OrcidUnavailable("ORCID says that a record has moved, not where to.")
        return RecordState("moved", moved_to=found[0])
    if response.status_code == HTTPStatus.CONFLICT:
        return RecordState("locked")
    if response.status_code == HTTPStatus.NOT_FOUND:
        return RecordState("missing")
    name = _json(response).get("name")
    given = name.get("given-names") if isinstance(name, dict) else None
    deactivated = given == {"value": "Given Names Deactivated"}
    return RecordState("deactivated" if deactivated else "fine")


def _get_public(path: str, params: dict[str, str] | None) -> httpx.Response:
    url = settings.ORCID_PUBLIC_API_URL + path
    response = _send("GET", url, "read", params=params, headers=_bearer())
    if response.status_code == HTTPStatus.UNAUTHORIZED and _has_client():
        # The token was revoked, or ORCID forgot it: a new one, once.
        cache.delete(_read_token_key())
        response = _send("GET", url, "read", params=params, headers=_bearer())
    return response


def text(answer: dict[str, Any], key: str) -> str:
    """A text that must be there. Raises `OrcidUnavailable`: the answer is garbage."""
    value = answer.get(key)
    if not isinstance(value, str) or not value:
        raise OrcidUnavailable(f"ORCID's answer lacks {key}.")
    return value


def shown(value: object) -> str:
    """A name as pages and databases can take it: JSON may hold NUL and halves of characters."""
    text = value if isinstance(value, str) else ""
    return text.encode(errors="ignore").decode().replace("\0", "")


def _has_client() -> bool:
    return bool(settings.ORCID_CLIENT_ID and settings.ORCID_CLIENT_SECRET)


def _bearer() -> dict[str, str]:
    return {"Authorization": f"Bearer {_read_token()}"} if _has_client() else {}


def _read_token() -> str:
    """A `/read-public` token, shared by all workers; encrypted in the cache (O1)."""
    stored = cache.get(_read_token_key())
    if stored:
        try:
            return crypto.decrypt(stored)
        except crypto.KeyLost:
            log.info("The cached ORCID token was encrypted with a key that is gone.")
    answer = _token_request("read token", grant_type="client_credentials", scope="/read-public")
    token = text(answer, "access_token")
    cache.set(_read_token_key(), crypto.encrypt(token), READ_TOKEN_SECONDS)
    return token


def _read_token_key() -> str:
    whose = f"{settings.ORCID_BASE_URL} {settings.ORCID_CLIENT_ID}"
    return "orcid-read-token-" + hashlib.sha256(whose.encode()).hexdigest()[:16]


def _token_request(purpose: str, **form: str) -> dict[str, Any]:
    client = {
        "client_id": settings.ORCID_CLIENT_ID,
        "client_secret": settings.ORCID_CLIENT_SECRET,
    }
    url = f"{settings.ORCID_BASE_URL}/oauth/token"
    return _json(_send("POST", url, purpose, data=client | form))


def _send(method: str, url: str, purpose: str, **options: Any) -> httpx.Response:
    if _inside_transaction():
        raise RuntimeError("No call to ORCID inside a transaction (rule H1).")
    the_limiter().acquire()
    headers = {"Accept": "application/json"} | options.pop("headers", {})
    try:
        return _http().request(
            method, url, headers=headers, timeout=settings.ORCID_TIMEOUT_SECONDS, **options
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # `from None`: the cause holds the request, and with it tokens and addresses.
        log.warning("ORCID (%s): %s", purpose, type(error).__name__)
        raise OrcidUnavailable(f"ORCID cannot be reached: {type(error).__name__}.") from None


def _json(response: httpx.Response) -> dict[str, Any]:
    """The JSON object of a good answer; what else came, as our own exceptions."""
    body = _json_object(response)
    if response.is_success and body is not None:
        return body
    status = response.status_code
    if response.is_client_error and status != HTTPStatus.TOO_MANY_REQUESTS and body is not None:
        error = str(body.get("error") or "")
        raise OrcidRefused(status=status, error=error if OAUTH_ERROR.fullmatch(error) else "")
    # A proxy in front of ORCID answers in HTML or plain text: never parsed.
    log.warning("ORCID: unusable answer with status %s", status)
    raise OrcidUnavailable(f"ORCID's answer cannot be used (status {status}).")


def _json_object(response: httpx.Response) -> dict[str, Any] | None:
    if "json" not in response.headers.get("content-type", ""):
        return None
    try:
        body = response.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _inside_transaction() -> bool:
    connection = transaction.get_connection()
    # The outermost block of a test case does not count, as for `atomic(durable=True)`.
    return connection.in_atomic_block and not getattr(
        connection.atomic_blocks[-1], "_from_testcase", False
    )


@lru_cache(maxsize=1)
def _http() -> httpx.Client:
    """One pool of connections per process, made when first needed."""
    # One person's call must not carry cookies that came with another's.
    no_cookies = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    client = httpx.Client(
        headers={"User-Agent": "member-tools"}, cookies=no_cookies, follow_redirects=False
    )
    atexit.register(client.close)
    return client


# A forked worker must not share its parent's sockets.
os.register_at_fork(after_in_child=_http.cache_clear)
