"""How often what may be done; docs/limits.md has the table."""

import re
from pathlib import Path
from unittest import mock

import pytest
import respx
from django.core.cache import cache, caches
from django.test import Client
from pytest_django import Settings

from contacts import throttles
from contacts.models import Mail, Role
from contacts.throttles import Limit, give_back, in_words, spend, wait_for
from tests.accounts.elsewhere import CLIENTS, back, begin, knows
from tests.accounts.steps import CONFIRM, code_for, give_password, proved_client, set_up_app, words
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.lead.desk import client_of
from tests.sandbox_server import SandboxServer
from tests.signin.steps import at_orcid, start

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parent.parent.parent
LIMITS = {one.setting: one for one in vars(throttles).values() if isinstance(one, Limit)}
NOW = Limit("LOOKUPS_PER_HOUR", 3600)
PAGE = "Too many attempts"


def test_table_of_the_documentation_is_that_of_the_code() -> None:
    table = (ROOT / "docs/limits.md").read_text()

    named = set(re.findall(r"`([A-Z_]+_PER_[A-Z_]+)`", table))

    # How fast ORCID is asked is the limiter's; the rest is here.
    assert named - {"ORCID_RATE_PER_SECOND"} == set(LIMITS)


def test_limit_ends_when_its_time_has_run_out(settings: Settings) -> None:
    settings.LOOKUPS_PER_HOUR = 2

    waits = [spend((NOW, "a")) for _ in range(4)]

    assert waits[:2] == [0, 0]
    assert all(3590 <= wait <= 3600 for wait in waits[2:])
    assert spend((NOW, "b")) == 0  # each by themselves
    cache.clear()  # as after an hour
    assert spend((NOW, "a")) == 0


def test_refused_tries_and_right_ones_do_not_count(settings: Settings) -> None:
    settings.LOOKUPS_PER_HOUR, settings.SYNCS_PER_PERSON_PER_HOUR = 5, 1
    other = (throttles.SYNCS, 1)
    spend(other)

    refused = spend((NOW, "a"), other)
    rest = [spend((NOW, "a")) for _ in range(5)]
    give_back((NOW, "a"))

    assert refused > 0
    assert rest == [0] * 5
    assert wait_for((NOW, "a")) == 0


def test_limit_of_none_lets_nobody(settings: Settings) -> None:
    settings.LOOKUPS_PER_HOUR = 0

    assert spend((NOW, "a")) > 0


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "1 minute"),
        (60, "1 minute"),
        (61, "2 minutes"),
        (5400, "90 minutes"),
        (86400, "24 hours"),
    ],
)
def test_wait_is_said_in_words(seconds: int, said: str) -> None:
    assert in_words(seconds) == said


def test_guesses_from_many_places_do_not_push_out_the_count(settings: Settings) -> None:
    """Django's own memory cache forgets beyond 300."""
    settings.LOOKUPS_PER_HOUR = 1
    spend((NOW, "victim"))

    for number in range(1000):
        spend((NOW, number))

    assert spend((NOW, "victim")) > 0


def test_cache_holds_no_address() -> None:
    with mock.patch.object(type(caches["default"]), "add", autospec=True) as add:
        spend((throttles.MAILS_TO_ADDRESS, "sofia@uni.example"))

    [(_cache, key, *_rest)] = [call.args for call in add.call_args_list]
    assert key.startswith("limit:MAILS_PER_ADDRESS_PER_DAY:")
    assert "sofia" not in key


# --- Getting in ----------------------------------------------------------------------------------


def test_starts_of_a_sign_in_are_counted_by_network(
    orcid: SandboxServer, settings: Settings
) -> None:
    settings.SIGN_INS_PER_NETWORK_PER_HOUR = 2
    for _ in range(2):
        start(Client())

    answer = Client().post("/accounts/orcid/login/")
    elsewhere = Client(REMOTE_ADDR="192.0.2.9").post("/accounts/orcid/login/")

    assert (answer.status_code, elsewhere.status_code) == (429, 302)
    assert 3590 <= int(answer.headers["Retry-After"]) <= 3600
    assert f"{PAGE} This was tried very often" in words(answer)
    assert "Please try again in 60 minutes." in words(answer)


def test_made_up_ways_back_are_shut_out_before_anybody_is_asked(
    orcid: SandboxServer, settings: Settings
) -> None:
    settings.FAILED_SIGN_INS_PER_NETWORK_PER_HOUR = 3
    path = "/accounts/orcid/login/callback/"
    for number in range(3):
        Client().get(path, {"code": "c", "state": f"made up {number}"})

    client = Client()
    url = start(client)
    answer = client.get(at_orcid(url, orcid.add_person()))

    assert answer.status_code == 429
    assert "_auth_user_id" not in client.session


def test_people_who_come_back_well_or_say_no_are_not_counted_as_failures(
    orcid: SandboxServer, settings: Settings
) -> None:
    settings.FAILED_SIGN_INS_PER_NETWORK_PER_HOUR = 1
    for _ in range(3):
        client = Client()
        client.get(at_orcid(start(client), orcid.add_person(), deny=True))

    client = Client()
    client.get(at_orcid(start(client), orcid.add_person()))

    assert "_auth_user_id" in client.session


def test_service_that_goes_wrong_does_not_shut_the_others(
    orcid: SandboxServer, settings: Settings
) -> None:
    settings.FAILED_SIGN_INS_PER_NETWORK_PER_HOUR = 1
    settings.SIGN_IN_CLIENTS = CLIENTS
    with respx.mock(assert_all_called=False) as mock:
        mock.route(host="127.0.0.1").pass_through()
        knows(mock, "google", "somebody", iss="https://evil.example")
        for _ in range(2):
            client = Client()
            shut = back(client, "google", begin(client, "google"))

    client = Client()
    client.get(at_orcid(start(client), orcid.add_person()))

    assert shut.status_code == 429
    assert "_auth_user_id" in client.session


PASSWORD_FORM = {"login": "op@portal.example", "password": "not the password"}


def test_guesses_from_elsewhere_do_not_lock_an_operator_out() -> None:
    give_password(make_user(orcid=None, email="op@portal.example"))
    guesser = Client(REMOTE_ADDR="192.0.2.1")
    for _ in range(6):
        last = guesser.post("/accounts/login/", PASSWORD_FORM)

    operator = Client(REMOTE_ADDR="192.0.2.2")
    operator.post("/accounts/login/", PASSWORD_FORM | {"password": "a long enough password"})

    assert "Too many attempts. Try again in 5 minutes." in words(last)
    assert "_auth_user_id" in operator.session


def test_guesses_from_many_networks_are_counted_together(settings: Settings) -> None:
    settings.WRONG_PASSWORDS_PER_ADDRESS_PER_HOUR = 3
    give_password(make_user(orcid=None, email="op@portal.example"))
    for number in range(3):
        Client(REMOTE_ADDR=f"192.0.2.{number}").post("/accounts/login/", PASSWORD_FORM)

    client = Client(REMOTE_ADDR="192.0.2.99")
    answer = client.post("/accounts/login/", PASSWORD_FORM | {"password": "a long enough password"})

    assert "Too many attempts. Try again in 60 minutes." in words(answer)
    assert 'value="op@portal.example"' in answer.content.decode()  # nothing typed is lost
    assert "_auth_user_id" not in client.session


def test_right_passwords_of_a_whole_office_are_no_guesses() -> None:
    give_password(make_user(orcid=None, email="op@portal.example"))

    for _ in range(12):
        client = Client()
        client.post("/accounts/login/", PASSWORD_FORM | {"password": "a long enough password"})
        assert "_auth_user_id" in client.session


def test_made_up_links_end_for_a_while(settings: Settings) -> None:

    settings.DEAD_LINKS_PER_NETWORK_PER_HOUR = 2
    for number in range(2):
        assert Client().get(f"/invitations/made-up-{number}/").status_code == 404

    answer = Client().get("/invitations/made-up/")

    assert answer.status_code == 429
    assert PAGE in words(answer)


# --- Mails ---------------------------------------------------------------------------------------


def test_address_gets_only_so_many_mails_whoever_asks_for_them(settings: Settings) -> None:
    """Over members, and over what they are about."""
    settings.MAILS_PER_ADDRESS_PER_DAY = 2
    consortium = make_consortium()
    clients = []
    for number in range(3):
        member = make_member(f"Member {number}", consortium)
        contact = make_contact(member, [Role.MAIN])
        clients.append((client_of(make_user(contact.orcid)), f"/tools/{member.slug}/"))

    for client, tools in clients[:2]:
        client.post(f"{tools}contacts/invite/", {"email": "ida@uni.example", "roles": ["comms"]})
    (client, tools) = clients[2]
    form = {"email": "Ida@uni.example", "roles": ["comms"]}
    invited = client.post(f"{tools}contacts/invite/", form)
    form = {"emails": "ida@uni.example\nbo@uni.example", "purposes": ["list"], "send": "1"}
    asked = client.post(f"{tools}researchers/ask/", form, follow=True)

    assert "has had many mails from here today. Try again in 24 hours." in words(invited)
    assert 'value="Ida@uni.example"' in invited.content.decode()
    assert "Not asked: ida@uni.example has had many mails from here today" in words(asked)
    assert [mail.to for mail in Mail.objects.order_by("pk")] == [
        "ida@uni.example",
        "ida@uni.example",
        "bo@uni.example",
    ]


def test_person_at_two_members_asks_no_more_researchers_than_at_one(settings: Settings) -> None:
    settings.ASKS_PER_PERSON_PER_DAY = 2
    consortium = make_consortium()
    one, two = make_member("One", consortium), make_member("Two", consortium)
    contact = make_contact(one, [Role.MAIN])
    make_contact(two, [Role.MAIN], orcid=contact.orcid)
    client = client_of(make_user(contact.orcid))
    form = {"emails": "a@uni.example\nb@uni.example", "purposes": ["list"], "send": "1"}
    client.post(f"/tools/{one.slug}/researchers/ask/", form)

    answer = client.post(f"/tools/{two.slug}/researchers/ask/", form)

    assert "Please go on in 24 hours." in words(answer)
    assert "a@uni.example" in answer.content.decode()
    assert Mail.objects.count() == 2


def test_sixty_members_are_added_from_one_place_in_an_hour() -> None:
    """A lead at work; so many look-ups, invitations and pages are no abuse."""
    assert LIMITS["LOOKUPS_PER_HOUR"].most >= 60
    assert LIMITS["MAILS_PER_PERSON_PER_HOUR"].most >= 60
    member = make_member("Alpha", make_consortium())
    client = client_of(make_user(make_contact(member, [Role.MAIN]).orcid))

    for number in range(60):
        form = {"email": f"colleague{number}@uni.example", "roles": ["comms"]}
        client.post(f"/tools/{member.slug}/contacts/invite/", form)

    assert Mail.objects.count() == 60


def test_a8_own_address_that_others_ask_mails_for_looks_no_different(settings: Settings) -> None:
    """No mail goes any more; the page says what it says to everybody."""
    settings.MAILS_PER_ADDRESS_PER_DAY = 1
    form = {"email": "ida@uni.example", "action_add": ""}

    pages = [
        words(
            client_of(make_user(orcid=None, name="Ida")).post(
                "/me/accounts/email/", form, follow=True
            )
        )
        for _ in range(2)
    ]

    assert pages[0] == pages[1]
    assert Mail.objects.count() == 1


def test_request_for_help_keeps_what_was_typed_and_says_when(settings: Settings) -> None:
    settings.HELP_REQUESTS_PER_NETWORK_PER_HOUR = 1
    form = {
        "kind": "no_way_in",
        "organisation": "Lost",
        "name": "Lo",
        "email": "lo@lost.example",
        "text": "Our only contact has retired.",
    }
    Client().post("/help/request/", form)

    answer = Client().post("/help/request/", form)

    assert "Many requests have come from your network. Try again in 60 minutes." in words(answer)
    assert "Our only contact has retired." in answer.content.decode()
    assert Mail.objects.count() == 1


def test_connecting_again_and_again_ends_for_a_while(
    orcid: SandboxServer, settings: Settings
) -> None:
    settings.CONNECTS_PER_PERSON_PER_HOUR = 1
    client = client_of(make_user())

    first = client.post("/me/accounts/orcid/connect/")
    second = client.post("/me/accounts/orcid/connect/")

    assert (first.status_code, second.status_code) == (302, 429)
    assert PAGE in words(second)
    assert "Others at your institution" not in words(second)  # it is theirs alone


def test_codes_are_counted_for_the_account_wherever_they_are_guessed(settings: Settings) -> None:
    """At the sign-in and on the page that proves it again; within a day, too."""
    settings.WRONG_CODES_PER_PERSON_PER_DAY = 3
    user = make_user()
    secret = set_up_app(proved_client(user))
    for number in range(3):
        where = f"192.0.2.{number}"
        client_of(user).post(CONFIRM, {"code": "000000"}, REMOTE_ADDR=where)

    answer = client_of(user).post(CONFIRM, {"code": code_for(secret, steps=1)})

    assert "Too many attempts. Try again in 24 hours." in words(answer)
