"""The signed statement that comes with a sign-in: who, for whom, when, and for which request."""

import hmac
import time
from dataclasses import dataclass
from typing import Any

import jwt
from django.conf import settings
from django.core.cache import cache

from integrations.orcid import oauth
from integrations.orcid.errors import OrcidError
from integrations.orcid.ids import is_orcid

KEYS_SECONDS = 24 * 3600
# Clocks differ a little.
LEEWAY_SECONDS = 60
# A sign-in counts as fresh when the password was typed no longer ago than this.
FRESH_SECONDS = 300


class UntrustedIdToken(OrcidError):
    """The id_token does not prove what it should. The message says which check failed."""


@dataclass(frozen=True)
class Proof:
    """What the id_token proves."""

    orcid: str
    auth_time: float | None

    @property
    def is_fresh(self) -> bool:
        return self.auth_time is not None and (
            -LEEWAY_SECONDS <= time.time() - self.auth_time <= FRESH_SECONDS
        )


def verify(id_token: str, *, nonce: str) -> Proof:
    """Check signature (RS256), issuer, audience, times, nonce and iD.

    Raises `UntrustedIdToken`, and what fetching ORCID's keys raises.
    """
    try:
        key = _signing_key(jwt.get_unverified_header(id_token).get("kid"))
        claims = jwt.decode(
            id_token,
            key,
            algorithms=["RS256"],
            audience=settings.ORCID_CLIENT_ID,
            issuer=settings.ORCID_BASE_URL,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "iss", "aud", "sub"], "strict_aud": True},
        )
    except jwt.PyJWTError as error:
        # The library's messages can quote the token.
        raise UntrustedIdToken(type(error).__name__) from None
    return _proof(claims, nonce)


def _proof(claims: dict[str, Any], nonce: str) -> Proof:
    said = claims.get("nonce")
    if not (nonce and isinstance(said, str) and hmac.compare_digest(said.encode(), nonce.encode())):
        raise UntrustedIdToken("nonce")
    if not is_orcid(claims["sub"]):
        raise UntrustedIdToken("sub")
    auth_time = claims.get("auth_time")
    return Proof(claims["sub"], auth_time if isinstance(auth_time, int | float) else None)


def _signing_key(kid: object) -> jwt.PyJWK:
    """ORCID's key of that name: from the cache, else fetched once more, as ORCID may have changed
    its keys."""
    name = f"orcid-signing-keys-{settings.ORCID_BASE_URL}"
    keys = cache.get(name) or []
    if not any(key.get("kid") == kid for key in keys):
        keys = oauth.fetch_signing_keys()
        cache.set(name, keys, KEYS_SECONDS)
    for key in keys:
        if key.get("kid") == kid and key.get("kty") == "RSA":
            return jwt.PyJWK.from_dict(key, algorithm="RS256")
    raise UntrustedIdToken("kid")
