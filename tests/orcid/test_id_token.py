"""What the signed statement of a sign-in must say, with a key that really is ORCID's."""

import base64
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
import respx
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from pytest_django import Settings

from integrations.orcid.id_token import UntrustedIdToken, verify

pytestmark = pytest.mark.django_db
WEB = "http://orcid.test"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ORCID = "0000-0002-1825-0097"


def jwk(kid: str = "one") -> dict[str, Any]:
    key: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    return key | {"kid": kid, "use": "sig", "alg": "RS256"}


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> Iterator[respx.Route]:
    cache.clear()
    settings.ORCID_BASE_URL, settings.ORCID_CLIENT_ID = WEB, "APP-1"
    with respx.mock(assert_all_called=False) as router:
        yield router.get(f"{WEB}/oauth/jwks").respond(json={"keys": [jwk()]})


def signed(kid: str = "one", **changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": WEB,
        "aud": "APP-1",
        "sub": ORCID,
        "iat": now,
        "exp": now + 600,
        "auth_time": now - 30,
        "nonce": "asked",
        "amr": "pwd",
    }
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": kid})


def test_good_statement_proves_the_id() -> None:
    proof = verify(signed(), nonce="asked")

    assert proof.orcid == ORCID
    assert proof.is_fresh


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "http://evil.test"},
        {"iss": f"{WEB}/"},
        {"iss": None},
        {"aud": "APP-2"},
        {"aud": ["APP-1", "APP-2"]},
        {"aud": None},
        {"exp": 1},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"nonce": "other"},
        {"nonce": None},
        {"nonce": 17},
        {"sub": "0000-0002-1825-0098"},
        {"sub": f"https://orcid.org/{ORCID}"},
        {"sub": None},
    ],
    ids=str,
)
def test_statement_with_a_wrong_claim_proves_nothing(changes: dict[str, Any]) -> None:
    with pytest.raises(UntrustedIdToken):
        verify(signed(**changes), nonce="asked")


def test_missing_nonce_of_ours_matches_nothing() -> None:
    with pytest.raises(UntrustedIdToken):
        verify(signed(nonce=""), nonce="")


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_only_rs256_counts(algorithm: str) -> None:
    claims = jwt.decode(signed(), options={"verify_signature": False})
    secret = None if algorithm == "none" else "x" * 64
    token = jwt.encode(claims, secret, algorithm=algorithm, headers={"kid": "one"})  # type: ignore[arg-type]  # none

    with pytest.raises(UntrustedIdToken):
        verify(token, nonce="asked")


@pytest.mark.parametrize("token", ["", "abc", "a.b.c", base64.b64encode(b"{}").decode()])
def test_garbage_proves_nothing(token: str) -> None:
    with pytest.raises(UntrustedIdToken):
        verify(token, nonce="asked")


def test_statement_without_time_of_sign_in_is_not_fresh() -> None:
    assert not verify(signed(auth_time=None), nonce="asked").is_fresh


def test_keys_are_asked_for_once(keys: respx.Route) -> None:
    verify(signed(), nonce="asked")
    verify(signed(), nonce="asked")

    assert keys.call_count == 1


def test_key_that_is_new_is_asked_for_once_more(keys: respx.Route) -> None:
    verify(signed(), nonce="asked")
    keys.respond(json={"keys": [jwk("two")]})

    assert verify(signed("two"), nonce="asked").orcid == ORCID
    assert keys.call_count == 2


def test_unknown_key_proves_nothing(keys: respx.Route) -> None:
    with pytest.raises(UntrustedIdToken):
        verify(signed("unknown"), nonce="asked")

    assert keys.call_count == 1


@pytest.mark.parametrize("broken", [{"kty": "RSA"}, {"kty": "oct", "k": "eHh4"}, {"n": "!"}])
def test_unusable_key_proves_nothing(keys: respx.Route, broken: dict[str, Any]) -> None:
    keys.respond(json={"keys": [{"kid": "one", **broken}]})

    with pytest.raises(UntrustedIdToken):
        verify(signed(), nonce="asked")
