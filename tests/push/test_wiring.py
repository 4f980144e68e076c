"""A wake-up reaches a worker, the sweep finds what it did not, and the operator may help."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from integrations.push import tasks
from integrations.push.models import Delivery, Lane
from integrations.push.services import lanes
from tests.admin.operator import do, operator_client
from tests.push.conftest import Pusher


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The connections a worker was sent to."""
    keys: list[int] = []
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda args, **_options: keys.append(args[0]))
    return keys


def test_h6_a_worker_is_woken_after_commit(
    ada: Pusher,
    woken: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ada.queue(1)
        assert woken == []

    assert woken == [ada.connection.pk]


def test_h6_the_sweep_finds_what_waits_and_what_a_dead_worker_held(
    ada: Pusher,
    woken: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    ada.queue(1)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep()
    assert woken == [ada.connection.pk]

    Lane.objects.update(holder="somebody", held_until="2999-01-01T00:00Z")
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep()
    assert woken == [ada.connection.pk]  # somebody is at it

    Lane.objects.update(held_until="2020-01-01T00:00Z")
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep()
    assert woken == [ada.connection.pk] * 2


def test_what_no_wake_up_reached_goes_within_a_minute(ada: Pusher, settings: Settings) -> None:
    """It is due at once, and beat sends the sweep."""
    ada.queue(1)

    [sweep] = [
        entry
        for entry in settings.CELERY_BEAT_SCHEDULE.values()
        if entry["task"] == tasks.sweep.name
    ]
    assert lanes.due() == [ada.connection.pk]
    assert sweep["schedule"] < 60


def test_the_task_delivers(ada: Pusher) -> None:
    ada.queue(1)

    tasks.deliver(ada.connection.pk)

    assert ada.titles() == ["Work 1"]


@pytest.mark.parametrize(
    ("before", "operation", "after"),
    [("failed", "send-again", "queued"), ("queued", "discard", "discarded")],
)
def test_the_operator_sends_again_and_discards(
    ada: Pusher, before: str, operation: str, after: str
) -> None:
    [row] = ada.queue(1)
    Delivery.objects.update(state=before)

    do(operator_client(), row, operation)

    assert ada.row().state == after


def test_the_operator_reads_orcids_answers_in_plain_words(ada: Pusher) -> None:
    ada.push(1)
    Delivery.objects.update(state="failed", error_code="9022")
    ada.row().history.update(code="9022", status=400)

    page = operator_page(operator_client(), ada.row())

    assert "The title is missing." in page
    assert "it is sent again by itself" in page


def operator_page(client: Client, row: Delivery) -> str:
    return client.get(reverse("admin:push_delivery_change", args=[row.pk])).content.decode()
