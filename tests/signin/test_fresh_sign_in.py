"""Asking somebody who is signed in to type the password at ORCID again."""

import time

import pytest
from django.test import Client, RequestFactory

from contacts.models import User
from integrations.orcid.views import FRESH_SESSION_KEY, signed_in_freshly
from tests.reading import query
from tests.sandbox_server import SandboxServer
from tests.signin.steps import at_orcid, sign_in, start

pytestmark = pytest.mark.django_db


def is_fresh(client: Client) -> bool:
    request = RequestFactory().get("/")
    request.session = client.session
    request.user = User.objects.get()
    return signed_in_freshly(request)


def test_ordinary_sign_in_is_not_fresh(orcid: SandboxServer, client: Client) -> None:
    sign_in(client, orcid.add_person())

    assert not is_fresh(client)


def test_fresh_sign_in_asks_for_the_password_and_counts_for_five_minutes(
    orcid: SandboxServer, client: Client
) -> None:
    url = start(client, fresh="1", next="/me/")

    answer = client.get(at_orcid(url, orcid.add_person()))

    assert query(url)["prompt"] == "login"
    assert answer.headers["Location"] == "/me/"
    assert is_fresh(client)
    session = client.session
    session[FRESH_SESSION_KEY] -= 301
    session.save()
    assert not is_fresh(client)


def test_password_typed_too_long_ago_is_not_fresh(
    orcid: SandboxServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    way_back = at_orcid(start(client, fresh="1"), orcid.add_person())
    later = time.time() + 301
    monkeypatch.setattr("integrations.orcid.id_token.time.time", lambda: later)

    answer = client.get(way_back)

    assert answer.status_code == 403
    assert "Please enter your password at ORCID" in answer.content.decode()
    assert "_auth_user_id" not in client.session
