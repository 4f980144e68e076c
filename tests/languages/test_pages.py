"""Every string that a person reads is marked for translation: pages, as each kind of visitor sees them."""

import pytest
from django.core.cache import cache
from django.test import Client

from tests.access.world import World, make_world
from tests.browser.test_pages import pages_of
from tests.languages.reading import Unmarked

pytestmark = pytest.mark.django_db
# Django's own icons and marks, which it translates in no language.
OF_DJANGO = ("Search", "True", "False", "None")


@pytest.fixture
def world() -> World:
    cache.clear()
    return make_world()


def visit(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code < 500
    return str(answer.content.decode()) if "html" in answer["Content-Type"] else ""


@pytest.mark.usefixtures("pseudo")
def test_pages_say_nothing_that_is_not_marked(world: World) -> None:
    pages = pages_of(world)
    known = [
        # What was typed into files that wait to be brought in; columns are not translated.
        "Alpha University", "Beta Foundation", "Without a kind", "A wrong number", "A new one",
        "Taken", "country", "ror", "XX", "our.example",
        # Which institution, and what went wrong there, in words that the helpdesk looks for in the log.
        "ours", "expired",
        # The titles of works, without their marks; of the API's own documentation.
        "A study with a", "title", "of some length, as they are: part two", "Member Tools API",
        "What is new", "One thing", "another", "and", "Website",
    ]  # fmt: skip
    known += [user.initials for user in world.people.values() if user]
    unmarked = Unmarked(*known, *OF_DJANGO)

    found = {}
    for who, addresses in pages.items():
        client = Client()
        if user := world.people[who]:
            client.force_login(user)
        for address in addresses:
            if pieces := unmarked.in_html(visit(client, address)):
                found[f"{who} {address}"] = pieces

    assert found == {}


@pytest.mark.usefixtures("pseudo")
def test_a_string_that_nobody_marked_is_found(world: World) -> None:
    page = """<h1>⟦Of <b>%(name)s</b> and⟧ Our University</h1><p title="Not marked">⟦Marked⟧ 12</p>
        <button>Nor this</button><span>0000-0002-1825-0097</span>"""

    assert Unmarked().in_html(page) == ["Not marked", "Nor this"]
