"""Whatever fails ends on a page in plain words that names the institution's own help."""

import pytest
from django.test import Client
from pytest_django import Settings

from contacts.models import InstitutionalSignIn
from tests.institutional.idps import OidcIdp, SamlIdp
from tests.institutional.steps import back_with, by_oidc, by_saml, refused, signed_in, start

pytestmark = pytest.mark.django_db
NOWHERE = "http://127.0.0.1:9"
DOWN = ("Your institution does not answer", True, None)
NOT_SET_UP = ("Sign-in through your institution is not set up correctly", True, None)


@pytest.mark.parametrize("what", ["token", "userinfo", "keys"])
def test_institution_out_of_reach(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client, what: str
) -> None:
    url = oidc_idp.walk(start(client, university), "sofia")
    path = {"token": "/identity/o/api/token", "userinfo": "/identity/o/api/userinfo"}
    address = oidc_idp.base_url + path.get(what, "/.well-known/jwks.json")
    university.metadata = university.metadata.replace(f'"{address}"', f'"{NOWHERE}"')
    university.save()

    assert refused(back_with(client, url), client) == DOWN


def test_institution_that_does_not_know_this_portal(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    url = oidc_idp.walk(start(client, university), "sofia")
    university.client_secret = "outdated"
    university.save()

    answer = back_with(client, url)

    assert refused(answer, client) == NOT_SET_UP
    page = answer.content.decode()
    assert "Ask the North Service Desk at your institution:" in page
    assert 'href="mailto:desk@north.example"' in page


def test_institution_that_sends_an_error(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    state = start(client, university).partition("state=")[2].partition("&")[0]

    answer = client.get(
        "/accounts/institutions/north/callback/", {"error": "invalid_scope", "state": state}
    )

    assert refused(answer, client) == NOT_SET_UP


def test_institution_that_says_no(
    saml_idp: SamlIdp, college: InstitutionalSignIn, client: Client
) -> None:
    saml_idp.answer(deny=True)

    answer = by_saml(client, saml_idp, college)

    assert refused(answer, client) == ("You are not signed in", True, None)
    assert 'href="https://south.example/help"' in answer.content.decode()


@pytest.mark.parametrize("slug", ["north", "south"])
def test_way_back_without_a_beginning(
    university: InstitutionalSignIn, college: InstitutionalSignIn, client: Client, slug: str
) -> None:
    path = {"north": "callback/", "south": "acs/finish/"}[slug]

    answer = client.get(f"/accounts/institutions/{slug}/{path}")

    assert refused(answer, client) == ("This sign-in is no longer valid", True, None)


def test_metadata_that_cannot_be_used_any_more(
    college: InstitutionalSignIn, client: Client
) -> None:
    college.metadata = "<gone/>"
    college.save()

    answer = client.post("/accounts/institutions/south/login/")

    assert refused(answer, client) == NOT_SET_UP


def test_who_is_signed_in_stays_so(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client
) -> None:
    oidc_idp.say_wrong(id_token={"nonce": "x"})
    other = client.get("/accounts/institutions/")
    assert other.status_code == 200
    back_with(client, oidc_idp.walk(start(client, university), "sofia"))

    assert client.get("/me/").status_code == 302


def test_made_up_ways_back_are_shut_out_there_alone(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client, settings: Settings
) -> None:
    settings.FAILED_SIGN_INS_PER_NETWORK_PER_HOUR = 2
    callback = f"/accounts/institutions/{university.slug}/callback/"
    tries = [Client().get(callback, {"code": "c", "state": "made up"}) for _ in range(3)]

    shut = by_oidc(client, oidc_idp, university)
    elsewhere = Client().get("/accounts/orcid/login/callback/", {"code": "c", "state": "x"})

    assert [answer.status_code for answer in tries] == [400, 400, 429]
    assert (shut.status_code, signed_in(client)) == (429, None)
    assert elsewhere.status_code == 400
