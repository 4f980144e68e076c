"""Where a person is signed in: listed, and ended."""

import datetime

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.models import User
from portal.tasks import clear_sessions
from tests.accounts.steps import PASSWORD, give_password, mails, words
from tests.factories import make_user

pytestmark = pytest.mark.django_db
SESSIONS = "/me/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Safari/604"
)


@pytest.fixture
def olga() -> User:
    cache.clear()
    return give_password(make_user(orcid=None, email="olga@portal.example"))


def signed_in(agent: str, address: str = "127.0.0.1") -> Client:
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    client.post("/accounts/login/", {"login": "olga@portal.example", "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def test_each_place_is_listed_by_a_name_people_know(olga: User) -> None:
    here = signed_in(FIREFOX)
    signed_in(PHONE, "192.0.2.7")

    page = words(here.get(SESSIONS))

    assert page.index("Firefox, Linux This one") < page.index("Safari, iPhone")
    assert "from the network address 192.0.2.7" in page


def test_one_is_ended_and_the_others_go_on(olga: User) -> None:
    here, phone, third = signed_in(FIREFOX), signed_in(PHONE), signed_in(FIREFOX)
    row = UserSession.objects.get(session_key=phone.session.session_key)

    here.post(f"{SESSIONS}{row.pk}/end/")

    assert [is_in(client) for client in (here, phone, third)] == [True, False, True]


def test_all_others_are_ended(olga: User) -> None:
    here, phone, third = signed_in(FIREFOX), signed_in(PHONE), signed_in(FIREFOX)

    page = words(here.post(f"{SESSIONS}end-others/", follow=True))

    assert "Signed out in 2 other places." in page
    assert [is_in(client) for client in (here, phone, third)] == [True, False, False]


def test_nobody_ends_the_session_of_somebody_else(olga: User) -> None:
    mine = signed_in(FIREFOX)
    give_password(make_user(orcid=None, email="other@portal.example"))
    theirs = Client()
    theirs.post("/accounts/login/", {"login": "other@portal.example", "password": PASSWORD})
    row = UserSession.objects.get(session_key=mine.session.session_key)

    theirs.post(f"{SESSIONS}{row.pk}/end/")

    assert is_in(mine)


def test_changing_the_password_ends_the_others_and_tells(olga: User) -> None:
    here, phone = signed_in(FIREFOX), signed_in(PHONE)
    new = "quite another long password"

    wrong = here.post(
        "/me/accounts/password/", {"oldpassword": "no", "password1": new, "password2": new}
    )
    here.post(
        "/me/accounts/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )

    assert "This is not the password you have now." in words(wrong)
    assert [is_in(client) for client in (here, phone)] == [True, False]
    assert UserSession.objects.count() == 1
    [(to, text)] = mails()
    assert to == "olga@portal.example"
    assert "your password was changed. Everywhere else you were signed out." in text


def test_person_without_a_password_is_told_so() -> None:
    client = Client()
    client.force_login(make_user())

    page = words(client.get("/me/accounts/password/"))
    refused = client.post("/me/accounts/password/", {"password1": PASSWORD, "password2": PASSWORD})

    assert "You have no password here" in page
    assert refused.status_code == 200
    assert not User.objects.get().has_usable_password()


def test_dead_sessions_are_neither_listed_nor_kept(olga: User) -> None:
    here, phone = signed_in(FIREFOX), signed_in(PHONE)
    past = timezone.now() - datetime.timedelta(minutes=1)
    Session.objects.filter(session_key=phone.session.session_key).update(expire_date=past)

    page = words(here.get(SESSIONS))
    clear_sessions()

    assert "Safari, iPhone" not in page
    assert UserSession.objects.count() == 1


def test_list_takes_as_many_queries_for_three_as_for_one(olga: User) -> None:
    here = signed_in(FIREFOX)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            here.get(SESSIONS)
        counts.append(len(queries))
        signed_in(PHONE)
        signed_in(PHONE)
    assert counts[0] == counts[1]
