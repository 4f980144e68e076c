"""The lead's workspace × everybody: every address of it, those to come included (A1, A3, A4).

Read off the URLconf: a new page is in this matrix from its first day.
"""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from members.models import Event
from tests.access.urlconf import View, every_view
from tests.access.world import World

pytestmark = pytest.mark.django_db

VIEWS = [
    view
    for view in every_view()
    if view.name.startswith("lead:") and "consortium" in view.arguments
]
# What a reader posts, since readers read and export.
READERS_OWN = {
    "lead:addresses": "an export; its purpose is chosen in a form",
    "lead:tokens": "a token that only reads: tests/api/test_token_pages.py",
}
OUTSIDE = [
    "stranger", "contact of another member", "contact", "main contact",
    "lead contact off the desk", "operator",
]  # fmt: skip


def address(view: View, world: World) -> str:
    """With the world's own consortium and member, and a row's key that may or may not be there."""
    known = {"consortium": world.consortium.slug, "slug": world.ours.member.slug}
    return reverse(view.name, kwargs={name: known.get(name, 1) for name in view.arguments})


def answers(world: World, who: str, method: str) -> dict[str, int]:
    client = Client()
    if user := world.people[who]:
        client.force_login(user)
    found = {}
    for view in VIEWS:
        with transaction.atomic():
            response = getattr(client, method)(address(view, world))
            found[view.name] = response.status_code
            transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", OUTSIDE)
def test_a1_for_everybody_else_there_is_no_workspace(world: World, who: str, method: str) -> None:
    found = answers(world, who, method)

    # 405: the address takes only the other method, whoever asks.
    assert {name for name, status in found.items() if status not in {404, 405}} == set()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a1_whoever_is_not_signed_in_is_asked_to(world: World, method: str) -> None:
    assert set(answers(world, "anonymous", method).values()) == {302}


def test_a4_a_reader_changes_nothing(world: World) -> None:
    before = Event.objects.count()

    found = answers(world, "desk reader", "post")

    allowed = {name for name, status in found.items() if status not in {403, 404, 405}}
    assert allowed == set(READERS_OWN)
    assert Event.objects.count() == before
