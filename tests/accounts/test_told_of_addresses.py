"""People are told at an address of theirs when another one comes, goes, or becomes the main one."""

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.test import Client

from contacts.models import User
from tests.accounts.steps import mails, words
from tests.factories import make_contact, make_member, make_user
from tests.lead.desk import client_of

pytestmark = pytest.mark.django_db
PAGE = "/me/accounts/email/"
OLD, NEW = "old@uni.example", "new@uni.example"


def add(user: User, email: str, **fields: bool) -> EmailAddress:
    return EmailAddress.objects.create(user=user, email=email, **fields)


@pytest.fixture
def user() -> User:
    return make_user(name="Sofia")


@pytest.fixture
def client(user: User) -> Client:
    return client_of(user)


def prove(client: Client, address: EmailAddress) -> None:
    client.post(f"/accounts/confirm-email/{EmailConfirmationHMAC(address).key}/")


def test_new_address_is_told_to_the_main_one(user: User, client: Client) -> None:
    add(user, OLD, verified=True, primary=True)

    prove(client, add(user, NEW))

    [(to, text)] = mails()
    assert (to, "the e-mail address new@uni.example was added" in text) == (OLD, True)


def test_page_says_what_the_main_address_is_for_and_how_to_be_rid_of_it(
    user: User, client: Client
) -> None:
    add(user, OLD, verified=True, primary=True)
    alone = words(client.get(PAGE))
    add(user, NEW, verified=True)

    page = words(client.get(PAGE))

    assert "Mails about your account go here. Remove" in alone
    assert "go here. To remove it, make another proved address the main one first." in page


def test_mail_that_proves_says_who_may_have_given_the_address(user: User, client: Client) -> None:
    client.post(PAGE, {"action_add": "1", "email": NEW})

    [(to, text)] = mails()
    assert to == NEW
    assert "by you, by your institution when you signed in through it, or by somebody else" in text
    assert "It counts there only once it has been proved." in text


def test_first_address_is_told_where_the_person_is_reached_as_a_contact(
    user: User, client: Client
) -> None:
    make_contact(make_member(), orcid=user.orcid, email="sofia@uni.example")

    prove(client, add(user, NEW))

    assert [to for to, _text in mails()] == ["sofia@uni.example"]


def test_nobody_is_written_to_who_has_no_other_address(user: User, client: Client) -> None:
    prove(client, add(user, NEW))

    assert mails() == []


def test_old_main_address_is_told_of_the_new_one(user: User, client: Client) -> None:
    add(user, OLD, verified=True, primary=True)
    add(user, NEW, verified=True)

    client.post(PAGE, {"email": NEW, "action_primary": "1"})

    [(to, text)] = mails()
    assert (to, "the main e-mail address of your account is now new@uni.example" in text) == (
        OLD,
        True,
    )


def test_address_that_was_never_proved_is_told_nothing(user: User, client: Client) -> None:
    """It may be a stranger's."""
    add(user, "typo@elsewhere.example", primary=True)
    add(user, NEW, verified=True)

    client.post(PAGE, {"email": NEW, "action_primary": "1"})

    assert "typo@elsewhere.example" not in [to for to, _text in mails()]


def test_removed_address_is_told_to_the_main_one(user: User, client: Client) -> None:
    add(user, OLD, verified=True, primary=True)
    add(user, NEW, verified=True)

    client.post(PAGE, {"email": NEW, "action_remove": "1"})

    [(to, text)] = mails()
    assert (to, "the e-mail address new@uni.example was removed" in text) == (OLD, True)
