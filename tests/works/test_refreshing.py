"""When records are read without anybody asking: connected, hinted at, not looked at for long (O7)."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from contacts.models import Run
from contacts.services import runs
from integrations.orcid import changes, records, signals
from integrations.orcid.models import Connection
from integrations.works.models import Pull
from integrations.works.services import refreshing
from integrations.works.tasks import look_for_changes, start_due_pulls
from members.actors import Actor
from tests.sandbox_server import SandboxServer
from tests.works.conftest import Researcher, make_researcher
from tests.works.record import work


def due() -> set[str]:
    found = Pull.objects.filter(due_at__lte=timezone.now())
    return set(found.values_list("connection__orcid", flat=True))


def work_off() -> None:
    """Be the workers."""
    for key in Run.objects.filter(state="queued").values_list("pk", flat=True):
        runs.perform(run_id=key)


@pytest.fixture
def people(ada: Researcher) -> list[Researcher]:
    """Three who were read two days ago."""
    some = [ada, make_researcher(ada.sandbox, "Bob B"), make_researcher(ada.sandbox, "Cat C")]
    for person in some:
        person.has(work("First"))
        person.sync()
    long_ago = timezone.now() - timedelta(days=2)
    Pull.objects.update(looked_at=long_ago, pulled_at=long_ago)
    return some


def test_whoever_connects_is_read_at_once(ada: Researcher) -> None:
    Pull.objects.all().delete()
    ada.has(work("First"))

    signals.connected.send(sender=Connection, connection_id=ada.connection.pk)
    work_off()

    assert ada.titles == ["First"]
    assert Pull.objects.get().due_at is None


def test_a_record_just_connected_gets_its_webhook_at_once(
    ada: Researcher, settings: Settings, django_capture_on_commit_callbacks: Any
) -> None:
    settings.ORCID_WEBHOOKS = True
    settings.CELERY_TASK_ALWAYS_EAGER = True

    with django_capture_on_commit_callbacks(execute=True):
        signals.connected.send(sender=Connection, connection_id=ada.connection.pk)

    ada.connection.refresh_from_db()
    assert ada.connection.webhook_registered_at


def test_after_disconnecting_nothing_is_read_and_everything_stays(ada: Researcher) -> None:
    ada.has(work("First"))
    ada.sync()
    refreshing.heed_hint(connection_id=ada.connection.pk)

    signals.disconnected.send(sender=Connection, connection_id=ada.connection.pk)

    assert refreshing.start_due() == 0
    assert ada.titles == ["First"]


def test_a_webhooks_hint_is_heeded_once(ada: Researcher) -> None:
    ada.sync()
    ada.has(work("New"))

    signals.record_changed.send(sender=Connection, connection_id=ada.connection.pk)
    first, second = refreshing.start_due(), refreshing.start_due()
    work_off()

    assert (first, second, ada.titles, due()) == (1, 0, ["New"], set())


def test_a_hint_that_comes_while_we_read_is_heeded_afterwards(
    ada: Researcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = records.read_works

    def read_works(connection: Connection) -> records.WorksSection:
        refreshing.heed_hint(connection_id=connection.pk)
        return real(connection)

    monkeypatch.setattr(records, "read_works", read_works)

    ada.sync()

    assert due() == {ada.user.orcid}
    assert Pull.objects.get().fingerprint == ""


def search_finds(sandbox: SandboxServer, *people: Researcher) -> None:
    """The registry's search says that these have changed."""
    found = [{"orcid-identifier": {"path": person.user.orcid}} for person in people]
    body = json.dumps({"result": found or None, "num-found": len(found)})
    sandbox.fault("/pub/v3.0/search", status=200, body=body, content_type="application/json")


def test_daily_look_costs_one_call_for_all_and_reads_only_who_changed(
    people: list[Researcher], asked: list[str]
) -> None:
    ada = people[0]
    ada.has(work("Second"))
    search_finds(ada.sandbox, ada)

    look_for_changes()
    start_due_pulls()
    work_off()

    assert [path.partition("/")[0] for path in asked] == ["search", "works", "works"]
    assert ada.titles == ["First", "Second"]
    assert refreshing.look_for_changes() == 0


def test_where_nothing_has_changed_the_records_are_not_called(
    people: list[Researcher], asked: list[str]
) -> None:
    search_finds(people[0].sandbox)

    look_for_changes()
    start_due_pulls()
    work_off()

    assert len(asked) == 1


def test_search_is_asked_about_some_hours_more_than_have_passed(
    people: list[Researcher], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PULL_OVERLAP_HOURS = 5
    since: list[datetime] = []

    def changed_since(_orcids: list[str], moment: datetime) -> set[str]:
        since.append(moment)
        return set()

    monkeypatch.setattr(changes, "changed_since", changed_since)

    look_for_changes()

    hours = (timezone.now() - since[0]) / timedelta(hours=1)
    assert round(hours) == 48 + 5


def test_every_record_is_looked_at_itself_once_a_month(people: list[Researcher]) -> None:
    Pull.objects.update(looked_at=timezone.now())
    Pull.objects.filter(connection=people[1].connection).update(
        pulled_at=timezone.now() - timedelta(days=31)
    )

    look_for_changes()

    assert due() == {people[1].user.orcid}


def test_a7_without_the_search_nothing_is_taken_for_looked_at(people: list[Researcher]) -> None:
    people[0].sandbox.fault("/pub/v3.0/search", status=503, times=10)

    assert refreshing.look_for_changes() == 0
    search_finds(people[0].sandbox)
    people[0].sandbox.clear_faults()
    assert refreshing.look_for_changes() == 3


def test_a_connection_without_a_pull_gets_one(ada: Researcher) -> None:
    Pull.objects.all().delete()
    ada.has(work("First"))

    look_for_changes()
    start_due_pulls()
    work_off()

    assert ada.titles == ["First"]


def test_a_pull_that_failed_is_begun_anew_the_next_day(ada: Researcher) -> None:
    ada.fault(status=400, body='{"error-code": 9006}', content_type="application/json")
    refreshing.heed_hint(connection_id=ada.connection.pk)
    start_due_pulls()
    work_off()

    assert due() == set()
    assert Pull.objects.get().due_at is not None


def test_no_more_pulls_wait_than_workers_get_through(
    people: list[Researcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "MOST_WAITING", 2)
    Pull.objects.update(due_at=timezone.now())

    assert refreshing.start_due() == 2
    assert refreshing.start_due() == 0
    work_off()
    assert refreshing.start_due() == 1


def test_a_person_has_one_pull_at_a_time(ada: Researcher) -> None:
    by = Actor.contact(ada.user)

    first, second = refreshing.sync(by=by), refreshing.sync(by=by)

    assert first == second
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.create(kind=Run.Kind.WORKS_PULL, started_by=ada.user)
