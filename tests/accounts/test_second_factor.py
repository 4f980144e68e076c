"""The second factor: set up, asked for, lost; its secrets stand nowhere in plain text (O1)."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from contacts.models import User
from portal.local import code as local_code
from tests.accounts.steps import (
    FACTOR,
    PASSWORD,
    code_for,
    codes_of,
    give_password,
    mails,
    proved_client,
    set_up_app,
    words,
)
from tests.factories import make_user
from tests.lead.desk import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga() -> User:
    """Somebody with a password and without a second factor, who is no operator."""
    cache.clear()
    return give_password(make_user(orcid=None, email="olga@portal.example", name="Olga"))


def sign_in(client: Client) -> str:
    form = {"login": "olga@portal.example", "password": PASSWORD, "next": "/me/"}
    return client.post("/accounts/login/", form).headers["Location"]


def test_app_is_asked_for_at_the_next_sign_in(olga: User) -> None:
    secret = set_up_app(proved_client(olga))
    client = Client()

    first = sign_in(client)
    inside = client.get("/me/")
    wrong = client.post(first, {"code": "000000"})
    right = client.post(first, {"code": code_for(secret, steps=1)})

    assert first == "/accounts/second-factor/"
    assert inside.headers["Location"].startswith("/accounts/login/")
    assert "You are not signed in yet Code: This code is not right, or no longer." in words(wrong)
    assert right.headers["Location"] == "/me/"
    assert client.session["_auth_user_id"] == str(olga.pk)


def test_code_works_once(olga: User) -> None:
    secret = set_up_app(proved_client(olga))
    first, second = Client(), Client()
    code = code_for(secret, steps=1)
    first.post(sign_in(first), {"code": code})

    answer = second.post(sign_in(second), {"code": code})

    assert "This code is not right, or no longer." in words(answer)


def test_codes_cannot_be_guessed_many_times(olga: User) -> None:
    secret = set_up_app(proved_client(olga))
    client = Client()
    page = sign_in(client)
    for _ in range(5):
        client.post(page, {"code": "000000"})

    answer = client.post(page, {"code": code_for(secret, steps=1)})

    assert "Too many attempts." in words(answer)
    assert "_auth_user_id" not in client.session


def test_recovery_code_works_once(olga: User) -> None:
    client = proved_client(olga)
    set_up_app(client)
    codes = codes_of(client)
    other = Client()

    other.post(sign_in(other), {"code": codes[0]})

    assert (len(codes), other.session["_auth_user_id"]) == (10, str(olga.pk))
    assert codes_of(client) == codes[1:]
    file = client.get(f"{FACTOR}codes.txt")
    assert codes[1] in file.content.decode()
    assert codes[0] not in file.content.decode()


def test_secrets_are_stored_encrypted_also_while_they_wait(olga: User) -> None:
    client = proved_client(olga)
    page = client.get(f"{FACTOR}app/").content.decode()
    [secret] = re.findall(r'<code class="secret">(\w+)</code>', page)

    waiting = json.dumps(dict(client.session.items()))
    client.post(f"{FACTOR}app/", {"code": code_for(secret)})

    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        stored = json.dumps(cursor.fetchall())
    assert secret not in waiting
    assert secret not in stored
    assert not any(code in stored for code in codes_of(client))


def test_rotate_keys_covers_second_factors(olga: User, settings: Settings) -> None:
    secret = set_up_app(proved_client(olga))
    new = Fernet.generate_key().decode()
    settings.FIELD_KEYS = [new, *settings.FIELD_KEYS]

    call_command("rotate_keys")

    settings.FIELD_KEYS = [new]
    client = Client()
    client.post(sign_in(client), {"code": code_for(secret, steps=1)})
    assert client.session["_auth_user_id"] == str(olga.pk)


def test_lost_key_stops_the_rotation(olga: User, settings: Settings) -> None:
    set_up_app(proved_client(olga))
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(CommandError, match=r"second factors: .*FIELD_KEYS"):
        call_command("rotate_keys")


def test_sessions_from_before_end_when_it_is_set_up(
    olga: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Somebody who knew the password alone must not be inside when the factor comes."""
    intruder = Client()
    sign_in(intruder)

    with django_capture_on_commit_callbacks(execute=True):
        set_up_app(proved_client(olga))

    assert intruder.get("/me/").headers["Location"] == "/accounts/login/?next=/me/"


def test_removing_it_takes_its_codes_along_and_tells(
    olga: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = proved_client(olga)
    with django_capture_on_commit_callbacks(execute=True):
        set_up_app(client)

    proved_client(olga).post(f"{FACTOR}app/remove/")

    assert not Authenticator.objects.exists()
    (to, added), (_to, removed) = mails()
    assert to == "olga@portal.example"
    assert "an app for one-time codes was set up" in added
    assert "the app for one-time codes was removed" in removed


def test_new_codes_replace_the_old_ones(olga: User) -> None:
    client = proved_client(olga)
    set_up_app(client)
    old = codes_of(client)

    client.post(f"{FACTOR}codes/new/")

    assert not set(old) & set(codes_of(client))


def test_nobody_removes_anothers_passkey(olga: User) -> None:
    credential = {"name": "Key", "credential": {}}
    key = Authenticator.objects.create(user=make_user(), type="webauthn", data=credential)

    answer = proved_client(olga).post(f"{FACTOR}passkeys/{key.pk}/remove/")

    assert answer.status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_passkey_that_answers_no_question_of_ours_is_refused(olga: User) -> None:
    client = proved_client(olga)
    client.get(f"{FACTOR}passkeys/add/")

    answer = client.post(f"{FACTOR}passkeys/add/", {"name": "x", "credential": '{"id": "x"}'})

    assert "This did not work. Please try again." in words(answer)
    assert not Authenticator.objects.exists()


def test_who_has_lost_it_is_let_in_by_the_operators_command(olga: User) -> None:
    client = proved_client(olga)
    set_up_app(client)

    call_command("take_second_factor", email="OLGA@portal.example")

    assert not Authenticator.objects.exists()
    assert sign_in(Client()) == "/me/"
    to, text = mails()[-1]
    assert to == "olga@portal.example"
    assert "your second factor was taken away" in text


def test_command_says_when_there_is_nobody_or_nothing(olga: User) -> None:
    with pytest.raises(CommandError, match="no account"):
        call_command("take_second_factor", email="nobody@portal.example")
    with pytest.raises(CommandError, match="no second factor"):
        call_command("take_second_factor", email="olga@portal.example")


def test_code_for_trying_out_is_what_an_app_shows() -> None:
    # RFC 6238, appendix B
    assert local_code.code_for("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ", 59) == "287082"


def test_page_takes_as_many_queries_for_three_passkeys_as_for_one() -> None:
    user = make_user()
    counts = []
    for number in (1, 2):
        for _ in range(number):
            Authenticator.objects.create(user=user, type="webauthn", data={"name": "Key"})
        with CaptureQueriesContext(connection) as queries:
            client_of(user).get(FACTOR)
        counts.append(len(queries))
    assert counts[0] == counts[1]
