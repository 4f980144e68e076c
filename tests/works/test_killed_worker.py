"""A worker dies at any moment of a pull: another one completes it, and nothing doubles (H6)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from contacts.models import Run
from contacts.services import runs
from integrations.orcid import records
from integrations.works.models import Pull, Work
from integrations.works.services import pulling, refreshing
from members.actors import Actor
from tests.works.conftest import Researcher
from tests.works.record import work

TITLES = [f"Work {number}" for number in range(7)]


class Killed(BaseException):
    """As when the process is gone: nothing more is written, what was not committed is lost."""


def killed_at(moment: int) -> Callable[..., Any]:
    """Dies instead of the so-manieth statement to the database."""
    count = 0

    def wrapper(execute: Any, *args: Any) -> Any:
        nonlocal count
        count += 1
        if count == moment:
            raise Killed
        return execute(*args)

    return wrapper


@pytest.mark.parametrize("moment", [1, 2, 4, 6, 9, 12, 15, 18, 21, 24])
def test_h6_a_killed_pull_is_completed_and_nothing_doubles(
    ada: Researcher, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    monkeypatch.setattr(pulling, "BULK", 2)  # four steps
    ada.has(*(work(title, doi=f"10.1/{title[-1]}") for title in TITLES))
    run = refreshing.sync(by=Actor.contact(ada.user))

    with pytest.raises(Killed), connection.execute_wrapper(killed_at(moment)):
        runs.perform(run_id=run.pk)
    committed = ada.titles
    Run.objects.filter(state="running").update(claimed_at="2020-01-01T00:00Z")
    runs.sweep()
    runs.perform(run_id=run.pk)

    run.refresh_from_db()
    assert set(committed) <= set(TITLES)
    assert ada.titles == TITLES
    assert (run.state, run.done, run.total, run.result["added"]) == ("done", 7, 7, 7)
    assert Pull.objects.get().fingerprint


def test_a_worker_taken_for_dead_writes_nothing_more(
    ada: Researcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.has(*(work(title) for title in TITLES))
    run = refreshing.sync(by=Actor.contact(ada.user))
    real = records.read_work_details

    def another_takes_over(*args: Any) -> Any:
        Run.objects.filter(pk=run.pk).update(claimed_at="2020-01-01T00:00Z")
        return real(*args)

    monkeypatch.setattr(records, "read_work_details", another_takes_over)

    assert runs.perform(run_id=run.pk) is None
    assert Work.objects.count() == 0
