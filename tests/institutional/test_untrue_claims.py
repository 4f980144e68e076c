"""OpenID Connect: what a provider, or somebody in between, must not get away with."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from contacts.models import InstitutionalSignIn, User
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
