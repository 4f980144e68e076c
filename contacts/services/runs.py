"""Background jobs a person can watch: the row first, a worker second (rule H6).

What a kind of run does registers itself with `carries_out`, in a module that workers import. It
works in steps: each commits what it did together with how far it has come, so that a run whose
worker died goes on where it stood, and nothing is done twice.

A run of a consortium is the desk's; one without is the own of whoever started it.
"""

import datetime
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import OperationalError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Run
from contacts.permissions import can_manage_desk
from contacts.waking import wake
from members.actors import Actor
from members.models import Consortium

log = logging.getLogger(__name__)

# A worker that has not said for so long how far it has come is taken for dead.
LEASE = datetime.timedelta(minutes=5)
# How long a file that was looked through waits for somebody to say go.
DRAFT_KEPT = datetime.timedelta(days=1)
MOST_ATTEMPTS = 5
Work = Callable[["Job"], dict[str, Any]]
_work: dict[str, Work] = {}


class RunLost(Exception):
    """Another worker has taken the run over, or it has ended: the one that hears this stops."""


class PutOff(Exception):
    """What the work needs cannot be had now: the run waits, and is begun again by itself.

    It does not count as an attempt, unless it is to be begun again at once (`after` is zero).
    """

    def __init__(self, after: datetime.timedelta) -> None:
        super().__init__(f"Put off for {after}.")
        self.after = after


def carries_out(kind: Run.Kind) -> Callable[[Work], Work]:
    """Make the function what runs of this kind do; it returns the run's `result`.

    What it raises ends the run: a `ValidationError` with its words, anything else with a general
    apology and a log entry.
    """

    def register(function: Work) -> Work:
        _work[kind] = function
        return function

    return register


@dataclass(frozen=True)
class Job:
    """A run that this worker has claimed."""

    run: Run

    @property
    def by(self) -> Actor:
        """Who started it, acting through a file."""
        return Actor.importer(self.run.started_by)

    def require_permission(self) -> None:
        """Raise `PermissionDenied` when who started it may no longer manage the desk (R5, A4).

        A person's own run needs none.
        """
        consortium = self.run.consortium
        if consortium is None:
            return
        if not can_manage_desk(Actor.lead(self.run.started_by), consortium):
            raise PermissionDenied

    @contextmanager
    def step(self, *, done: int, total: int | None = None, is_last: bool = False) -> Iterator[None]:
        """A transaction for some of the work: what it did and `done` are committed together, and
        `total` where it has become known. The last one may end the run with it, by its `result`.

        Raises `RunLost` when the run is no longer this worker's, `PermissionDenied` as
        `require_permission`. Keep steps short: on SQLite others wait for them.
        """
        now = timezone.now()
        with transaction.atomic():
            if not _held(self).order_by().select_for_update().values_list("pk"):
                raise RunLost
            self.require_permission()
            yield
            total = self.run.total if total is None else total
            counted = {"done": done, "total": total, "result": self.run.result}
            if is_last:
                _end(self, state=Run.State.DONE, **counted)
            else:
                _held(self).update(claimed_at=now, **counted)
        self.run.done, self.run.total, self.run.claimed_at = done, total, now
        if is_last:
            self.run.state = Run.State.DONE


@transaction.atomic
def start_run(
    *,
    kind: Run.Kind,
    consortium: Consortium | None,
    by: Actor,
    subject: dict[str, Any] | None = None,
    result: dict[str, Any] | None = None,
    file: File[bytes] | None = None,
    total: int = 0,
    draft: bool = False,
) -> Run:
    """Store a run and wake a worker after commit; as a draft it waits for `queue_run`.

    Without a consortium it is the person's own. Raises `PermissionDenied` for a consortium's for
    all but managers of its desk.
    """
    if by.user is None or (consortium is not None and not can_manage_desk(by, consortium)):
        raise PermissionDenied
    run = Run(kind=kind, consortium=consortium, started_by=by.user, total=total)
    run.subject, run.result = subject or {}, result or {}
    run.state = Run.State.DRAFT if draft else Run.State.QUEUED
    if file is not None:
        run.file.save(f"{kind}.upload", file, save=False)
    run.save()
    if not draft:
        wake("contacts.tasks.perform_run", run.pk)
    return run


def lock_draft(*, run_id: int, by: Actor) -> Run:
    """A draft, locked until the transaction ends.

    Raises `PermissionDenied` for all but managers of the desk, or but the person whose own it is;
    `ValidationError` with code `started` when somebody has said go already.
    """
    run = Run.objects.select_for_update(of=("self",)).get(pk=run_id)
    if not _may_decide(run, by):
        raise PermissionDenied
    if run.state != Run.State.DRAFT:
        raise ValidationError(_("This has been started already."), code="started")
    return run


def _may_decide(run: Run, by: Actor) -> bool:
    if run.consortium is None:
        return by.user is not None and by.user.pk == run.started_by_id
    return can_manage_desk(by, run.consortium)


@transaction.atomic
def queue_run(*, run_id: int, by: Actor) -> Run:
    """Say go: whoever does is from then on the one who started it. Raises as `lock_draft`."""
    run = lock_draft(run_id=run_id, by=by)
    if by.user is not None:
        run.started_by = by.user
    run.state = Run.State.QUEUED
    run.save(update_fields=["started_by", "state"])
    wake("contacts.tasks.perform_run", run.pk)
    return run


def discard_run(*, run_id: int, by: Actor) -> None:
    """Throw a draft away, with its file. Raises as `lock_draft`."""
    with transaction.atomic():
        run = lock_draft(run_id=run_id, by=by)
        run.delete()
    _delete_file(run)


def perform(*, run_id: int) -> Run.State | None:
    """Carry a run out if it waits, or if its worker died; the state it ends in.

    None when there is nothing to do: somebody else has claimed it, or takes it over.
    """
    job = _claim(run_id)
    return _carry_out(job) if job else None


def _carry_out(job: Job) -> Run.State | None:
    try:
        return _finish(job, _work[job.run.kind](job))
    except RunLost:
        return None
    except PutOff as needed:
        return _put_off(job, needed.after)
    except OperationalError:
        # The database was busy or away: the sweep begins the run again.
        log.exception("Run %s stopped at %s.", job.run.pk, job.run.done)
        _held(job).update(state=Run.State.QUEUED)
        return Run.State.QUEUED
    except (ValidationError, PermissionDenied) as error:
        return _fail(job, _in_words(error))
    except Exception:
        log.exception("Run %s failed.", job.run.pk)
        return _fail(
            job, _("Something went wrong here, not in your file. The operator can see it.")
        )


def _in_words(error: ValidationError | PermissionDenied) -> str:
    if isinstance(error, ValidationError):
        return "\n".join(error.messages)
    return _("Whoever started this no longer manages the consortium’s desk.")


def _claim(run_id: int) -> Job | None:
    now = timezone.now()
    claimed = _waiting(now).filter(pk=run_id, attempts__lt=MOST_ATTEMPTS)
    begun = {"state": Run.State.RUNNING, "claimed_at": now, "attempts": F("attempts") + 1}
    if not claimed.update(**begun, due_at=None):
        return None
    return Job(Run.objects.get(pk=run_id))


def _waiting(now: datetime.datetime) -> Any:
    due = Q(state=Run.State.QUEUED) & (Q(due_at=None) | Q(due_at__lte=now))
    abandoned = Q(state=Run.State.RUNNING, claimed_at__lt=now - LEASE)
    return Run.objects.filter(due | abandoned)


def _held(job: Job) -> Any:
    """The row, unless it has ended or another worker has claimed it since."""
    open_states = [Run.State.RUNNING, Run.State.QUEUED]
    claim = job.run.claimed_at
    return Run.objects.filter(pk=job.run.pk, state__in=open_states, claimed_at=claim)


def _put_off(job: Job, after: datetime.timedelta) -> Run.State | None:
    waits: dict[str, Any] = {"state": Run.State.QUEUED}
    if after:
        waits |= {"due_at": timezone.now() + after, "delays": F("delays") + 1}
        waits["attempts"] = F("attempts") - 1
    if not _held(job).update(**waits):
        return None
    if not after:
        wake("contacts.tasks.perform_run", job.run.pk)
    return Run.State.QUEUED


def hurry(*, run_id: int) -> None:
    """Begin a run that was put off now, if nobody has meanwhile."""
    with transaction.atomic():
        put_off = Run.objects.filter(pk=run_id, state=Run.State.QUEUED, due_at__isnull=False)
        if put_off.update(due_at=None):
            wake("contacts.tasks.perform_run", run_id)


def _finish(job: Job, result: dict[str, Any]) -> Run.State | None:
    if job.run.state == Run.State.DONE:
        return Run.State.DONE
    return _end(job, state=Run.State.DONE, result=result)


def _fail(job: Job, error: str) -> Run.State | None:
    return _end(job, state=Run.State.FAILED, error=error)


def _end(job: Job, *, state: Run.State, **fields: Any) -> Run.State | None:
    """The file and the rows read out of it are no longer needed (H7)."""
    subject = {key: value for key, value in job.run.subject.items() if key != "rows"}
    ended = {"state": state, "finished_at": timezone.now(), "subject": subject, "file": ""}
    if not _held(job).update(**ended, **fields):
        return None
    _delete_file(job.run)
    return state


def _delete_file(run: Run) -> None:
    if run.file.name:
        run.file.storage.delete(run.file.name)


def sweep() -> int:
    """Wake a worker for each run that waits or was abandoned; throw old drafts away.

    A run at which one worker after the other died is given up. Returns how many were woken.
    """
    now = timezone.now()
    error = _("This was begun several times and stopped each time. The operator can see why.")
    for run in _waiting(now).filter(attempts__gte=MOST_ATTEMPTS):
        # Claimed as its last worker left it, so that it ends like any other: file and rows go (H7).
        _end(Job(run), state=Run.State.FAILED, error=error)
    for draft in Run.objects.filter(state=Run.State.DRAFT, created_at__lt=now - DRAFT_KEPT):
        draft.delete()
        _delete_file(draft)
    waiting = list(_waiting(now).order_by("pk").values_list("pk", flat=True)[:100])
    for run_id in waiting:
        wake("contacts.tasks.perform_run", run_id)
    return len(waiting)
