"""OpenID Connect: what a provider, or somebody in between, must not get away with."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from contacts.institutional import http
from contacts.models import AssertedAffiliation, InstitutionalSignIn, User
from tests.institutional.idps import OidcIdp
from tests.institutional.steps import NO_LONGER, NOT_CHECKED, back_with, by_oidc, refused, start

pytestmark = pytest.mark.django_db
REFUSED = (NOT_CHECKED, True, None)
EXPIRED = (NO_LONGER, True, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id_token": {"nonce": "another"}},
        {"id_token": {"iss": "https://other.example"}},
        {"id_token": {"aud": "another-client"}},
        {"id_token": {"aud": ["portal", "another"], "azp": "another"}},
        {"id_token": {"exp": 1_700_000_000}},
        {"userinfo": {"sub": "sub-rector"}},
    ],
    ids=str,
)
def test_untrue_claims(
    oidc_idp: OidcIdp,
    university: InstitutionalSignIn,
    client: Client,
    wrong: dict[str, dict[str, object]],
) -> None:
    oidc_idp.say_wrong(**wrong)

    answer = by_oidc(client, oidc_idp, university)

    assert refused(answer, client) == REFUSED
    assert User.objects.count() == 0


def test_signed_by_a_key_that_is_not_published(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    url = oidc_idp.walk(start(client, university), "sofia")
    # Keys of another: of the provider's discovery document there are none.
    keys = f"{oidc_idp.base_url}/.well-known/jwks.json"
    university.metadata = university.metadata.replace(
        keys, f"{oidc_idp.base_url}/.well-known/openid-configuration"
    )
    university.save()

    assert refused(back_with(client, url), client) == REFUSED


def test_another_issuer_that_the_published_document_names_since(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    """Who is who follows the issuer that the operator gave: the document is anybody's who runs that page."""
    university.metadata = university.metadata.replace(
        f'"issuer": "{oidc_idp.base_url}"', '"issuer": "https://other.example"'
    )
    university.save()
    oidc_idp.say_wrong(id_token={"iss": "https://other.example"})

    answer = client.post("/accounts/institutions/north/login/")

    assert "other.example" in university.metadata
    assert refused(answer, client)[1:] == (True, None)


@pytest.mark.parametrize(
    "keys",
    [
        5,
        [5],
        {"kty": "RSA"},
        [{"kty": ["RSA"]}],
        [{"kty": "RSA", "kid": [1]}],
        [{"kty": "RSA", "n": "***", "e": "AQAB"}],
        [{"kty": "RSA", "n": "AQAB", "e": "AQAB", "alg": "none"}],
        [{"kty": "RSA", "n": "AQAB", "e": "AQAB", "alg": "HS256"}],
        [{"kty": "RSA", "n": "AQAB", "e": "AQAB", "alg": 5}],
        [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "alg": "ES256"}],
    ],
    ids=str,
)
def test_keys_that_are_none(
    oidc_idp: OidcIdp,
    university: InstitutionalSignIn,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    keys: Any,
) -> None:
    url = oidc_idp.walk(start(client, university), "sofia")
    real = http.send

    def send(method: str, address: str, **options: Any) -> tuple[int, bytes]:
        if address.endswith("jwks.json"):
            return 200, json.dumps({"keys": keys}).encode()
        return real(method, address, **options)

    monkeypatch.setattr(http, "send", send)
    monkeypatch.setattr("jwt.get_unverified_header", lambda _token: {"alg": "RS256"})

    assert refused(back_with(client, url), client) == REFUSED


def test_what_is_said_is_kept_in_one_line_and_short(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    """It stands in histories and mails: no control characters, nothing that turns the writing."""
    oidc_idp.say_wrong(
        id_token={
            "name": "Sofia\u202e\x00\nGarcia",
            "eduperson_scoped_affiliation": ["staff@uni.example", "m" * 9000],
        }
    )

    by_oidc(client, oidc_idp, university)

    assert User.objects.get().name == "Sofia Garcia"
    assert AssertedAffiliation.objects.get().values == ["staff@uni.example", "m" * 250]


@pytest.mark.parametrize("sub", ["sub\x00sofia", "sub\u202esofia", "sub\nsofia"])
def test_an_identifier_that_could_be_read_as_another(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client, sub: str
) -> None:
    oidc_idp.say_wrong(id_token={"sub": sub}, userinfo={"sub": sub})

    answer = by_oidc(client, oidc_idp, university)

    assert refused(answer, client) == ("Your institution did not say who you are", True, None)


def test_way_back_works_once(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    url = oidc_idp.walk(start(client, university), "sofia")
    back_with(client, url)
    client.logout()

    assert refused(back_with(client, url), client) == EXPIRED


def test_code_of_somebody_elses_sign_in_is_of_no_use(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    """PKCE: the code is bound to the browser that it was asked for by."""
    stolen = parse_qs(urlsplit(oidc_idp.walk(start(Client(), university), "sofia")).query)["code"]
    state = parse_qs(urlsplit(start(client, university)).query)["state"]

    answer = client.get(
        "/accounts/institutions/north/callback/", {"code": stolen[0], "state": state[0]}
    )

    assert refused(answer, client) == EXPIRED


def test_way_back_of_another_browser(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    url = oidc_idp.walk(start(Client(), university), "sofia")
    start(client, university)

    assert refused(back_with(client, url), client) == EXPIRED


def test_person_who_turns_back(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    url = oidc_idp.walk(start(client, university, next="/tools/"), "sofia", allow=False)

    answer = back_with(client, url)

    assert (answer.status_code, refused(answer, client)) == (
        200,
        ("You are not signed in", True, None),
    )
    assert '<input type="hidden" name="next" value="/tools/">' in answer.content.decode()


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"]
)
def test_next_leads_nowhere_else(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client, elsewhere: str
) -> None:
    answer = by_oidc(client, oidc_idp, university, next=elsewhere)

    assert answer.headers["Location"] == "/me/accounts/orcid/first/?next=%2F"
