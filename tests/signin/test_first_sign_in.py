"""Signing in with ORCID, as it should go."""

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from contacts.models import User
from tests.factories import make_user
from tests.reading import query
from tests.sandbox_server import SandboxServer
from tests.signin.steps import LOGIN, at_orcid, sign_in, start

pytestmark = pytest.mark.django_db


def test_first_sign_in_makes_a_person_with_an_opaque_name(
    orcid: SandboxServer, client: Client
) -> None:
    person = orcid.add_person(given_names="Sofia", family_name="Garcia")

    answer = sign_in(client, person)

    user = User.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert (user.orcid, user.name, user.email) == (person, "Sofia Garcia", "")
    assert len(user.username) == 36
    assert not user.has_usable_password()
    assert client.session["_auth_user_id"] == str(user.pk)


def test_nothing_but_id_and_name_is_kept(orcid: SandboxServer, client: Client) -> None:
    person = orcid.add_person(given_names="Sofia", family_name="Garcia")

    sign_in(client, person)

    account = SocialAccount.objects.get()
    assert account.uid == person
    assert account.extra_data == {"orcid": person, "name": "Sofia Garcia"}
    assert SocialToken.objects.count() == 0
    assert "token" not in str(dict(client.session)).lower()


def test_second_sign_in_finds_the_same_person_and_takes_the_new_name(
    orcid: SandboxServer, client: Client
) -> None:
    person = orcid.add_person(given_names="Sofia", family_name="Garcia")
    sign_in(client, person)
    User.objects.update(name="An older name")

    sign_in(Client(), person)

    assert [user.name for user in User.objects.all()] == ["Sofia Garcia"]
    assert SocialAccount.objects.count() == 1


def test_person_known_by_id_alone_is_found(orcid: SandboxServer, client: Client) -> None:
    person = orcid.add_person()
    user = make_user(orcid=person)

    sign_in(client, person)

    assert client.session["_auth_user_id"] == str(user.pk)
    assert SocialAccount.objects.get().user == user


def test_person_with_the_same_name_and_address_is_not_taken_for_another(
    orcid: SandboxServer, client: Client
) -> None:
    person = orcid.add_person(given_names="Sofia", family_name="Garcia")
    other = make_user(name="Sofia Garcia", email="sofia@uni.example")

    sign_in(client, person)

    assert client.session["_auth_user_id"] != str(other.pk)


def test_orcid_is_asked_for_the_id_alone(orcid: SandboxServer, client: Client) -> None:
    url = start(client, scope="/read-limited", auth_params="prompt=none", process="connect")

    asked = query(url)
    assert url.startswith(f"{orcid.base_url}/oauth/authorize?")
    assert (asked["scope"], asked["response_type"]) == ("openid", "code")
    assert asked["redirect_uri"] == "http://testserver/accounts/orcid/login/callback/"
    assert set(asked) == {
        "client_id",
        "redirect_uri",
        "scope",
        "response_type",
        "state",
        "nonce",
    }


def test_following_a_link_does_not_start_a_sign_in(orcid: SandboxServer, client: Client) -> None:
    answer = client.get(LOGIN, {"next": "/me/"})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "You are about to go to ORCID" in page
    assert '<input type="hidden" name="next" value="/me/">' in page


def test_next_page_is_kept(orcid: SandboxServer, client: Client) -> None:
    answer = sign_in(client, orcid.add_person(), next="/tools/somewhere/?page=2")

    assert answer.headers["Location"] == "/tools/somewhere/?page=2"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"],
)
def test_sign_in_never_leads_to_another_site(
    orcid: SandboxServer, client: Client, elsewhere: str
) -> None:
    answer = sign_in(client, orcid.add_person(), next=elsewhere)

    assert answer.headers["Location"] == "/"


def test_sign_in_begins_a_new_session(orcid: SandboxServer, client: Client) -> None:
    way_back = at_orcid(start(client), orcid.add_person())
    before = client.session.session_key

    client.get(way_back)

    assert client.session.session_key != before
    assert not Client(cookies={"sessionid": before}).get("/me/").wsgi_request.user.is_authenticated


def test_signing_in_ends_the_session_of_whoever_was_signed_in_before(
    orcid: SandboxServer, client: Client
) -> None:
    operator = make_user(orcid=None, email="operator@portal.example", is_staff=True)
    client.force_login(operator)
    client.session["of_the_operator"] = True
    person = orcid.add_person()

    sign_in(client, person)

    assert client.session["_auth_user_id"] == str(User.objects.get(orcid=person).pk)
    assert "of_the_operator" not in client.session
    assert not SocialAccount.objects.filter(user=operator).exists()


def test_name_that_is_not_public_stays_empty(orcid: SandboxServer, client: Client) -> None:
    person = orcid.add_person(name_visibility="private")

    sign_in(client, person)

    assert User.objects.get().name == ""
    assert User.objects.get().display_name == person
