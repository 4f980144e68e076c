"""Before a step that outlasts the session, the person proves who they are; who has only social
accounts too, whom allauth would let pass."""

import time

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client

from contacts.models import User
from tests.accounts.steps import (
    ACCOUNTS,
    CONFIRM,
    FACTOR,
    PASSWORD,
    code_for,
    give_password,
    proved_client,
    set_up_app,
    words,
)
from tests.factories import make_user
from tests.lead.desk import client_of
from tests.sandbox_server import SandboxServer
from tests.signin.steps import at_orcid, sign_in, start

pytestmark = pytest.mark.django_db

SENSITIVE = [
    f"{FACTOR}app/",
    f"{FACTOR}app/remove/",
    f"{FACTOR}codes/",
    f"{FACTOR}codes/new/",
    f"{FACTOR}codes.txt",
    f"{FACTOR}passkeys/add/",
    f"{FACTOR}passkeys/1/remove/",
    f"{ACCOUNTS}connected/1/remove/",
    f"{ACCOUNTS}sessions/1/end/",
    f"{ACCOUNTS}sessions/end-others/",
]


@pytest.mark.parametrize("word", ["nowhere", "home"])
def test_a_bare_word_is_no_page_to_go_on_to(word: str) -> None:
    answer = proved_client(make_user()).get(CONFIRM, {"next": word})

    assert answer["Location"] == ACCOUNTS


@pytest.mark.parametrize("page", SENSITIVE)
@pytest.mark.parametrize("method", ["get", "post"])
def test_person_who_signs_in_with_orcid_alone_proves_it_first(page: str, method: str) -> None:
    user = make_user()
    SocialAccount.objects.create(user=user, provider="orcid", uid=user.orcid)
    Authenticator.objects.create(user=make_user(), type="totp", data={"secret": ""})

    answer = getattr(client_of(user), method)(page)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{CONFIRM}?next=%2Fme%2Faccounts%2F")


def test_ordinary_sign_in_at_orcid_proves_nothing_a_fresh_one_does(
    orcid: SandboxServer, client: Client
) -> None:
    person = orcid.add_person()
    sign_in(client, person)
    asked = client.get(f"{FACTOR}app/", follow=True)

    client.get(at_orcid(start(client, fresh="1", next=f"{FACTOR}app/"), person))

    assert "Confirm at ORCID" in words(asked)
    assert 'name="fresh" value="1"' in asked.content.decode()
    assert f'name="next" value="{FACTOR}app/"' in asked.content.decode()
    assert "1. Scan this with the app" in words(client.get(f"{FACTOR}app/"))


def test_password_proves_it_and_leads_on() -> None:
    cache.clear()
    client = client_of(give_password(make_user(orcid=None, email="op@portal.example")))

    asked = client.get(f"{FACTOR}app/", follow=True)
    wrong = client.post(CONFIRM, {"password": "no", "next": f"{FACTOR}app/"})
    right = client.post(CONFIRM, {"password": PASSWORD, "next": f"{FACTOR}app/"})

    assert "With your password" in words(asked)
    assert "Confirm at ORCID" not in words(asked)
    assert "This is not your password." in words(wrong)
    assert right.headers["Location"] == f"{FACTOR}app/"
    assert "1. Scan this with the app" in words(client.get(f"{FACTOR}app/"))


def test_password_cannot_be_guessed_here_either() -> None:
    cache.clear()
    client = client_of(give_password(make_user(orcid=None, email="op@portal.example")))
    for _ in range(10):
        client.post(CONFIRM, {"password": "no"})

    answer = client.post(CONFIRM, {"password": PASSWORD})

    assert "Too many attempts. Try again in 5 minutes." in words(answer)


def test_who_has_a_second_factor_proves_it_by_that() -> None:
    cache.clear()
    user = make_user()
    secret = set_up_app(proved_client(user))
    client = client_of(user)

    asked = client.get(f"{FACTOR}codes/", follow=True)
    answer = client.post(CONFIRM, {"code": code_for(secret, steps=1), "next": f"{FACTOR}codes/"})

    assert "With a code" in words(asked)
    assert "Confirm at ORCID" not in words(asked)
    assert answer.headers["Location"] == f"{FACTOR}codes/"


def test_way_that_a_person_does_not_have_is_no_way() -> None:
    """A password form made up for somebody without one does not even count as a try."""
    answer = client_of(make_user()).post(CONFIRM, {"password": ""})

    assert answer.status_code == 200
    assert "With your password" not in words(answer)


def test_it_counts_for_five_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    client = client_of(give_password(make_user(orcid=None, email="op@portal.example")))
    client.post(CONFIRM, {"password": PASSWORD})
    later = time.time() + 301

    monkeypatch.setattr("contacts.proof.time.time", lambda: later)

    assert client.get(f"{FACTOR}app/").headers["Location"].startswith(CONFIRM)


def signed_in_by(user: User, provider: str) -> Client:
    """As a sign-in a moment ago leaves the session."""
    client = client_of(user)
    session = client.session
    record = {"method": "socialaccount", "provider": provider, "uid": "1", "at": time.time()}
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [record]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def test_who_has_nothing_else_signs_in_anew() -> None:
    user = make_user(orcid=None)

    shut = client_of(user).get(f"{FACTOR}app/", follow=True)
    opened = signed_in_by(user, "institution-x").get(f"{FACTOR}app/")

    assert "Sign out, sign in again as you did before" in words(shut)
    assert "1. Scan this with the app" in words(opened)


def test_silent_sign_in_elsewhere_is_no_proof_for_who_has_an_id() -> None:
    answer = signed_in_by(make_user(), "google").get(f"{FACTOR}app/")

    assert answer.headers["Location"].startswith(CONFIRM)


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_it_leads_to_no_other_site(where: str) -> None:
    client = proved_client(make_user())

    assert client.get(CONFIRM, {"next": where}).headers["Location"] == ACCOUNTS
