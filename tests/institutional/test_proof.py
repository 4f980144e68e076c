"""Somebody who signs in by their institution alone proves there that it is they, by signing in anew."""

import datetime
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as Xml

import pytest
from django.test import Client
from django.utils import timezone
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from contacts.models import InstitutionalSignIn, User
from tests.accounts.steps import CONFIRM, FACTOR, proved, set_up_app, words
from tests.institutional.idps import OidcIdp, SamlIdp
from tests.institutional.steps import back_with, by_oidc, by_saml, post_on, start
from tests.sandbox_server import SandboxServer
from tests.signin.steps import at_orcid, heading

pytestmark = pytest.mark.django_db
SENSITIVE = f"{FACTOR}app/"
NOT_AGAIN = "Your institution did not ask you to sign in again"


def is_open(client: Client) -> bool:
    return client.get(SENSITIVE).status_code == 200


@pytest.fixture
def sofia(oidc_idp: OidcIdp, university: InstitutionalSignIn, client: Client) -> Client:
    by_oidc(client, oidc_idp, university)
    return client


@pytest.fixture
def noor(saml_idp: SamlIdp, college: InstitutionalSignIn, client: Client) -> Client:
    by_saml(client, saml_idp, college)
    return client


def asked(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_sign_in_that_may_have_been_silent_is_no_proof(sofia: Client) -> None:
    page = sofia.get(SENSITIVE, follow=True)

    assert not is_open(sofia)
    assert "At your institution Uni of the North asks you to sign in once more" in words(page)
    assert 'name="fresh" value="1"' in page.content.decode()


def test_fresh_sign_in_by_oidc_is(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, sofia: Client
) -> None:
    oidc_idp.say_wrong(id_token={"auth_time": int(time.time())})

    url = start(sofia, university, fresh="1", next=SENSITIVE)
    answer = back_with(sofia, oidc_idp.walk(url, "sofia"))

    assert {"prompt": "login", "max_age": "0"}.items() <= asked(url).items()
    assert answer.headers["Location"] == SENSITIVE
    assert is_open(sofia)


@pytest.mark.parametrize("said", [{}, {"auth_time": 1}, {"auth_time": "now"}, {"auth_time": 9e12}])
def test_old_or_unsaid_time_of_oidc_is_not(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, sofia: Client, said: dict[str, Any]
) -> None:
    oidc_idp.say_wrong(id_token=said)

    answer = back_with(sofia, oidc_idp.walk(start(sofia, university, fresh="1"), "sofia"))

    assert (answer.status_code, heading(answer)) == (403, NOT_AGAIN)
    assert "the North Service Desk" in words(answer)
    assert not is_open(sofia)


def test_fresh_sign_in_by_saml_is(
    saml_idp: SamlIdp, college: InstitutionalSignIn, noor: Client
) -> None:
    url = start(noor, college, fresh="1", next=SENSITIVE)
    answer = post_on(noor, saml_idp.walk(url, "noor"))

    request = Xml.fromstring(  # noqa: S314  # our own
        OneLogin_Saml2_Utils.decode_base64_and_inflate(asked(url)["SAMLRequest"])
    )
    assert request.get("ForceAuthn") == "true"
    assert answer.headers["Location"] == SENSITIVE
    assert is_open(noor)


def test_old_sign_in_by_saml_is_not(
    saml_idp: SamlIdp, college: InstitutionalSignIn, noor: Client
) -> None:
    saml_idp.answer(signed_in_ago=600)

    answer = post_on(noor, saml_idp.walk(start(noor, college, fresh="1"), "noor"))

    assert (answer.status_code, heading(answer)) == (403, NOT_AGAIN)
    assert not is_open(noor)


def test_it_counts_for_five_minutes(
    saml_idp: SamlIdp,
    college: InstitutionalSignIn,
    noor: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    post_on(noor, saml_idp.walk(start(noor, college, fresh="1"), "noor"))
    later = time.time() + 301

    monkeypatch.setattr("contacts.proof.time.time", lambda: later)

    assert not is_open(noor)


def test_fresh_sign_in_as_somebody_else_is_theirs(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, sofia: Client
) -> None:
    """Whoever sits down at Sofia's computer is themselves afterwards, and signed in as nobody else."""
    mine = sofia.session["_auth_user_id"]
    oidc_idp.add_person("thief", name="Thief")
    oidc_idp.say_wrong(id_token={"auth_time": int(time.time())})

    back_with(sofia, oidc_idp.walk(start(sofia, university, fresh="1"), "thief"))

    assert sofia.session["_auth_user_id"] != mine


def test_who_has_an_id_or_a_second_factor_has_no_such_way(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, sofia: Client
) -> None:
    User.objects.filter(pk=sofia.session["_auth_user_id"]).update(orcid="0000-0002-1825-0097")

    assert "At your institution" not in words(sofia.get(CONFIRM))


def test_institution_alone_does_not_open_what_lasts_to_who_has_an_id(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, sofia: Client
) -> None:
    """Else it could take over for good whoever has connected it: a contact, with all they reach."""
    User.objects.filter(pk=sofia.session["_auth_user_id"]).update(orcid="0000-0002-1825-0097")
    oidc_idp.say_wrong(id_token={"auth_time": int(time.time())})

    back_with(sofia, oidc_idp.walk(start(sofia, university, fresh="1"), "sofia"))

    assert sofia.session["_auth_user_id"]
    assert not is_open(sofia)


def test_institution_alone_is_not_the_second_factor(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, sofia: Client
) -> None:
    """The session that was there ends, and what goes on waits for the code."""
    set_up_app(proved(sofia))
    oidc_idp.say_wrong(id_token={"auth_time": int(time.time())})

    back_with(sofia, oidc_idp.walk(start(sofia, university, fresh="1"), "sofia"))

    assert "_auth_user_id" not in sofia.session
    assert not is_open(sofia)


def test_new_account_goes_on_to_orcid_in_one_step(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, orcid: SandboxServer, sofia: Client
) -> None:
    """Nothing is there yet that a fresh sign-in would guard."""
    person = orcid.add_person()
    url = sofia.post("/me/accounts/orcid/connect/", {"next": "/me/"}).headers["Location"]

    answer = sofia.get(at_orcid(url, person))

    assert answer.headers["Location"] == "/me/"
    assert User.objects.get().orcid == person


def test_older_account_confirms_first_and_comes_back_to_the_link(
    oidc_idp: OidcIdp, university: InstitutionalSignIn, orcid: SandboxServer, sofia: Client
) -> None:
    """From a mailed link by confirming and connecting to that link again, and nothing is lost."""
    User.objects.update(date_joined=timezone.now() - datetime.timedelta(days=1))
    oidc_idp.say_wrong(id_token={"auth_time": int(time.time())})
    link = "/invitations/some-token/"
    connect = "/me/accounts/orcid/connect/"

    confirm = sofia.post(connect, {"next": link}).headers["Location"]
    step = asked(confirm)["next"]
    back = back_with(sofia, oidc_idp.walk(start(sofia, university, fresh="1", next=step), "sofia"))
    page = sofia.get(back.headers["Location"]).content.decode()
    url = sofia.post(connect, {"next": link}).headers["Location"]
    answer = sofia.get(at_orcid(url, orcid.add_person()))

    assert confirm.startswith("/me/accounts/confirm/?next=")
    assert f'<input type="hidden" name="next" value="{link}">' in page
    assert answer.headers["Location"] == link


def test_link_is_kept_when_connecting_fails(orcid: SandboxServer, sofia: Client) -> None:
    """The page that says why has a button, which leads to where the first was to lead."""
    sofia.post("/me/accounts/orcid/connect/", {"next": "/permissions/some-token/"})

    page = sofia.get("/me/accounts/orcid/connected/?code=c&state=made-up", follow=True)

    assert "this link is no longer valid" in words(page)
    assert "orcid/first/?next=%2Fpermissions%2Fsome-token%2F" in page.content.decode()
