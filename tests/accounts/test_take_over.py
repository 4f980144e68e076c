"""Attempts to get into somebody else's account: each is refused."""

from collections.abc import Iterator
from typing import Any

import pytest
import respx
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from contacts.models import User
from contacts.services.moving import move_orcid
from integrations.orcid.models import Connection
from members.actors import Actor
from tests.accounts.elsewhere import CLIENTS, back, begin, connect, knows, through
from tests.accounts.steps import ACCOUNTS, proved_client, words
from tests.factories import make_user
from tests.sandbox_server import SandboxServer
from tests.signin.steps import at_orcid, sign_in

pytestmark = pytest.mark.django_db
ADDRESS = "sofia@uni.example"


@pytest.fixture(autouse=True)
def elsewhere(settings: Settings) -> Iterator[respx.MockRouter]:
    cache.clear()
    settings.SIGN_IN_CLIENTS = CLIENTS
    with respx.mock(assert_all_called=False) as mock:
        mock.route(host="127.0.0.1").pass_through()
        yield mock


@pytest.fixture
def sofia(elsewhere: respx.MockRouter) -> User:
    """Has proved her address, and connected her Google account, which has the same one."""
    user = make_user(name="Sofia", email=ADDRESS)
    EmailAddress.objects.create(user=user, email=ADDRESS, verified=True, primary=True)
    knows(elsewhere, "google", "sofia", email=ADDRESS, email_verified=True)
    connect(proved_client(user), "google")
    return user


def who(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_same_address_at_another_service_is_another_person(
    sofia: User, elsewhere: respx.MockRouter
) -> None:
    knows(elsewhere, "linkedin", "thief", email=ADDRESS, email_verified=True)
    client = Client()

    answer = through(client, "linkedin")

    assert (answer.status_code, who(client)) == (403, None)
    assert SocialAccount.objects.filter(user=sofia).count() == 1


def test_same_address_in_another_account_of_the_same_service_is_another_person(
    sofia: User, elsewhere: respx.MockRouter
) -> None:
    knows(elsewhere, "google", "thief", email=ADDRESS, email_verified=True)
    client = Client()

    answer = through(client, "google")

    assert (answer.status_code, who(client)) == (403, None)


def test_changed_address_at_the_service_changes_nobody_here(
    sofia: User, elsewhere: respx.MockRouter
) -> None:
    """Neither does it lead elsewhere, nor is the new one taken over."""
    victim = make_user(email="boss@uni.example")
    EmailAddress.objects.create(user=victim, email=victim.email, verified=True, primary=True)
    knows(elsewhere, "google", "sofia", email="boss@uni.example", email_verified=True)
    client = Client()

    through(client, "google")

    assert who(client) == str(sofia.pk)
    assert EmailAddress.objects.get(user=sofia).email == ADDRESS
    sofia.refresh_from_db()
    assert (sofia.email, sofia.name) == (ADDRESS, "Sofia")


def test_identity_of_another_account_is_refused_with_an_explanation(
    sofia: User, elsewhere: respx.MockRouter
) -> None:
    client = proved_client(make_user())

    answer = client.get(connect(client, "google").headers["Location"])

    assert "This account belongs to somebody else’s sign-in here" in words(answer)
    assert SocialAccount.objects.get(provider="google").user == sofia


def test_removed_identity_can_go_to_another_account_and_no_longer_opens_the_first(
    sofia: User, elsewhere: respx.MockRouter
) -> None:
    account = SocialAccount.objects.get(provider="google")
    proved_client(sofia).post(f"{ACCOUNTS}connected/{account.pk}/remove/")
    other = make_user()

    connect(proved_client(other), "google")
    client = Client()
    through(client, "google")

    assert who(client) == str(other.pk)


def test_way_back_that_somebody_else_began_connects_nothing(
    sofia: User, elsewhere: respx.MockRouter
) -> None:
    """The thief has Sofia's browser open the end of a sign-in to the thief's own Google account."""
    knows(elsewhere, "google", "thief")
    thief = proved_client(make_user())
    url = begin(thief, "google", process="connect")
    browser = proved_client(sofia)

    answer = back(browser, "google", url)

    assert "This sign-in is no longer valid" in words(answer)
    assert not SocialAccount.objects.filter(uid="thief").exists()


def test_way_back_works_once(sofia: User) -> None:
    client = Client()
    url = begin(client, "google")
    back(client, "google", url)
    client.post("/accounts/logout/")

    answer = back(client, "google", url)

    assert ("This sign-in is no longer valid" in words(answer), who(client)) == (True, None)


def test_way_back_of_one_service_is_none_of_another(
    sofia: User, elsewhere: respx.MockRouter
) -> None:
    """A service that is in league with a thief would pass on what it was given."""
    knows(elsewhere, "linkedin", "sofia")
    client = Client()

    answer = back(client, "linkedin", begin(client, "google"))

    assert "This sign-in is no longer valid" in words(answer)


def test_session_that_somebody_else_knew_is_not_the_one_signed_in(sofia: User) -> None:
    client = Client()
    client.get("/accounts/login/")
    begin(client, "google")
    known = client.session.session_key

    back(client, "google", begin(client, "google"))

    assert who(client) == str(sofia.pk)
    assert client.session.session_key != known


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_sign_in_leads_to_no_other_site(sofia: User, where: str) -> None:
    answer = through(Client(), "google", next=where)

    assert answer.headers["Location"] == "/"


def test_id_that_moved_to_another_account_is_signed_in_there_and_the_old_one_is_closed(
    orcid: SandboxServer, client: Client
) -> None:
    """C8: two records are united; what the former account was connected to is the present one's."""
    old, new = orcid.add_person(), orcid.add_person()
    sign_in(client, old)
    former = User.objects.get(orcid=old)
    SocialAccount.objects.create(user=former, provider="google", uid="sofia")
    sign_in(Client(), new)
    present = User.objects.get(orcid=new)

    move_orcid(old=old, new=new, by=Actor.system())

    assert SocialAccount.objects.get(provider="google").user == present
    assert client.get("/me/").status_code == 302  # the open session of the former is over
    again = Client()
    sign_in(again, new)
    assert who(again) == str(present.pk)


def test_id_of_an_account_is_not_given_to_another_one(
    orcid: SandboxServer, elsewhere: respx.MockRouter
) -> None:
    """Somebody without an iD who proves one that has an account is signed in to nothing new."""
    taken = orcid.add_person()
    sign_in(Client(), taken)
    owner = User.objects.get(orcid=taken)
    other = make_user(orcid=None)
    client = proved_client(other)

    answer = connecting(client, taken)

    assert "The iD that came belongs to another account here" in words(answer)
    other.refresh_from_db()
    assert (other.orcid, who(client)) == (None, str(other.pk))
    assert User.objects.get(orcid=taken) == owner
    assert not Connection.objects.exists()


@pytest.mark.parametrize("is_verified", [True, False, None])
def test_address_that_the_service_says_to_have_checked_proves_nothing_here(
    elsewhere: respx.MockRouter, *, is_verified: bool | None
) -> None:
    """Whoever connects an account with somebody's address is not found under it (C2)."""
    knows(elsewhere, "google", "thief", email=ADDRESS, email_verified=is_verified)
    thief = make_user()

    connect(proved_client(thief), "google")

    assert SocialAccount.objects.get().user == thief
    assert not EmailAddress.objects.exists()
    thief.refresh_from_db()
    assert thief.email == ""


def test_disconnected_id_stays_its_owners(orcid: SandboxServer, client: Client) -> None:
    """Disconnecting ends what the portal may do at ORCID, not whose the iD is: nobody else gets it."""
    person = orcid.add_person()
    sign_in(client, person)
    owner = User.objects.get(orcid=person)
    connecting(client, person)
    client.post("/me/accounts/orcid/disconnect/")
    other = make_user(orcid=None)
    thief = proved_client(other)

    answer = connecting(thief, person)

    assert "The iD that came belongs to another account here" in words(answer)
    other.refresh_from_db()
    assert other.orcid is None
    again = Client()
    sign_in(again, person)
    assert who(again) == str(owner.pk)


def connecting(client: Client, person: str) -> Any:
    url = client.post("/me/accounts/orcid/connect/").headers["Location"]
    return client.get(at_orcid(url, person), follow=True)


def test_way_back_from_connecting_that_somebody_else_began_connects_nothing(
    orcid: SandboxServer,
) -> None:
    """The thief has the victim's browser open the end of connecting the thief's own record."""
    mine = orcid.add_person()
    thief, other = proved_client(make_user(orcid=None)), make_user(orcid=None)
    url = thief.post("/me/accounts/orcid/connect/").headers["Location"]
    victim = proved_client(other)

    answer = victim.get(at_orcid(url, mine), follow=True)

    assert "this link is no longer valid" in words(answer)
    other.refresh_from_db()
    assert other.orcid is None
