"""Background jobs (H6): a row first, a worker that may die, nothing lost and nothing twice."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from contacts.models import DeskSeat, Run
from contacts.services import runs
from contacts.tasks import perform_run, sweep_runs
from members.actors import Actor
from members.models import Consortium
from tests.factories import make_contact, make_user
from tests.lead_members.desk import Managed

pytestmark = pytest.mark.django_db
Define = Callable[[runs.Work], None]


@pytest.fixture
def define(monkeypatch: pytest.MonkeyPatch) -> Define:
    """What runs of the tests do."""
    return lambda work: monkeypatch.setitem(runs._work, Run.Kind.MEMBER_IMPORT, work)  # noqa: SLF001


def _start(desk: Managed, **fields: Any) -> Run:
    return runs.start_run(
        kind=Run.Kind.MEMBER_IMPORT, consortium=desk.consortium, by=desk.by, **fields
    )


def _abandon(run: Run) -> None:
    """The worker died a while ago."""
    long_ago = timezone.now() - 2 * runs.LEASE
    Run.objects.filter(pk=run.pk).update(state=Run.State.RUNNING, claimed_at=long_ago)


def _five_steps(log: list[int], dies_before: int = 0) -> runs.Work:
    def work(job: runs.Job) -> dict[str, Any]:
        for number in range(job.run.done + 1, 6):
            if number == dies_before:
                raise KeyboardInterrupt
            with job.step(done=number):
                log.append(number)
        return {"steps": len(log)}

    return work


def test_h6_a_run_goes_on_where_its_dead_worker_stood(desk: Managed, define: Define) -> None:
    log: list[int] = []
    run = _start(desk, total=5)
    define(_five_steps(log, dies_before=3))
    with pytest.raises(KeyboardInterrupt):
        perform_run(run.pk)
    _abandon(run)
    define(_five_steps(log))

    perform_run(run.pk)

    run.refresh_from_db()
    assert log == [1, 2, 3, 4, 5]
    assert (run.state, run.done, run.result) == ("done", 5, {"steps": 5})


def test_h6_a_run_is_carried_out_by_one_worker_at_a_time(desk: Managed, define: Define) -> None:
    run = _start(desk)
    seen: list[Any] = []

    def work(job: runs.Job) -> dict[str, Any]:
        seen.append(runs.perform(run_id=run.pk))
        return {}

    define(work)
    runs.perform(run_id=run.pk)

    assert (seen, runs.perform(run_id=run.pk)) == ([None], None)


def test_h6_a_worker_that_was_taken_for_dead_commits_nothing_more(
    desk: Managed, define: Define
) -> None:
    log: list[int] = []
    run = _start(desk, total=5)

    def slow(job: runs.Job) -> dict[str, Any]:
        _abandon(run)
        define(_five_steps(log))
        runs.perform(run_id=run.pk)
        with job.step(done=1):
            log.append(99)
        return {"slow": True}

    define(slow)
    runs.perform(run_id=run.pk)

    run.refresh_from_db()
    assert (log, run.result) == ([1, 2, 3, 4, 5], {"steps": 5})


def test_a_step_that_fails_leaves_nothing_behind(desk: Managed, define: Define) -> None:
    run = _start(desk, total=2)

    def work(job: runs.Job) -> dict[str, Any]:
        with job.step(done=1):
            Consortium.objects.create(name="Kept", slug="kept")
        with job.step(done=2):
            Consortium.objects.create(name="Undone", slug="undone")
            raise ValidationError("Row 2 is wrong.")

    define(work)
    runs.perform(run_id=run.pk)

    run.refresh_from_db()
    assert (run.state, run.done, run.error) == ("failed", 1, "Row 2 is wrong.")
    assert set(Consortium.objects.values_list("slug", flat=True)) == {"kept", "north-consortium"}


def test_what_nobody_expected_is_an_apology_and_a_log_entry(
    desk: Managed, define: Define, caplog: pytest.LogCaptureFixture
) -> None:
    run = _start(desk)
    define(lambda _job: {"x": 1 / 0})

    runs.perform(run_id=run.pk)

    run.refresh_from_db()
    assert run.error == "Something went wrong here, not in your file. The operator can see it."
    assert "ZeroDivisionError" in caplog.text


def test_r5_it_stops_when_who_started_it_no_longer_manages(desk: Managed, define: Define) -> None:
    colleague = make_contact(desk.lead)
    seat = DeskSeat.objects.create(
        consortium=desk.consortium, contact=colleague, level=DeskSeat.Level.MANAGER
    )
    user = make_user(colleague.orcid)
    run = runs.start_run(
        kind=Run.Kind.MEMBER_IMPORT, consortium=desk.consortium, by=Actor.lead(user)
    )
    log: list[int] = []
    define(_five_steps(log))
    seat.delete()

    runs.perform(run_id=run.pk)

    run.refresh_from_db()
    assert (log, run.state) == ([], "failed")
    assert run.error == "Whoever started this no longer manages the consortium’s desk."


def test_h6_a_broker_that_is_away_loses_nothing(
    desk: Managed,
    define: Define,
    settings: Any,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(*_args: Any, **_options: Any) -> None:
        raise ConnectionError

    define(_five_steps([]))
    with monkeypatch.context() as broken, django_capture_on_commit_callbacks(execute=True):
        broken.setattr(perform_run, "apply_async", away)
        run = _start(desk, total=5)
    settings.CELERY_TASK_ALWAYS_EAGER = True

    with django_capture_on_commit_callbacks(execute=True):
        sweep_runs()

    run.refresh_from_db()
    assert run.state == "done"


def test_a_run_at_which_each_worker_dies_is_given_up(desk: Managed, define: Define) -> None:
    run = _start(desk, file=ContentFile(b"x", "x.csv"), subject={"rows": [1]})
    storage, name = run.file.storage, run.file.name
    define(_five_steps([], dies_before=1))
    for _attempt in range(runs.MOST_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            runs.perform(run_id=run.pk)
        _abandon(run)

    woken = runs.sweep()

    run.refresh_from_db()
    assert (woken, run.state) == (0, "failed")
    assert run.error.startswith("This was begun several times")
    # H7: with what was read out of it.
    assert not storage.exists(str(name))
    assert (run.file.name, run.subject) == ("", {})


def test_h7_files_go_when_they_are_no_longer_needed(desk: Managed, define: Define) -> None:
    define(lambda _job: {})
    done = _start(desk, file=ContentFile(b"x", "x.csv"), subject={"rows": [1], "file_name": "x"})
    draft = _start(desk, file=ContentFile(b"y", "y.csv"), draft=True)
    storage, names = done.file.storage, [done.file.name, draft.file.name]
    Run.objects.filter(pk=draft.pk).update(
        created_at=timezone.now() - runs.DRAFT_KEPT - datetime.timedelta(minutes=1)
    )

    runs.perform(run_id=done.pk)
    runs.sweep()

    done.refresh_from_db()
    assert [storage.exists(str(name)) for name in names] == [False, False]
    assert (done.subject, done.file.name) == ({"file_name": "x"}, "")
    assert list(Run.objects.all()) == [done]


def test_a_draft_waits_for_somebody_to_say_go(desk: Managed, define: Define) -> None:
    define(lambda _job: {})
    draft = _start(desk, draft=True)
    before = runs.perform(run_id=draft.pk), runs.sweep()

    runs.queue_run(run_id=draft.pk, by=desk.by)

    assert before == (None, 0)
    assert runs.perform(run_id=draft.pk) == Run.State.DONE
    with pytest.raises(ValidationError, match="has been started already"):
        runs.queue_run(run_id=draft.pk, by=desk.by)


def test_a4_only_managers_start_runs(desk: Managed) -> None:
    stranger = Actor.lead(make_user())

    with pytest.raises(PermissionDenied):
        runs.start_run(kind=Run.Kind.MEMBER_IMPORT, consortium=desk.consortium, by=stranger)
    with pytest.raises(PermissionDenied):
        runs.discard_run(run_id=_start(desk, draft=True).pk, by=stranger)
