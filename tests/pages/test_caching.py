"""What a person has seen stays in no cache: not for Back after sign-out, not for others (A1, A7)."""

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import Role
from members.models import Member
from tests.admin.operator import operator_client
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.lead.desk import client_of, make_desk

pytestmark = pytest.mark.django_db
PAGES = ["overview", "information", "identifiers", "contacts", "agreement", "history", "settings"]


@pytest.fixture
def member() -> Member:
    return make_member("Alpha", make_consortium())


@pytest.fixture
def contact(member: Member) -> Client:
    found = make_contact(member, [Role.MAIN])
    return client_of(make_user(orcid=found.orcid))


@pytest.mark.parametrize("page", [*PAGES, "contacts_csv", "leave"])
def test_pages_of_a_member_are_kept_by_no_cache(contact: Client, member: Member, page: str) -> None:
    answer = contact.get(reverse(f"tools:{page}", args=[member.slug]))

    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("page", ["", "members/", "contacts/", "contacts.csv"])
def test_the_leads_pages_are_kept_by_no_cache(page: str) -> None:
    desk = make_desk()

    answer = desk.client.get(f"/lead/{desk.consortium.slug}/{page}")

    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("page", ["/", "/directory/", "/directory/alpha/", "/me/accounts/email/"])
def test_public_pages_with_ones_name_in_the_menu_are_kept_by_no_cache(
    contact: Client, page: str
) -> None:
    assert contact.get(page)["Cache-Control"] == "private, no-store"


def test_public_pages_of_strangers_may_be_kept(client: Client, member: Member) -> None:
    assert "no-store" not in client.get("/directory/").headers.get("Cache-Control", "")


@pytest.mark.parametrize("page", ["/theme.css", "/icon.svg"])
def test_what_says_itself_how_long_it_may_be_kept_is_left_alone(contact: Client, page: str) -> None:
    assert contact.get(page)["Cache-Control"].startswith("public, max-age=")


def test_administration_is_kept_by_no_cache() -> None:
    assert "no-store" in operator_client().get("/admin/")["Cache-Control"]
