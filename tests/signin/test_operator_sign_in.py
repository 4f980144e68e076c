"""Operators sign in with a password, whatever ORCID does (A7)."""

from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from contacts.models import User
from portal.cache import RedisOrLocalCache
from tests.factories import make_user

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"


def make_operator(**fields: object) -> User:
    operator = User(email="operator@portal.example", is_staff=True, **fields)
    operator.set_password(PASSWORD)
    operator.save()
    return operator


def log_in(client: Client, password: str = PASSWORD, **more: str) -> "Answer":
    form = {"login": "operator@portal.example", "password": password, **more}
    return client.post("/accounts/login/", form)


def test_a7_operator_signs_in_while_orcid_is_down(client: Client) -> None:
    operator = make_operator()

    answer = log_in(client, next="/admin/")  # ORCID's address in these tests answers nothing

    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")
    assert client.session["_auth_user_id"] == str(operator.pk)


def test_a7_operator_signs_in_while_the_cache_is_down_and_throttles_still_count(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RedisOrLocalCache, "down_until", 0.0)
    nowhere = {"BACKEND": "portal.cache.RedisOrLocalCache", "LOCATION": "redis://127.0.0.1:9/0"}
    settings.CACHES = {"default": nowhere}
    operator = make_operator()

    log_in(client)

    assert client.session["_auth_user_id"] == str(operator.pk)
    assert RedisOrLocalCache.down_until > 0
    guesses = [log_in(Client(), "not the password") for _ in range(6)]
    assert "Too many attempts." in guesses[-1].content.decode()


def test_wrong_password_is_said_without_naming_the_account(client: Client) -> None:
    make_operator()

    wrong = log_in(client, "not the password")
    User.objects.update(email="other@portal.example")
    unknown = log_in(Client(), "not the password")

    assert wrong.status_code == unknown.status_code == 200
    assert "This e-mail address and password do not fit together." in wrong.content.decode()
    assert stripped(wrong) == stripped(unknown)


def stripped(answer: "Answer") -> list[str]:
    lines = answer.content.decode().splitlines()
    return [line for line in lines if "csrfmiddlewaretoken" not in line]


def test_operator_is_not_led_to_another_site(client: Client) -> None:
    make_operator()

    answer = log_in(client, next="https://evil.example/")

    assert answer.headers["Location"] == "/"


def test_closed_operator_account_has_its_page(client: Client) -> None:
    make_operator(is_active=False)

    answer = log_in(client)

    assert answer.headers["Location"] == "/accounts/inactive/"
    assert "_auth_user_id" not in client.session


def test_sign_in_page_offers_orcid_first(client: Client) -> None:
    page = client.get("/accounts/login/", {"next": "/tools/"}).content.decode()

    assert page.index("Sign in with ORCID") < page.index("Sign in with password")
    assert page.count('name="next" value="/tools/"') == 2


def test_who_comes_from_the_administration_finds_the_password_form_open(client: Client) -> None:
    shown = [
        client.get("/accounts/login/", {"next": path}).content.decode()
        for path in ["/admin/members/member/", "/tools/"]
    ]

    assert ['<details class="panel" open>' in page for page in shown] == [True, False]


def test_signing_out_asks_first_and_ends_the_session(client: Client) -> None:
    client.force_login(make_operator())

    asked = client.get("/accounts/logout/")
    client.post("/accounts/logout/")

    assert "You will be signed out here." in asked.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("page", ["signup/", "password/reset/", "password/change/", "3rdparty/"])
def test_pages_that_are_not_wanted_are_not_there(client: Client, page: str) -> None:
    client.force_login(make_operator())

    assert client.get(f"/accounts/{page}").status_code == 404


def test_too_many_attempts_are_asked_to_wait(client: Client) -> None:
    cache.clear()
    for _ in range(30):
        client.post("/accounts/login/", {"login": "", "password": ""})

    answer = log_in(client)

    assert answer.status_code == 429
    assert "Please try again in 1 minute." in answer.content.decode()
    cache.clear()


def test_password_cannot_be_guessed_many_times(client: Client) -> None:
    cache.clear()
    make_operator()
    for _ in range(5):
        log_in(client, "not the password")

    answer = log_in(client)

    assert "Too many attempts. Try again in 5 minutes." in answer.content.decode()
    assert "_auth_user_id" not in client.session
    cache.clear()


def test_administration_has_no_sign_in_page_of_its_own(client: Client) -> None:
    answer = client.get("/admin/login/", {"next": "/admin/"})

    assert answer.headers["Location"] == "/accounts/login/?next=%2Fadmin%2F"


def test_administration_is_closed_to_people_who_are_no_operators(client: Client) -> None:
    client.force_login(make_user())

    assert client.get("/admin/", follow=True).status_code == 403
