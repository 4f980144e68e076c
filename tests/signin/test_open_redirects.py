"""Wherever a person may say where to go on, it is a page of this portal."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from contacts.models import User
from tests.accounts.steps import (
    CONFIRM,
    PASSWORD,
    code_for,
    give_password,
    proved_client,
    set_up_app,
)
from tests.factories import make_user
from tests.lead.desk import client_of
from tests.sandbox_server import SandboxServer
from tests.signin.steps import at_orcid, sign_in, start

pytestmark = pytest.mark.django_db
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "https:evil.example",
    "https:///evil.example/",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    " //evil.example/",
    "\n//evil.example/",
    "/\t/evil.example/",
    # A path like any other, unless somebody decodes it once more.
    "%2f%2fevil.example/",
]
everywhere = pytest.mark.parametrize("where", ELSEWHERE)
in_pages = pytest.mark.parametrize("where", ELSEWHERE[:-1])


def stays(answer: Any) -> bool:
    """Whether a browser that follows it is still at the portal, whatever it makes of the address."""
    to = answer.headers.get("Location", "/")
    cleaned = to.strip().replace("\\", "/").replace("\t", "").replace("\n", "")
    parts = urlsplit(cleaned)
    at_home = parts.netloc in {"", "testserver"} and parts.scheme in {"", "http"}
    return at_home and not cleaned.startswith("//")


@pytest.fixture
def operator() -> User:
    return give_password(make_user(orcid=None, email="op@portal.example"))


FORM = {"login": "op@portal.example", "password": PASSWORD}


@everywhere
def test_password(operator: User, where: str) -> None:
    answer = Client().post("/accounts/login/", FORM | {"next": where})

    assert (answer.status_code, stays(answer)) == (302, True)


@everywhere
def test_sign_in_page_of_who_is_signed_in(operator: User, where: str) -> None:
    answer = client_of(operator).get("/accounts/login/", {"next": where})

    assert stays(answer)


@everywhere
def test_second_factor(operator: User, where: str) -> None:
    secret = set_up_app(proved_client(operator))
    client = Client()
    page = client.post("/accounts/login/", FORM | {"next": where}).headers["Location"]

    answer = client.post(page, {"code": code_for(secret, steps=1), "next": where})

    assert (answer.status_code, stays(answer)) == (302, True)


@everywhere
def test_signing_out(operator: User, where: str) -> None:
    answer = client_of(operator).post("/accounts/logout/", {"next": where})

    assert (answer.status_code, stays(answer)) == (302, True)


@everywhere
def test_proof(operator: User, where: str) -> None:
    answer = client_of(operator).post(CONFIRM, {"password": PASSWORD, "next": where})

    assert (answer.status_code, stays(answer)) == (302, True)


@everywhere
def test_orcid(orcid: SandboxServer, client: Client, where: str) -> None:
    answer = sign_in(client, orcid.add_person(), next=where)

    assert (answer.status_code, stays(answer)) == (302, True)


@in_pages
def test_orcid_failed(orcid: SandboxServer, client: Client, where: str) -> None:
    """The page that says why offers to go the same way again: it leads nowhere else, either."""
    url = start(client, next=where)

    page = client.get(at_orcid(url, orcid.add_person(), deny=True)).content.decode()

    assert "evil.example" not in page
    assert "javascript:" not in page


@everywhere
def test_connecting_orcid(orcid: SandboxServer, where: str) -> None:
    person = orcid.add_person()
    client = client_of(make_user(orcid=person))
    url = client.post("/me/accounts/orcid/connect/", {"next": where}).headers["Location"]

    answer = client.get(at_orcid(url, person))

    assert (answer.status_code, stays(answer)) == (302, True)


@in_pages
def test_step_of_the_id(where: str) -> None:
    client = client_of(make_user(orcid=None))
    has_one = client_of(make_user())

    page = client.get("/me/accounts/orcid/first/", {"next": where}).content.decode()

    assert "evil.example" not in page
    assert "javascript:" not in page
    assert stays(has_one.get("/me/accounts/orcid/first/", {"next": where}))


@in_pages
def test_choosing_an_institution(where: str) -> None:
    page = Client().get("/accounts/institutions/", {"next": where}).content.decode()

    assert "evil.example" not in page


@everywhere
def test_address_that_needs_a_sign_in(where: str, settings: Settings) -> None:
    """The portal itself makes `next` out of the address that was asked for."""
    answer = Client().get("/me/" + "?next=" + where.strip())

    assert stays(answer)
    assert answer.headers["Location"].startswith("/accounts/login/?next=/me/")
