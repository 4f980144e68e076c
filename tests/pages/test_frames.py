"""The frame of a member's own pages: tabs, and a switcher that stays where one is."""

import re

import pytest
from django.test import Client

from tests.factories import make_consortium, make_contact, make_member, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(client: Client) -> Client:
    user = make_user()
    for name in ["Alpha", "Beta"]:
        make_contact(make_member(name, make_consortium()), orcid=user.orcid)
    make_member("Gamma", make_consortium())
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("page", "tab"),
    [("", ""), ("information/", "information/"), ("contacts/add/", "contacts/")],
)
def test_switcher_leads_to_the_same_page_of_the_others(two: Client, page: str, tab: str):
    found = two.get(f"/tools/alpha/{page}").text

    switcher = re.search(r'class="menu switcher".*?</details>', found, re.DOTALL)
    assert switcher is not None
    assert re.findall(r'href="([^"]+)">(\w+)<', switcher[0]) == [(f"/tools/beta/{tab}", "Beta")]


def test_the_tab_one_is_on_is_marked(two: Client):
    found = two.get("/tools/alpha/contacts/add/").text

    assert re.findall(r'<a href="([^"]+)" aria-current="page">', found) == [
        "/tools/alpha/contacts/"
    ]


def test_one_organisation_needs_no_switcher(client: Client):
    user = make_user()
    make_contact(make_member("Alpha", make_consortium()), orcid=user.orcid)
    client.force_login(user)

    assert "switcher" not in client.get("/tools/alpha/").text
