"""The signed id_token (orcid-api.md, 1.4)."""

import base64
import datetime as dt
import hashlib
import uuid
from typing import Any

import jwt
from django.utils import timezone

from integrations.sandbox import keys, links
from integrations.sandbox.models import AuthorizationCode, Person, Token

LIFETIME = dt.timedelta(hours=24)


def id_token(code: AuthorizationCode, token: Token) -> str:
    now = timezone.now()
    claims: dict[str, Any] = {
        "iss": links.base_url(),
        "aud": code.client.client_id,
        "sub": code.person.orcid,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFETIME).timestamp()),
        "jti": str(uuid.uuid4()),
        "at_hash": at_hash(token.access_token),
        "auth_time": int(code.authenticated_at.timestamp()),
        **public_name_claims(code.person),
    }
    if code.nonce:
        claims["nonce"] = code.nonce
    if code.client.is_member:
        # A string at ORCID, not the list of the standard.
        claims["amr"] = "pwd"
    return jwt.encode(claims, keys.signing_key(), algorithm="RS256", headers={"kid": keys.key_id()})


def public_name_claims(person: Person) -> dict[str, str]:
    if not person.has_public_name:
        return {}
    names = {
        "name": person.credit_name,
        "given_name": person.given_names,
        "family_name": person.family_name,
    }
    return {claim: value for claim, value in names.items() if value}


def at_hash(access_token: str) -> str:
    digest = hashlib.sha256(access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
