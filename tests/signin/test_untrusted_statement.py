"""A sign-in whose statement ORCID did not make, or made about somebody else, signs nobody in."""

import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from pytest_django import Settings

from tests.reading import query
from tests.sandbox_server import SandboxServer
from tests.signin.steps import CALLBACK, UNTRUSTED, at_orcid, outcome, start

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "change",
    [
        {},  # the claims are right, the signature is not ORCID's
        {"nonce": "another"},
        {"aud": "APP-SOMEBODYELSE0000"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"sub": "0000-0000-0000-0000"},
    ],
    ids=str,
)
def test_statement_that_orcid_did_not_sign_is_not_trusted(
    orcid: SandboxServer, client: Client, change: dict[str, object]
) -> None:
    state = query(start(client))
    answer_of_token_endpoint = {
        "orcid": "0000-0002-1825-0097",
        "name": "Mallory",
        "id_token": forged(orcid, state["nonce"], change),
    }
    orcid.fault(
        "/oauth/token",
        status=200,
        body=json.dumps(answer_of_token_endpoint),
        content_type="application/json",
    )

    answer = client.get(CALLBACK, {"code": "abcdef", "state": state["state"]})

    assert outcome(answer) == UNTRUSTED


def forged(orcid: SandboxServer, nonce: str, change: dict[str, object]) -> str:
    now = int(time.time())
    claims = {
        "iss": orcid.base_url,
        "aud": "APP-TESTTESTTESTTEST",
        "sub": "0000-0002-1825-0097",
        "iat": now,
        "exp": now + 600,
        "nonce": nonce,
    }
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kid = orcid.http.get("/oauth/jwks").json()["keys"][0]["kid"]
    return jwt.encode(claims | change, key, algorithm="RS256", headers={"kid": kid})


def test_answer_that_names_another_id_than_the_statement_is_not_trusted(
    orcid: SandboxServer, client: Client, settings: Settings
) -> None:
    asked = query(start(client))
    code = query(at_orcid(start_again(orcid, asked), orcid.add_person()))["code"]
    real = orcid.http.post(
        "/oauth/token",
        data={
            "client_id": settings.ORCID_CLIENT_ID,
            "client_secret": settings.ORCID_CLIENT_SECRET,
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": asked["redirect_uri"],
        },
    ).json()
    body = json.dumps(real | {"orcid": "0000-0002-1825-0097"})
    orcid.fault("/oauth/token", status=200, body=body, content_type="application/json")

    answer = client.get(CALLBACK, {"code": code, "state": asked["state"]})

    assert outcome(answer) == UNTRUSTED


def start_again(orcid: SandboxServer, asked: dict[str, str]) -> str:
    return str(orcid.http.build_request("GET", "/oauth/authorize", params=asked).url)
