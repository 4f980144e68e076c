"""What the lead decides about members × everybody: managers act, readers read, others see nothing."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import Invitation, Run
from members.models import Event, Membership
from tests.access.world import World
from tests.factories import make_member
from tests.lead_members.desk import managed_desk

pytestmark = pytest.mark.django_db
# What each page asks for in its address besides the consortium, and what it answers.
READ = {"lead:membership": "slug"}
MANAGE = {
    "lead:member_add": "",
    "lead:members_import": "",
    "lead:members_import_run": "run",
    "lead:membership_end": "membership",
    "lead:membership_start": "slug",
    "lead:first_contact": "empty",
}
POST = {
    "lead:membership_keep": "membership",
    "lead:first_contact_resend": "invitation",
    "lead:first_contact_withdraw": "invitation",
}
PAGES = READ | MANAGE | POST
DESK = ["desk reader", "desk manager"]
OTHERS = [
    "stranger", "contact of another member", "contact", "main contact",
    "lead contact off the desk", "operator",
]  # fmt: skip


def addresses(world: World, names: dict[str, str]) -> dict[str, str]:
    member, consortium = world.ours.member, world.consortium
    empty = make_member("", consortium)
    manager = world.people["desk manager"]
    assert manager is not None
    run = Run.objects.create(
        kind="member_import", consortium=consortium, state="done", started_by=manager
    )
    invitation = Invitation.objects.create(
        member=empty, email="a@b.example", roles=["main"], token_hash=empty.slug,
        sent_at="2030-01-01T00:00Z", expires_at="2030-02-01T00:00Z",
    )  # fmt: skip
    arguments: dict[str, list[Any]] = {
        "": [],
        "slug": [member.slug],
        "empty": [empty.slug],
        "membership": [member.memberships.get().pk],
        "run": [run.pk],
        "invitation": [invitation.pk],
    }
    return {
        name: reverse(name, args=[consortium.slug, *arguments[what]])
        for name, what in names.items()
    }


def statuses(world: World, who: str, method: str, names: dict[str, str]) -> dict[str, int]:
    client = Client()
    if user := world.people[who]:
        client.force_login(user)
    send = getattr(client, method)
    return {name: send(url).status_code for name, url in addresses(world, names).items()}


def expect(names: dict[str, str], status: int) -> dict[str, int]:
    return dict.fromkeys(names, status)


@pytest.mark.parametrize("who", OTHERS)
def test_a1_nobody_else_sees_any_of_it(world: World, who: str) -> None:
    before = Event.objects.count()

    assert statuses(world, who, "get", READ | MANAGE) == expect(READ | MANAGE, 404)
    assert Event.objects.count() == before


@pytest.mark.parametrize("who", OTHERS)
def test_a1_nobody_else_changes_any_of_it(world: World, who: str) -> None:
    before = Event.objects.count()

    assert statuses(world, who, "post", MANAGE | POST) == expect(MANAGE | POST, 404)
    assert Event.objects.count() == before


def test_a4_readers_read_and_change_nothing(world: World) -> None:
    before = Event.objects.count()

    assert statuses(world, "desk reader", "get", READ) == expect(READ, 200)
    assert statuses(world, "desk reader", "post", MANAGE | POST) == expect(MANAGE | POST, 403)
    assert Event.objects.count() == before


def test_a4_readers_do_not_see_the_pages_that_only_serve_to_change(world: World) -> None:
    assert statuses(world, "desk reader", "get", MANAGE) == expect(MANAGE, 403)


def test_a4_managers_see_and_may_do_all_of_it(world: World) -> None:
    assert statuses(world, "desk manager", "get", READ | MANAGE) == expect(READ | MANAGE, 200)


def test_a4_managers_posts_are_answered(world: World) -> None:
    answers = statuses(world, "desk manager", "post", POST)

    assert answers == expect(POST, 302)


@pytest.mark.parametrize("who", DESK)
def test_the_wrong_method_is_405(world: World, who: str) -> None:
    assert statuses(world, who, "get", POST) == expect(POST, 405)


@pytest.mark.parametrize("name", [name for name, what in PAGES.items() if what])
def test_a2_rows_of_another_consortium_under_ones_own_address_are_404(
    world: World, name: str
) -> None:
    other = managed_desk("South Consortium")
    theirs = addresses(world, {name: PAGES[name]})[name]
    under_own = theirs.replace(world.consortium.slug, other.consortium.slug, 1)
    before = Event.objects.count(), Membership.objects.count()

    method = other.client.post if name in POST else other.client.get

    assert method(under_own).status_code == 404
    assert (Event.objects.count(), Membership.objects.count()) == before
