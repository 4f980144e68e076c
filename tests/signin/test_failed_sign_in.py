"""Every way a sign-in can fail ends on a page in plain words, and signs nobody in."""

import time

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from pytest_django import Settings

from contacts.adapters import SocialAccountAdapter
from contacts.models import User
from tests.factories import make_user
from tests.reading import query
from tests.sandbox_server import SandboxServer
from tests.signin.steps import CALLBACK, UNTRUSTED, at_orcid, outcome, sign_in, start

pytestmark = pytest.mark.django_db
NOWHERE = "http://127.0.0.1:9"


EXPIRED = (400, "This sign-in is no longer valid", 0)
DOWN = (503, "ORCID does not answer", 0)
NOT_SET_UP = (503, "Sign-in is not set up correctly", 0)


def test_person_who_says_no_is_told_that_this_is_fine(orcid: SandboxServer, client: Client) -> None:
    url = start(client, next="/tools/")

    answer = client.get(at_orcid(url, orcid.add_person(), deny=True))

    assert outcome(answer) == (200, "You chose not to sign in", 0)
    assert '<input type="hidden" name="next" value="/tools/">' in answer.content.decode()


def test_link_opened_twice_does_not_sign_in_twice(orcid: SandboxServer, client: Client) -> None:
    way_back = at_orcid(start(client), orcid.add_person(given_names="Sofia", family_name="Garcia"))
    client.get(way_back)

    answer = client.get(way_back)

    assert outcome(answer) == (*EXPIRED[:2], 1)
    assert "You are still signed in as Sofia Garcia." in answer.content.decode()


def test_sign_in_begun_too_long_ago_is_expired(orcid: SandboxServer, client: Client) -> None:
    way_back = at_orcid(start(client), orcid.add_person())
    session = client.session
    (name, (state, _at, provider)) = session["socialaccount_states"].popitem()
    session["socialaccount_states"] = {name: (state, time.time() - 601, provider)}
    session.save()

    answer = client.get(way_back)

    assert outcome(answer) == EXPIRED


def test_way_back_of_another_browser_signs_nobody_in(orcid: SandboxServer, client: Client) -> None:
    way_back = at_orcid(start(Client()), orcid.add_person())
    start(client)

    answer = client.get(way_back)

    assert outcome(answer) == EXPIRED
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("bare", ["", "?state=none", "?code=abcdef"])
def test_callback_without_a_sign_in_is_expired(client: Client, bare: str) -> None:
    answer = client.get(CALLBACK + bare)

    assert outcome(answer) == EXPIRED


def test_replayed_code_is_refused(orcid: SandboxServer, client: Client) -> None:
    used = query(at_orcid(start(Client()), orcid.add_person()))["code"]
    spend(orcid, used)
    state = query(start(client))["state"]

    answer = client.get(CALLBACK, {"code": used, "state": state})

    assert outcome(answer) == EXPIRED


def spend(orcid: SandboxServer, code: str) -> None:
    answer = orcid.http.post(
        "/oauth/token",
        data={
            "client_id": "APP-TESTTESTTESTTEST",
            "client_secret": "only-for-tests",
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": f"http://testserver{CALLBACK}",
        },
    )
    assert answer.status_code == 200


def test_code_of_somebody_elses_sign_in_fails_the_nonce(
    orcid: SandboxServer, client: Client
) -> None:
    stolen = query(at_orcid(start(Client()), orcid.add_person()))["code"]
    state = query(start(client))["state"]

    answer = client.get(CALLBACK, {"code": stolen, "state": state})

    assert outcome(answer) == UNTRUSTED


def test_orcid_out_of_reach(orcid: SandboxServer, client: Client, settings: Settings) -> None:
    way_back = at_orcid(start(client), orcid.add_person())
    settings.ORCID_BASE_URL = NOWHERE

    answer = client.get(way_back)

    assert outcome(answer) == DOWN


def test_orcid_too_slow(orcid: SandboxServer, client: Client, settings: Settings) -> None:
    way_back = at_orcid(start(client), orcid.add_person())
    settings.ORCID_TIMEOUT_SECONDS = 0.05
    orcid.fault("/oauth/token", delay_ms=300)

    answer = client.get(way_back)

    assert outcome(answer) == DOWN


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 503, "body": "<h1>Over the limit</h1>"},
        {"status": 429, "body": "Too many", "content_type": "text/plain"},
        {"status": 500, "body": '{"error":"server_error"}', "content_type": "application/json"},
        {"status": 403, "body": "<h1>Blocked by the firewall</h1>"},
        {"status": 200, "body": "<h1>Maintenance</h1>"},
        {"status": 200, "body": "{not json", "content_type": "application/json"},
        {"status": 200, "body": "[]", "content_type": "application/json"},
        {"status": 200, "body": '{"access_token":"x"}', "content_type": "application/json"},
        {"status": 200, "body": '{"orcid":17,"id_token":[]}', "content_type": "application/json"},
    ],
    ids=str,
)
def test_orcid_answering_garbage_to_the_code(
    orcid: SandboxServer, client: Client, fault: dict[str, object]
) -> None:
    way_back = at_orcid(start(client), orcid.add_person())
    orcid.fault("/oauth/token", **fault)  # type: ignore[arg-type]  # JSON

    answer = client.get(way_back)

    assert outcome(answer) == DOWN


@pytest.mark.parametrize(
    ("status", "body"), [(500, "{}"), (200, '{"keys":"none"}'), (200, "<h1>Maintenance</h1>")]
)
def test_orcid_not_giving_its_keys(
    orcid: SandboxServer, client: Client, status: int, body: str
) -> None:
    way_back = at_orcid(start(client), orcid.add_person())
    orcid.fault("/oauth/jwks", status=status, body=body, content_type="application/json")

    answer = client.get(way_back)

    assert outcome(answer) == DOWN


def test_client_that_orcid_does_not_know(
    orcid: SandboxServer, client: Client, settings: Settings
) -> None:
    way_back = at_orcid(start(client), orcid.add_person())
    settings.ORCID_CLIENT_SECRET = "wrong"

    answer = client.get(way_back)

    assert outcome(answer) == NOT_SET_UP
    assert "helpdesk@portal.example" in answer.content.decode()


def test_deployment_without_a_client(client: Client, settings: Settings) -> None:
    settings.ORCID_CLIENT_ID = ""

    answer = client.post("/accounts/orcid/login/")

    assert outcome(answer) == NOT_SET_UP


def test_orcid_refusing_the_request_itself(orcid: SandboxServer, client: Client) -> None:
    state = query(start(client))["state"]

    answer = client.get(CALLBACK, {"error": "invalid_scope", "state": state})

    assert outcome(answer) == NOT_SET_UP


def test_closed_account_has_its_page(orcid: SandboxServer, client: Client) -> None:
    person = orcid.add_person()
    make_user(orcid=person, is_active=False)

    answer = sign_in(client, person)

    page = client.get(answer.headers["Location"])
    assert outcome(page) == (200, "Your account is closed", 1)
    assert "_auth_user_id" not in client.session


def test_account_whose_two_sides_disagree_is_not_signed_in(
    orcid: SandboxServer, client: Client
) -> None:
    person = orcid.add_person()
    SocialAccount.objects.create(user=make_user(), provider="orcid", uid=person)

    answer = sign_in(client, person)

    assert outcome(answer) == (403, "Your account needs a look by the helpdesk", 1)
    assert "_auth_user_id" not in client.session


def test_two_first_sign_ins_at_once_make_one_person(
    orcid: SandboxServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = orcid.add_person()
    look_up = SocialAccountAdapter.pre_social_login

    def overtaken(adapter: SocialAccountAdapter, *arguments: object) -> None:
        look_up(adapter, *arguments)  # type: ignore[arg-type]  # passed on
        user = make_user(orcid=person)
        SocialAccount.objects.create(user=user, provider="orcid", uid=person)

    monkeypatch.setattr(SocialAccountAdapter, "pre_social_login", overtaken)

    answer = sign_in(client, person)

    assert answer.headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)
    assert SocialAccount.objects.count() == 1


def test_log_of_a_failure_holds_no_secret(
    orcid: SandboxServer, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    stolen = query(at_orcid(start(Client()), orcid.add_person()))["code"]
    asked = query(start(client))
    caplog.clear()

    client.get(CALLBACK, {"code": stolen, "state": asked["state"]})

    said = [record.getMessage() for record in caplog.records if record.name != "django.request"]
    assert said == ["ORCID sign-in: the id_token fails the check of nonce"]
