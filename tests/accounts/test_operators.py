"""The admin is for operators who have a second factor."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from contacts.models import User
from tests.accounts.steps import FACTOR, PASSWORD, code_for, give_password, set_up_app, words
from tests.admin.operator import make_operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> User:
    """One who has not set up a second factor yet."""
    cache.clear()
    operator = give_password(make_operator())
    Authenticator.objects.filter(user=operator).delete()
    return operator


def sign_in(client: Client, next_url: str = "/admin/") -> str:
    form = {"login": "operator@portal.example", "password": PASSWORD, "next": next_url}
    return client.post("/accounts/login/", form).headers["Location"]


def test_operator_enrols_at_the_first_sign_in_and_is_then_let_in(operator: User) -> None:
    client = Client()
    sign_in(client)

    shut = client.get("/admin/", follow=True)
    set_up_app(client)  # the password typed a moment ago is proof enough
    inside = client.get("/admin/")

    assert shut.redirect_chain[-1] == (FACTOR, 302)
    assert "You are an operator: the administration opens once" in words(shut)
    assert "Site administration" in words(inside)


def test_who_has_set_it_up_finds_the_way_back_to_the_administration(operator: User) -> None:
    client = Client()
    sign_in(client)
    before = client.get(FACTOR).content.decode()
    set_up_app(client)

    page = client.get(FACTOR).content.decode()

    assert "To the administration" not in before
    assert '<a href="/admin/">To the administration</a>' in page


@pytest.mark.parametrize("page", ["", "contacts/user/", "members/member/", "password_change/"])
def test_every_page_of_the_admin_is_shut_without_it(operator: User, page: str) -> None:
    client = Client()
    sign_in(client)

    answer = client.post(f"/admin/{page}")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/admin/login/")


def test_password_alone_does_not_sign_an_operator_in_who_has_one(operator: User) -> None:
    client = Client()
    sign_in(client)
    secret = set_up_app(client)
    other = Client()

    page = sign_in(other)

    assert page == "/accounts/second-factor/"
    assert other.get("/admin/").headers["Location"].startswith("/admin/login/")
    other.post(page, {"code": code_for(secret, steps=1)})
    assert "Site administration" in words(other.get("/admin/"))


def test_admin_closes_with_the_next_request_when_it_is_removed(operator: User) -> None:
    client = Client()
    sign_in(client)
    set_up_app(client)

    client.post(f"{FACTOR}app/remove/")

    assert client.get("/admin/").headers["Location"].startswith("/admin/login/")


def test_recovery_codes_alone_are_no_second_factor(operator: User) -> None:
    codes = {"seed": "", "used_mask": 0}
    Authenticator.objects.create(user=operator, type="recovery_codes", data=codes)
    client = Client()
    client.force_login(operator)

    assert client.get("/admin/").headers["Location"].startswith("/admin/login/")
