"""The operator's pages in pseudo-language: names of models and fields, operations, what they answer."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from tests.access.world import make_world
from tests.browser.test_pages import pages_of
from tests.languages.reading import Unmarked
from tests.languages.test_pages import OF_DJANGO

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pseudo")]


def links_on(html: str) -> list[str]:
    found = re.findall(r'href="(/admin/[^"#?]*)', html)
    return [link for link in found if not link.startswith(("/admin/logout", "/admin/jsi18n"))]


def kind_of(address: str) -> str:
    """One row of each kind is enough."""
    return re.sub(r"/\d+/", "/1/", address)


def test_the_admin_says_nothing_that_is_not_marked() -> None:
    cache.clear()
    world = make_world()
    pages_of(world)  # a row of most kinds
    client = Client()
    client.force_login(world.user("operator"))
    # A report to ORCID is shown as it was written.
    unmarked = Unmarked("OP", "Website", *OF_DJANGO)

    found: dict[str, list[str]] = {}
    todo, seen = ["/admin/"], {"/admin/"}
    while todo:
        address = todo.pop()
        html = client.get(address, follow=True).content.decode()
        # JSON and addresses are shown as they are.
        if pieces := [piece for piece in unmarked.in_html(html) if piece[0] not in "[{/"]:
            found[address] = pieces
        for link in links_on(html):
            if kind_of(link) not in seen:
                seen.add(kind_of(link))
                todo.append(link)

    assert found == {}
