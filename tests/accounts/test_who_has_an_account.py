"""A8: no page, mail or amount of work tells a stranger whether an address has an account."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.models import Mail, Role, User
from tests.accounts.steps import give_password, words
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.lead.desk import client_of

pytestmark = pytest.mark.django_db
NOBODY = "nobody@uni.example"


@pytest.fixture
def known() -> dict[str, str]:
    """Addresses of people here, of every kind; with data that a page could tell."""
    operator = give_password(make_user(orcid=None, name="Olga", email="operator@uni.example"))
    EmailAddress.objects.create(user=operator, email=operator.email, verified=True, primary=True)
    closed = give_password(make_user(orcid=None, email="closed@uni.example", is_active=False))
    person = make_user(name="Sofia", email="person@uni.example")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    member = make_member("Alpha", make_consortium())
    contact = make_contact(member, [Role.MAIN], email="contact@uni.example")
    return {
        "operator": operator.email,
        "closed": closed.email,
        "person": person.email,
        "contact": contact.email,
    }


KINDS = pytest.mark.parametrize("kind", ["operator", "closed", "person", "contact"])


def read(answer: Any, email: str) -> tuple[int, str, str]:
    """What there is to see, but for what was typed and what changes each time."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    changing = {"Content-Length", "Expires", "Content-Security-Policy"}
    headers = [pair for pair in sorted(answer.headers.items()) if pair[0] not in changing]
    return answer.status_code, page.replace(email, "ADDRESS"), str(headers)


def queries(act: Callable[[], Any]) -> tuple[Any, int]:
    with CaptureQueriesContext(connection) as caught:
        answer = act()
    return answer, len([one for one in caught if "SAVEPOINT" not in one["sql"]])


@pytest.fixture
def hashed() -> Iterator[mock.Mock]:
    """How often a password was hashed: what takes long."""
    with mock.patch.object(
        MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode
    ) as counted:
        yield counted


@KINDS
def test_a8_wrong_password(known: dict[str, str], hashed: mock.Mock, kind: str) -> None:
    def guess(email: str) -> Any:
        return Client().post("/accounts/login/", {"login": email, "password": "a wrong password"})

    guess("warm@uni.example")
    hashed.reset_mock()
    here = guess(known[kind])
    work = hashed.call_count
    nobody = guess(NOBODY)

    assert read(here, known[kind]) == read(nobody, NOBODY)
    assert "do not fit together" in words(here)
    assert work > 0
    # Within one: what an address takes that is nobody's.
    assert abs(work - (hashed.call_count - work)) <= 1


@KINDS
def test_a8_request_for_help(known: dict[str, str], kind: str) -> None:
    form = {
        "kind": "no_way_in",
        "organisation": "Alpha",
        "name": "Lo",
        "text": "I cannot get in.",
    }

    def ask(email: str) -> Any:
        return Client().post("/help/request/", form | {"email": email})

    ask("warm@uni.example")
    here, work = queries(lambda: ask(known[kind]))
    nobody, usual = queries(lambda: ask(NOBODY))

    assert read(here, known[kind]) == read(nobody, NOBODY)
    assert work == usual
    _warm, first, second = Mail.objects.order_by("pk")
    assert first.subject == second.subject
    said = [re.sub(r"request/\S+", "", one.text) for one in (first, second)]
    assert said[0] == said[1]


@KINDS
def test_a8_adding_an_address_to_ones_own(known: dict[str, str], kind: str) -> None:
    def add(email: str) -> Any:
        client = client_of(User.objects.create(username=email, name="Asker"))
        return client.post("/me/accounts/email/", {"email": email, "action_add": ""}, follow=True)

    add("warm@uni.example")
    here = add(known[kind])
    nobody = add(NOBODY)

    assert read(here, known[kind])[1:2] == read(nobody, NOBODY)[1:2]
    mails = list(Mail.objects.order_by("pk"))[1:]
    assert [mail.to for mail in mails] == [known[kind], NOBODY]


@KINDS
@pytest.mark.parametrize(
    "path",
    [
        "/accounts/password/reset/",
        "/accounts/signup/",
        "/accounts/3rdparty/signup/",
        "/accounts/reauthenticate/",
    ],
)
def test_a8_pages_that_would_tell_are_not_there(
    known: dict[str, str], kind: str, path: str
) -> None:
    """With a password given, too: nobody registers or resets one."""
    answer = Client().post(path, {"email": known[kind], "login": known[kind]})

    assert answer.status_code == 404


def test_a8_who_may_look_addresses_up_is_recorded_and_others_may_not(known: dict[str, str]) -> None:
    member = make_member("Beta", make_consortium("Other"))
    stranger = client_of(make_user())

    answer = stranger.post(
        f"/tools/{member.slug}/contacts/add/", {"email": known["person"]}, follow=True
    )

    assert answer.status_code == 404
    assert "Sofia" not in words(answer)
