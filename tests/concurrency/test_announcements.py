"""Two at one announcement, on PostgreSQL: it starts once, and each address has one row."""

from typing import Any

import pytest
from django.db import connection

from contacts.models import Mail
from contacts.services import announcements, deliveries
from members.errors import StaleVersion
from tests.announcements.conftest import Scene, scene
from tests.concurrency.test_members import while_open

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's writers take turns"),
]
__all__ = ["scene"]


def test_two_managers_who_press_send_start_it_once(scene: Scene) -> None:
    scene.person("a")
    draft = scene.write()

    def send() -> Any:
        return announcements.send_announcement(announcement_id=draft.pk, version=1, by=scene.by)

    outcome = while_open(send, send)

    assert isinstance(outcome, StaleVersion)
    draft.refresh_from_db()
    assert draft.state == "sending"


def test_nothing_is_queued_after_stop(scene: Scene) -> None:
    scene.person("a")
    announcement = scene.send(scene.write())

    outcome = while_open(
        lambda: announcements.stop_announcement(announcement_id=announcement.pk, by=scene.by),
        lambda: deliveries.carry_on(announcement_id=announcement.pk),
    )

    assert outcome == 0
    assert Mail.objects.count() == 0


def test_two_workers_write_each_row_once(scene: Scene) -> None:
    for name in "abc":
        scene.person(name)
    announcement = scene.send(scene.write())

    def write() -> Any:
        return deliveries.carry_on(announcement_id=announcement.pk, most=0)

    outcome = while_open(write, write)

    assert not isinstance(outcome, Exception)
    assert sorted(Mail.objects.values_list("to", flat=True)) == [f"{n}@x.example" for n in "abc"]
