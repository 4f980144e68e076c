"""Accounts elsewhere: connected, signed in by, disconnected; and what can go wrong on the way."""

from collections.abc import Iterator

import pytest
import respx
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from contacts.models import User
from tests.accounts.elsewhere import (
    CLIENTS,
    FAULTS,
    TOKEN,
    asked,
    back,
    begin,
    connect,
    knows,
    through,
)
from tests.accounts.steps import (
    ACCOUNTS,
    CONFIRM,
    give_password,
    mails,
    proved_client,
    set_up_app,
    words,
)
from tests.admin.operator import make_operator
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.lead.desk import client_of

pytestmark = pytest.mark.django_db
SERVICES = sorted(CLIENTS)


@pytest.fixture(autouse=True)
def elsewhere(settings: Settings) -> Iterator[respx.MockRouter]:
    cache.clear()
    settings.SIGN_IN_CLIENTS = CLIENTS
    with respx.mock(assert_all_called=False) as mock:
        yield mock


@pytest.fixture
def user() -> User:
    return make_user(name="Sofia")


def account_of(user: User) -> SocialAccount:
    return SocialAccount.objects.get(user=user)


@pytest.mark.parametrize("service", SERVICES)
def test_connected_account_signs_its_person_in(
    user: User, elsewhere: respx.MockRouter, service: str
) -> None:
    knows(elsewhere, service, "u-1")
    done = connect(proved_client(user), service)
    later = Client()

    answer = through(later, service, next="/me/")

    assert done.headers["Location"] == ACCOUNTS
    assert (account_of(user).provider, account_of(user).uid) == (service, "u-1")
    assert answer.headers["Location"] == "/me/"
    assert later.session["_auth_user_id"] == str(user.pk)
    assert User.objects.count() == 1


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_gets_an_account_by_one(elsewhere: respx.MockRouter, service: str) -> None:
    knows(elsewhere, service, "u-1")
    client = Client()

    answer = through(client, service)

    assert answer.status_code == 403
    assert "account is not connected to any sign-in here" in words(answer)
    assert (User.objects.count(), SocialAccount.objects.count()) == (0, 0)
    assert "_auth_user_id" not in client.session


def test_who_is_to_confirm_first_learns_that_connect_is_to_be_pressed_again(
    user: User, elsewhere: respx.MockRouter
) -> None:
    page = client_of(user).post("/accounts/with/google/", {"process": "connect"}, follow=True)

    assert page.redirect_chain[0][0].startswith(CONFIRM)
    assert "First confirm that it is you; then press “Connect” once more." in words(page)


def test_page_shows_each_with_its_last_sign_in_and_what_it_is_for(
    user: User, elsewhere: respx.MockRouter
) -> None:
    SocialAccount.objects.create(user=user, provider="orcid", uid=user.orcid)
    knows(elsewhere, "google", "u-1", email="sofia@gmail.example")
    connect(proved_client(user), "google")

    page = words(client_of(user).get(ACCOUNTS))

    assert "Google Connected sofia@gmail.example Last sign-in:" in page
    assert "LinkedIn Connect LinkedIn" in page
    assert "It stays: what you may do in Member Tools follows your iD" in page
    assert "We post nothing to any of these services" in page
    assert "Disconnecting one does not remove its e-mail address here" in page


def test_what_the_settings_have_no_client_for_is_not_there(user: User, settings: Settings) -> None:
    settings.SIGN_IN_CLIENTS = CLIENTS | {"weixin": ("", ""), "google": ("id", "")}

    page = words(client_of(user).get(ACCOUNTS))

    assert "Facebook Connect Facebook" in page
    assert "WeChat" not in page
    assert "Google" not in page
    for service in ("weixin", "google", "github"):
        assert Client().post(f"/accounts/with/{service}/").status_code == 404
        assert Client().get(f"/accounts/with/{service}/callback/").status_code == 404


def test_connecting_is_for_who_has_just_proved_who_they_are(user: User) -> None:
    answer = client_of(user).post("/accounts/with/google/", {"process": "connect"})

    assert answer.headers["Location"].startswith(CONFIRM)


def test_operators_connect_nothing() -> None:
    client = proved_client(make_operator())

    assert "Connect Google" not in words(client.get(ACCOUNTS))
    assert client.post("/accounts/with/google/", {"process": "connect"}).status_code == 403


def test_link_alone_begins_nothing() -> None:
    assert Client().get("/accounts/with/google/").status_code == 405


def test_nothing_more_is_asked_for_than_who_it_is() -> None:
    scopes = {service: asked(begin(Client(), service))["scope"] for service in SERVICES}

    assert {name: set(scope.split()) for name, scope in scopes.items()} == {
        "facebook": {"public_profile"},
        "google": {"openid", "email"},
        "linkedin": {"openid", "email"},
        "weixin": {"snsapi_login"},
    }


def test_person_chooses_neither_scope_nor_parameters() -> None:
    url = Client().post(
        "/accounts/with/google/?scope=https://mail.google.com/&auth_params=prompt=none&action=rerequest"
    )

    assert "mail.google.com" not in url.content.decode()
    assert "prompt" not in url.content.decode()


def test_no_token_and_no_client_is_stored(user: User, elsewhere: respx.MockRouter) -> None:
    knows(elsewhere, "google", "u-1", email="sofia@gmail.example", picture="https://x.example/")

    connect(proved_client(user), "google")

    assert not SocialToken.objects.exists()
    assert not SocialApp.objects.exists()
    assert account_of(user).extra_data == {"email": "sofia@gmail.example"}


def test_second_factor_is_asked_for_this_way_too(user: User, elsewhere: respx.MockRouter) -> None:
    client = proved_client(user)
    knows(elsewhere, "google", "u-1")
    connect(client, "google")
    set_up_app(client)
    later = Client()

    answer = through(later, "google")

    assert answer.headers["Location"] == "/accounts/second-factor/"
    assert "_auth_user_id" not in later.session


def test_closed_account_is_closed_this_way_too(user: User, elsewhere: respx.MockRouter) -> None:
    knows(elsewhere, "google", "u-1")
    connect(proved_client(user), "google")
    User.objects.update(is_active=False)

    assert through(Client(), "google").headers["Location"] == "/accounts/inactive/"


def test_member_tools_follow_the_id_alone(elsewhere: respx.MockRouter) -> None:
    """The contact's own address at Google opens nothing for an account with another iD."""
    contact = make_contact(make_member("Alpha"), email="ada@uni.example")
    other = make_user()
    knows(elsewhere, "google", "u-1", email=contact.email, email_verified=True)
    connect(proved_client(other), "google")
    client = Client()

    through(client, "google")

    assert client.get("/tools/alpha/").status_code == 404


def test_contact_who_signs_in_by_it_has_their_own_member_tools_and_has_proved_nothing_more(
    elsewhere: respx.MockRouter,
) -> None:
    """The iD of the account was proved by signing in with it: this is one more way to the same account."""
    consortium = make_consortium()
    contact = make_contact(make_member("Alpha", consortium))
    make_member("Beta", consortium)
    user = make_user(contact.orcid)
    knows(elsewhere, "google", "u-1", email="somebody@gmail.example")
    connect(proved_client(user), "google")
    client = Client()

    through(client, "google")

    assert client.session["_auth_user_id"] == str(user.pk)
    assert "Alpha" in words(client.get("/tools/alpha/"))
    assert client.get("/tools/beta/").status_code == 404
    answer = client.post("/accounts/with/linkedin/", {"process": "connect"})
    assert answer.headers["Location"].startswith(CONFIRM)


# --- Disconnecting -------------------------------------------------------------------------------


def test_disconnected_account_signs_nobody_in_and_others_are_signed_out(
    user: User, elsewhere: respx.MockRouter
) -> None:
    knows(elsewhere, "google", "u-1")
    client = proved_client(user)
    connect(client, "google")
    by_google = Client()
    through(by_google, "google")

    answer = client.post(f"{ACCOUNTS}connected/{account_of(user).pk}/remove/", follow=True)

    assert "Google is no longer connected." in words(answer)
    assert through(Client(), "google").status_code == 403
    assert by_google.get("/me/").status_code == 302
    assert client.get("/me/").status_code == 200


def test_last_way_in_is_not_taken_away(settings: Settings) -> None:
    user = make_user(orcid=None)
    google = SocialAccount.objects.create(user=user, provider="google", uid="u-1")
    SocialAccount.objects.create(user=user, provider="facebook", uid="u-2")
    settings.SIGN_IN_CLIENTS = CLIENTS | {"facebook": ("", "")}  # leads nowhere now
    client = proved_client(user)
    page = f"{ACCOUNTS}connected/{google.pk}/remove/"

    asked_first = words(client.get(page))
    answer = client.post(page, follow=True)

    assert "It is your only way in here. Connect ORCID first" in asked_first
    assert "It is your only way in here. Connect ORCID first" in words(answer)
    assert SocialAccount.objects.filter(pk=google.pk).exists()


@pytest.mark.parametrize("way", ["id", "password", "another account"])
def test_what_is_not_the_last_way_in_can_go(way: str) -> None:
    user = make_user(orcid="" if way == "id" else None, email="x@portal.example")
    if way == "password":
        give_password(user)
    if way == "another account":
        SocialAccount.objects.create(user=user, provider="facebook", uid="u-2")
    google = SocialAccount.objects.create(user=user, provider="google", uid="u-1")

    proved_client(user).post(f"{ACCOUNTS}connected/{google.pk}/remove/")

    assert not SocialAccount.objects.filter(provider="google").exists()


def test_neither_orcid_nor_the_account_of_somebody_else_can_be_removed(user: User) -> None:
    orcid = SocialAccount.objects.create(user=user, provider="orcid", uid=user.orcid)
    theirs = SocialAccount.objects.create(user=make_user(), provider="google", uid="u-1")
    client = proved_client(user)

    statuses = [
        client.post(f"{ACCOUNTS}connected/{one.pk}/remove/").status_code for one in (orcid, theirs)
    ]

    assert statuses == [404, 404]
    assert SocialAccount.objects.count() == 2


def test_person_is_told_by_mail_of_both(user: User, elsewhere: respx.MockRouter) -> None:
    make_contact(make_member(), orcid=user.orcid, email="sofia@uni.example")
    knows(elsewhere, "google", "u-1", email="thief@gmail.example")
    client = proved_client(user)

    connect(client, "google")
    client.post(f"{ACCOUNTS}connected/{account_of(user).pk}/remove/")

    (first, added), (second, removed) = mails()
    assert (first, second) == ("sofia@uni.example", "sofia@uni.example")
    assert "Google was connected: you can sign in by it from now on." in added
    assert "Google was disconnected: it no longer signs you in." in removed


# --- What goes wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("service", ["google", "linkedin", "weixin"])
def test_fault_of_the_service_has_its_page_and_changes_nothing(
    user: User, elsewhere: respx.MockRouter, service: str, fault: str
) -> None:
    elsewhere.post(TOKEN[service]).mock(side_effect=[FAULTS[fault]])
    client = proved_client(user)

    answer = connect(client, service)

    assert answer.status_code in {400, 502, 503}
    assert "Back to your accounts" in words(answer)
    assert not SocialAccount.objects.exists()
    assert client.get("/me/").status_code == 200


@pytest.mark.parametrize("said", [None, "", 0, {}])
@pytest.mark.parametrize("service", ["facebook", "weixin"])
def test_service_that_does_not_say_who_it_is(
    user: User, elsewhere: respx.MockRouter, service: str, said: object
) -> None:
    knows(elsewhere, service, said)  # type: ignore[arg-type]  # that is what is wrong

    answer = connect(proved_client(user), service)

    assert "We could not check" in words(answer)
    assert not SocialAccount.objects.exists()


def test_person_may_change_their_mind_there(user: User) -> None:
    client = proved_client(user)

    answer = back(client, "google", begin(client, "google"), error="access_denied")

    assert (answer.status_code, "You chose not to go on at Google" in words(answer)) == (200, True)


def test_error_that_the_service_sends_back(user: User) -> None:
    client = proved_client(user)

    answer = back(client, "google", begin(client, "google"), error="server_error")

    assert "Google did not let the sign-in through" in words(answer)


@pytest.mark.parametrize(
    "wrong", [{"aud": "somebody-else"}, {"iss": "https://evil.example"}, {"exp": 1}]
)
@pytest.mark.parametrize("service", ["google", "linkedin"])
def test_statement_meant_for_others_or_too_old_is_not_believed(
    user: User, elsewhere: respx.MockRouter, service: str, wrong: dict[str, object]
) -> None:
    knows(elsewhere, service, "u-1", **wrong)

    answer = connect(proved_client(user), service)

    assert "We could not check" in words(answer)
    assert not SocialAccount.objects.exists()


def test_page_takes_as_many_queries_for_three_accounts_as_for_one(user: User) -> None:
    client = client_of(user)
    counts = []
    for services in (["google"], ["facebook", "linkedin"]):
        for service in services:
            SocialAccount.objects.create(user=user, provider=service, uid="u")
        with CaptureQueriesContext(connection) as queries:
            client.get(ACCOUNTS)
        counts.append(len(queries))
    assert counts[0] == counts[1]
