"""Headers by their effect on every kind of page."""

import re

import pytest
from django.test import Client

from tests.factories import make_consortium, make_member

pytestmark = pytest.mark.django_db
PAGES = ["/", "/directory/", "/directory/alpha/", "/privacy/", "/api/docs/", "/nowhere/"]


@pytest.fixture(autouse=True)
def member() -> None:
    make_member("Alpha", make_consortium(), description='<b style="color:red">x</b>')


@pytest.mark.parametrize("address", PAGES)
def test_browser_is_told_to_be_strict(client: Client, address: str):
    response = client.get(address)

    policy = dict(
        part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    # nothing that would loosen default-src for scripts and styles
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("address", PAGES)
def test_page_has_nothing_that_the_policy_forbids(client: Client, address: str):
    page = client.get(address).text

    assert re.findall(r"<script(?![^>]*\bsrc=\"/)[^>]*>", page) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", page) == []
    assert (
        re.findall(r"<(?:script|img|link)[^>]+(?:src|href)=\"(?:https?:)?//(?!testserver/)", page)
        == []
    )


@pytest.mark.parametrize("address", ["/", "/directory/", "/directory/alpha/", "/privacy/"])
def test_page_has_one_heading_a_title_and_a_language(client: Client, address: str):
    page = client.get(address).text

    assert page.count("<h1") == 1
    assert re.search(r"<title>[^<]+ · Member Tools</title>", page)
    assert '<html lang="en-gb">' in page
    assert 'href="#main"' in page
