"""Rounds, *Tell ORCID* and changes by the lead × everybody: managers act, readers read (A3, A4)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import ConfirmationRound, OrcidReport
from members.models import Event
from tests.access.world import World

pytestmark = pytest.mark.django_db
# What each page asks for in its address besides the consortium.
READ = {
    "lead:rounds": "",
    "lead:round": "round",
    "lead:tell_orcid": "",
    "lead:tell_orcid_csv": "",
    "lead:tell_orcid_report": "report",
    "lead:lead_changes": "",
}
POST = {
    "lead:round_start": "",
    "lead:round_month": "",
    "lead:round_close": "round",
    "lead:tell_orcid_sent": "",
}
PAGES = READ | POST
OTHERS = [
    "stranger", "contact of another member", "contact", "main contact",
    "lead contact off the desk", "operator",
]  # fmt: skip


def addresses(world: World, names: dict[str, str]) -> dict[str, str]:
    manager = world.people["desk manager"]
    assert manager is not None
    begun, _new = ConfirmationRound.objects.get_or_create(consortium=world.consortium)
    report, _new = OrcidReport.objects.get_or_create(
        consortium=world.consortium,
        since_event=0,
        defaults={"through_event": 1, "text": "T", "sent_by": manager},
    )
    keys: dict[str, list[Any]] = {"": [], "round": [begun.pk], "report": [report.pk]}
    return {
        name: reverse(name, args=[world.consortium.slug, *keys[what]])
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
def test_a1_nobody_else_sees_or_changes_any_of_it(world: World, who: str) -> None:
    before = Event.objects.count()

    assert statuses(world, who, "get", READ) == expect(READ, 404)
    assert statuses(world, who, "post", POST) == expect(POST, 404)
    assert Event.objects.count() == before


def test_a4_readers_read_and_change_nothing(world: World) -> None:
    assert statuses(world, "desk reader", "get", READ) == expect(READ, 200)
    before = Event.objects.count()  # the file is an event

    assert statuses(world, "desk reader", "post", POST) == expect(POST, 403)
    assert Event.objects.count() == before


def test_a4_managers_posts_are_answered(world: World) -> None:
    answers = statuses(world, "desk manager", "post", POST)

    assert set(answers.values()) <= {200, 302}


@pytest.mark.parametrize("who", ["desk reader", "desk manager"])
def test_the_wrong_method_is_405(world: World, who: str) -> None:
    assert statuses(world, who, "get", POST) == expect(POST, 405)
    assert statuses(world, who, "post", READ) == expect(READ, 405)
