"""A session that somebody else knew opens nothing: its key changes whenever it comes to reach more."""

import os
import subprocess
import sys
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import URLPattern

from contacts.account_urls import own_urls
from contacts.models import User
from tests.accounts.steps import (
    CONFIRM,
    FACTOR,
    PASSWORD,
    code_for,
    give_password,
    proved_client,
    set_up_app,
)
from tests.factories import make_user

pytestmark = pytest.mark.django_db
FORM = {"login": "olga@portal.example", "password": PASSWORD}


@pytest.fixture
def olga() -> User:
    return give_password(make_user(orcid=None, name="Olga", email="olga@portal.example"))


def with_session() -> tuple[Client, str]:
    """A browser whose session somebody else has planted, and knows."""
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    return client, str(session.session_key)


def opens(key: str) -> bool:
    return bool(Client(cookies={"sessionid": key}).get("/me/accounts/password/").status_code == 200)


def test_password(olga: User) -> None:
    client, planted = with_session()

    client.post("/accounts/login/", FORM)

    assert client.session["_auth_user_id"] == str(olga.pk)
    assert client.session.session_key != planted
    assert not opens(planted)


def test_second_factor(olga: User) -> None:
    """Neither the key from before nor the one between the two steps opens anything."""
    secret = set_up_app(proved_client(olga))
    client, planted = with_session()
    page = client.post("/accounts/login/", FORM).headers["Location"]
    between = str(client.session.session_key)

    client.post(page, {"code": code_for(secret, steps=1)})

    assert client.session["_auth_user_id"] == str(olga.pk)
    assert client.session.session_key not in {planted, between}
    assert (opens(planted), opens(between)) == (False, False)


def test_half_a_sign_in_reaches_nothing(olga: User) -> None:
    set_up_app(proved_client(olga))
    client = Client()
    client.post("/accounts/login/", FORM)

    asked = {
        path: client.get(path)
        for path in ["/me/", "/tools/", FACTOR, CONFIRM, "/me/accounts/email/", "/admin/"]
    }
    removed = client.post(f"{FACTOR}app/remove/")

    assert {path: answer.status_code for path, answer in asked.items()} == dict.fromkeys(asked, 302)
    assert all("/login/" in answer.headers["Location"] for answer in asked.values())
    assert client.get("/api/v1/members/").status_code == 401
    assert "/accounts/login/" in removed.headers["Location"]
    assert Authenticator.objects.filter(type="totp").exists()


@pytest.mark.parametrize(
    ("page", "form"),
    [
        (CONFIRM, {"password": PASSWORD}),
        (
            "/me/accounts/password/",
            {
                "oldpassword": PASSWORD,
                "password1": "quite another password",
                "password2": "quite another password",
            },
        ),
    ],
)
def test_proof_and_new_password(olga: User, page: str, form: dict[str, str]) -> None:
    """The owner goes on, under another key, and it is still one session in the list."""
    client = Client()
    client.post("/accounts/login/", FORM)
    before = str(client.session.session_key)

    client.post(page, form)

    assert client.session["_auth_user_id"] == str(olga.pk)
    assert client.session.session_key != before
    assert not opens(before)
    assert [row.session_key for row in UserSession.objects.all()] == [client.session.session_key]


def test_new_second_factor(
    olga: User, django_capture_on_commit_callbacks: Any, transactional_db: None
) -> None:
    client = proved_client(olga)
    before = str(client.session.session_key)

    set_up_app(client)

    assert client.session["_auth_user_id"] == str(olga.pk)
    assert client.session.session_key != before
    assert not opens(before)


# --- Other people's pages ------------------------------------------------------------------------


def _addresses() -> list[str]:
    return [
        f"/me/accounts/{str(one.pattern).replace('<int:pk>', '1')}"
        for one in own_urls
        if isinstance(one, URLPattern)
    ]


@pytest.mark.parametrize("path", [*_addresses(), "/accounts/login/", "/accounts/logout/"])
def test_other_sites_press_no_button_here(olga: User, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(olga, backend="django.contrib.auth.backends.ModelBackend")

    answer = client.post(path, FORM | {"action_add": "", "email": "x@y.example"})

    assert answer.status_code == 403
    assert client.session["_auth_user_id"] == str(olga.pk)


def test_cookies_of_a_deployment_are_its_own_alone() -> None:
    code = (
        "from portal import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE)"
    )

    ran = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", code],
        env=os.environ | {"SITE_URL": "https://members.example.org"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.split() == ["__Host-sessionid", "__Host-csrftoken", *["True"] * 3, "Lax"]
