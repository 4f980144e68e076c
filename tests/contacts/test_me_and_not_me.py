"""A person's own page, and *this is not me* (A2, C2, C9)."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contacts.models import Contact, Mail, Role
from contacts.services import leaving
from members.models import Membership
from tests.contacts.conftest import House, as_user, current, events, mails, signed_in, user_of
from tests.factories import make_contact, make_member, make_user


def test_my_page_shows_where_i_am_a_contact_and_the_way_out(house: House) -> None:
    page = signed_in(house.tech).get("/me/").content.decode()

    assert "Alpha University" in page
    assert "Technical contact" in page
    assert house.tech.orcid in page
    assert f'href="{house.url("leave")}"' in page
    assert 'href="/me/accounts/email/"' in page


def test_my_page_names_nobody_elses_places(house: House) -> None:
    page = as_user(make_user()).get("/me/").content.decode()

    assert "Alpha University" not in page
    assert "You are not a contact of any organisation here." in page


def test_a2_my_page_forgets_a_member_90_days_after_its_end(house: House) -> None:
    Membership.objects.update(end=timezone.localdate() - datetime.timedelta(days=91))

    assert "Alpha University" not in signed_in(house.tech).get("/me/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_my_page_do_not_grow(
    house: House, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        make_contact(make_member(f"Other {number}", house.consortium), orcid=house.tech.orcid)
    client = signed_in(house.tech)

    # session, user, my contacts with their members, their roles; the menu's members, its desks;
    # whose works I keep, and what of mine could not be sent to ORCID.
    with django_assert_num_queries(8):
        client.get("/me/")


def _not_me(contact: Contact) -> str:
    return f"/not-me/{leaving.not_me_token(contact)}/"


def test_c2_opening_this_is_not_me_only_asks(house: House) -> None:
    """Mail scanners open links."""
    page = Client().get(_not_me(house.newcomer)).content.decode()

    assert "the contact is removed at once. You need not sign in." in page
    assert "Newcomer Person" in current(house.member)


def test_c2_this_is_not_me_removes_and_tells_who_added(house: House) -> None:
    house.newcomer.added_by = user_of(house.tech)
    house.newcomer.save()

    response = Client().post(_not_me(house.newcomer))

    assert "help@uk.example" in response.content.decode()
    assert "Newcomer Person" not in current(house.member)
    assert [mail.to for mail in mails(Mail.Kind.CONTACT_DISOWNED)] == ["tech@alpha.example"]
    assert events(house.member) == ["contact_disowned"]


def test_c2_this_is_not_me_works_once(house: House) -> None:
    link = _not_me(house.newcomer)
    Client().post(link)

    again = Client().post(link)

    assert again.status_code == 410
    assert events(house.member) == ["contact_disowned"]


@pytest.mark.parametrize("path", ["/not-me/x/", "/not-me/MQ:abc:def/"])
def test_c2_this_is_not_me_cannot_be_forged(house: House, path: str) -> None:
    assert Client().post(path).status_code == 410
    assert len(current(house.member)) == 5


def test_c9_disowning_the_main_tells_the_lead(house: House) -> None:
    Client().post(_not_me(house.main))

    assert [mail.to for mail in mails(Mail.Kind.NOBODY_IN_CHARGE)] == ["help@uk.example"]
    assert not Contact.objects.current().with_role(Role.MAIN).exists()


def test_c2_this_is_not_me_dies_with_the_address_it_was_mailed_to(house: House) -> None:
    """Who has the old mailbox, a former employer say, cannot remove them any more."""
    link = _not_me(house.tech)
    house.tech.email = "tech@new.example"
    house.tech.save()

    answer = Client().post(link)

    assert answer.status_code == 410
    assert "Tech Person" in current(house.member)
