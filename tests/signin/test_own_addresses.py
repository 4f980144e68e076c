"""A signed-in person proves further e-mail addresses by a mailed link."""

import re
from typing import TYPE_CHECKING

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from contacts.models import Mail, User
from tests.factories import make_user

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

pytestmark = pytest.mark.django_db
PAGE = "/me/accounts/email/"
EMAIL = "sofia@uni.example"


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    cache.clear()


@pytest.fixture
def sofia(client: Client) -> User:
    user = make_user(name="Sofia Garcia")
    client.force_login(user)
    return user


def add(client: Client, email: str = EMAIL) -> "Answer":
    return client.post(PAGE, {"email": email, "action_add": "1"}, follow=True)


def act(client: Client, action: str, email: str = EMAIL) -> "Answer":
    return client.post(PAGE, {"email": email, f"action_{action}": "1"}, follow=True)


def said(answer: "Answer") -> list[str]:
    return re.findall(r'class="notice notice-\w+"><p>(.*?)</p>', answer.content.decode())


def link() -> str:
    """The path of the link in the last mail."""
    last = Mail.objects.latest("pk")
    found = re.search(r"http://testserver(/accounts/confirm-email/\S+)", last.text)
    assert found
    return found[1]


def proved(user: User) -> list[str]:
    return sorted(
        EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    )


def make_proved(user: User, email: str = EMAIL, **fields: object) -> EmailAddress:
    return EmailAddress.objects.create(user=user, email=email, verified=True, **fields)


def test_added_address_gets_a_mail_and_is_not_proved_yet(client: Client, sofia: User) -> None:
    answer = add(client)

    mail = Mail.objects.get()
    assert (mail.kind, mail.to) == (Mail.Kind.ADDRESS_TO_PROVE, EMAIL)
    assert ["The link works for three days." in body for body in (mail.text, mail.html)] == [
        True,
        True,
    ]
    assert said(answer) == [
        f"We have sent a mail to {EMAIL}. Open the link in it to prove that the address is yours."
    ]
    assert "Not proved yet" in answer.content.decode()
    assert proved(sofia) == []


def test_opening_the_link_proves_nothing_before_the_button_is_pressed(
    client: Client, sofia: User
) -> None:
    add(client)

    page = client.get(link()).content.decode()

    assert "Yes, this is my address" in page
    assert proved(sofia) == []


def test_pressing_the_button_proves_the_address(client: Client, sofia: User) -> None:
    add(client)

    answer = client.post(link(), follow=True)

    assert said(answer) == [f"{EMAIL} is proved."]
    assert proved(sofia) == [EMAIL]


def test_link_works_once(client: Client, sofia: User) -> None:
    add(client)
    client.post(link())

    answer = client.post(link())

    assert answer.status_code == 404
    assert "This link does not work" in answer.content.decode()


def test_link_does_not_prove_the_address_for_the_one_who_happens_to_open_it(
    client: Client, sofia: User
) -> None:
    add(client)
    reader = make_user()
    other = Client()
    other.force_login(reader)

    answer = other.post(link())

    assert answer.status_code == 404
    assert proved(sofia) == proved(reader) == []
    assert other.session["_auth_user_id"] == str(reader.pk)


def test_link_asks_strangers_to_sign_in_and_comes_back(client: Client, sofia: User) -> None:
    add(client)

    answer = Client().post(link())

    assert answer.headers["Location"] == f"/accounts/login/?next={link().replace(':', '%3A')}"
    assert proved(sofia) == []


@pytest.mark.parametrize("key", ["nonsense", "MQ:1tHISi:nonsense"])
def test_link_that_was_made_up_says_so(client: Client, sofia: User, key: str) -> None:
    answer = client.get(f"/accounts/confirm-email/{key}/")

    assert answer.status_code == 404
    assert "This link does not work" in answer.content.decode()


def test_a8_page_is_the_same_for_an_address_that_somebody_has_proved(client: Client) -> None:
    make_proved(make_user(), "taken@uni.example")
    one, other = make_user(name="A"), make_user(name="A")
    client.force_login(one)
    free = page_without(add(client, "fresh@uni.example"), "fresh@uni.example", one)
    client.force_login(other)

    taken = page_without(add(client, "taken@uni.example"), "taken@uni.example", other)

    assert taken == free


def page_without(answer: "Answer", word: str, user: User) -> str:
    page = answer.content.decode().replace(word, "…").replace(user.orcid or "", "iD")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def test_a8_mail_to_a_proved_address_says_it_was_not_added_and_holds_no_link(
    client: Client, sofia: User
) -> None:
    make_proved(make_user())

    add(client)

    mail = Mail.objects.get()
    for body in (mail.text, mail.html):
        assert "It could not be added" in body
        assert "confirm-email" not in body
        assert "Sofia" not in body


def test_a8_same_wait_whether_or_not_somebody_else_has_just_asked(
    client: Client, sofia: User
) -> None:
    other = Client()
    other.force_login(make_user())
    add(other)

    answer = add(client)

    assert said(answer) == [
        f"We have sent a mail to {EMAIL}. Open the link in it to prove that the address is yours."
    ]


def test_address_proved_by_somebody_meanwhile_is_not_added(client: Client, sofia: User) -> None:
    add(client)
    make_proved(make_user())

    answer = client.post(link(), follow=True)

    assert said(answer) == [f"{EMAIL} could not be added."]
    assert proved(sofia) == []


def test_same_mail_is_not_sent_twice_within_three_minutes(client: Client, sofia: User) -> None:
    add(client)

    answer = act(client, "send")

    assert said(answer) == [f"We have just sent a mail to {EMAIL}. Ask again in 3 minutes."]
    assert Mail.objects.count() == 1


def test_mails_per_person_and_hour_are_limited(
    client: Client, sofia: User, settings: Settings
) -> None:
    settings.MAILS_PER_PERSON_PER_HOUR = 2
    add(client, "one@uni.example")
    add(client, "two@uni.example")

    answer = add(client, "three@uni.example")

    assert said(answer) == [
        "You have asked for many mails: none to three@uni.example. Try again in 60 minutes."
    ]
    assert Mail.objects.count() == 2


def test_main_address_is_changed_among_proved_ones(client: Client, sofia: User) -> None:
    make_proved(sofia, "old@uni.example", primary=True)
    make_proved(sofia)

    answer = act(client, "primary")

    sofia.refresh_from_db()
    assert said(answer) == ["This is now your main address."]
    assert sofia.email == EMAIL


def test_address_is_removed(client: Client, sofia: User) -> None:
    make_proved(sofia, "old@uni.example", primary=True)
    make_proved(sofia)

    answer = act(client, "remove")

    assert said(answer) == [f"{EMAIL} is removed."]
    assert proved(sofia) == ["old@uni.example"]


def test_only_address_of_somebody_who_signs_in_with_orcid_can_go(
    client: Client, sofia: User
) -> None:
    make_proved(sofia, primary=True)

    act(client, "remove")

    assert not EmailAddress.objects.filter(user=sofia).exists()


def test_operator_keeps_the_address_that_they_sign_in_with(client: Client) -> None:
    operator = make_user(orcid=None, email=EMAIL)
    operator.set_password("a long enough password")
    operator.save()
    client.force_login(operator)
    make_proved(operator, primary=True)

    answer = act(client, "remove")

    assert said(answer)[0].startswith(f"{EMAIL} cannot be removed while it is your main address.")
    assert proved(operator) == [EMAIL]


def test_same_address_is_not_added_twice(client: Client, sofia: User) -> None:
    make_proved(sofia)

    answer = add(client, EMAIL.upper())

    assert "You have added this address already." in answer.content.decode()
    assert not Mail.objects.exists()


def test_somebody_elses_address_cannot_be_touched(client: Client, sofia: User) -> None:
    other = make_user()
    make_proved(other)

    for action in ("remove", "primary", "send"):
        act(client, action)

    assert proved(other) == [EMAIL]
    assert not Mail.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_as_many_queries_for_one_address_as_for_three(
    client: Client,
    sofia: User,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for index in range(number):
        make_proved(sofia, f"address{index}@uni.example")

    # session, person, addresses, how many there may be, members of the menu, desks of the menu
    with django_assert_num_queries(6):
        client.get(PAGE)


def test_sign_in_page_says_why_it_came_and_what_comes_then(client: Client) -> None:
    """The mail is often opened where nobody is signed in: on a phone."""
    asked = client.get("/accounts/confirm-email/x/", follow=True).content.decode()
    plain = client.get("/accounts/login/").content.decode()

    said = "The page that you asked for is for people who are signed in: it opens once you are."
    assert (said in asked, said in plain) == (True, False)
