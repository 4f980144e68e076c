"""What is held about me × everybody: each sees their own, and deletes nobody but themselves (A1)."""

import pytest

from tests.access.test_matrix import BLIND, DESK, INSIDE, signed_in
from tests.access.world import World, make_world
from tests.accounts.steps import proved
from tests.factories import make_user, make_work

pytestmark = pytest.mark.django_db
EVERYBODY = [*BLIND, *DESK, *INSIDE]
NOT_THEIRS = "Nobody else’s business"


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_sees_their_own_and_nothing_else(world: World, who: str) -> None:
    make_work(make_user(name=NOT_THEIRS), NOT_THEIRS)
    me = world.user(who)
    make_work(me, "My own")
    client = proved(signed_in(world, who))

    page = client.get("/me/data/").text
    files = [
        b"".join(client.get(f"/me/data/held.{ending}").streaming_content).decode()  # type: ignore[attr-defined]  # a stream
        for ending in ("json", "csv")
    ]

    assert [("My own" in text, NOT_THEIRS in text) for text in (page, *files)] == [
        (True, False)
    ] * 3


@pytest.mark.parametrize("who", ["stranger", "contact", "desk reader"])
def test_nobody_deletes_an_account_but_their_own(world: World, who: str) -> None:
    others = {name: user for name, user in world.people.items() if user and name != who}

    proved(signed_in(world, who)).post("/me/accounts/delete/", {"sure": "on"})

    gone = world.user(who)
    gone.refresh_from_db()
    for user in others.values():
        user.refresh_from_db()
    assert not gone.is_active
    assert all(user.is_active for user in others.values())


def test_the_last_operator_is_told_why_not(world: World) -> None:
    page = proved(signed_in(world, "operator")).post("/me/accounts/delete/", {"sure": "on"})

    assert "You are the only operator." in page.content.decode()
    world.user("operator").refresh_from_db()
    assert world.user("operator").is_active
