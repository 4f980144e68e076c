"""Whenever the way into an account changes, its owner is told, in a mail that is a row first (H6)."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from contacts.models import Mail, Role, User
from tests.accounts.steps import (
    FACTOR,
    PASSWORD,
    code_for,
    codes_of,
    give_password,
    proved_client,
    set_up_app,
    words,
)
from tests.factories import make_consortium, make_contact, make_member, make_user

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def olga() -> User:
    return give_password(make_user(orcid=None, name="Olga", email="olga@portal.example"))


def told() -> list[str]:
    rows = Mail.objects.filter(kind=Mail.Kind.SIGN_IN_CHANGED).order_by("pk")
    assert {row.state for row in rows} <= {"queued"}
    return [" ".join(row.text.split()) for row in rows]


def test_mail_says_when_in_which_browser_and_what_to_do(olga: User) -> None:
    form = {
        "oldpassword": PASSWORD,
        "password1": "quite another one",
        "password2": "quite another one",
    }

    proved_client(olga).post(
        "/me/accounts/password/", form, headers={"User-Agent": FIREFOX}, REMOTE_ADDR="192.0.2.77"
    )

    [text] = told()
    assert "your password was changed" in text
    assert re.search(r"It happened on .+, in this browser: Firefox, Windows\.", text)
    # the address is of the page that is named last, not the helpdesk's
    assert "tell the helpdesk; then look at how you sign in, and end the sessions you" in text
    assert "you do not know: http://testserver/me/accounts/ " in text
    assert "192.0.2.77" not in text  # says little to people, and is personal


def test_recovery_code_that_was_used_is_told_with_how_many_are_left(olga: User) -> None:
    client = proved_client(olga)
    set_up_app(client)
    [code, *_rest] = codes_of(client)
    Mail.objects.all().delete()
    other = Client()
    page = other.post("/accounts/login/", {"login": olga.email, "password": PASSWORD})

    other.post(page.headers["Location"], {"code": code})

    [text] = told()
    assert "a recovery code was used in the place of your second factor" in text
    assert "of the others there are 9 left" in text


def test_ordinary_code_is_no_news(olga: User) -> None:
    secret = set_up_app(proved_client(olga))
    Mail.objects.all().delete()
    other = Client()
    page = other.post("/accounts/login/", {"login": olga.email, "password": PASSWORD})

    other.post(page.headers["Location"], {"code": code_for(secret, steps=1)})

    assert "_auth_user_id" in other.session
    assert told() == []


def test_key_to_the_api_is_told_to_its_person() -> None:
    member = make_member("Alpha", make_consortium())
    contact = make_contact(member, [Role.MAIN], email="main@alpha.example")
    client = proved_client(make_user(contact.orcid))

    client.post(
        f"/tools/{member.slug}/settings/tokens/",
        {"name": "our library system", "days": "30", "access": "read"},
        follow=True,
    )

    [mail] = Mail.objects.filter(kind=Mail.Kind.SIGN_IN_CHANGED)
    assert mail.to == "main@alpha.example"
    assert "a key to the API was made in your name: our library system." in told()[0]
    assert "mt_" not in mail.text


def test_second_factor_that_is_removed_ends_the_other_sessions(
    olga: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Whoever got in by the lost phone stays in no longer than it."""
    client = proved_client(olga)
    secret = set_up_app(client)
    other = Client()
    page = other.post("/accounts/login/", {"login": olga.email, "password": PASSWORD})
    other.post(page.headers["Location"], {"code": code_for(secret, steps=1)})
    before = client.session.session_key

    client.post(f"{FACTOR}app/remove/")

    assert where(other.get("/me/")) == "/accounts/login/?next=/me/"
    assert client.session["_auth_user_id"] == str(olga.pk)
    assert client.session.session_key != before


def where(answer: Any) -> str:
    return str(answer.headers.get("Location", words(answer)))
