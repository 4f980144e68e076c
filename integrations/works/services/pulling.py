"""Pulling: what a record holds comes into the person's list (rules O7, H6).

One call for the list of works; where it is what it was, that is all. Else what is new or changed is
read a hundred at a time, and each hundred is one step: written and counted in one transaction.
"""

import logging
import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Exists, F
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Run, User
from contacts.services import moving, runs
from integrations.orcid import connections, http, records
from integrations.orcid.errors import (
    OrcidRefused,
    OrcidUnavailable,
    RecordClosed,
    RecordMoved,
    TokenRefused,
)
from integrations.orcid.models import Connection
from integrations.works import bulk, mapping, merging
from integrations.works.models import Pull, Work
from integrations.works.services import drafting, pushing
from members.actors import Actor

log = logging.getLogger(__name__)

Item = TypeVar("Item")
BULK = records.BULK
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
# What a pull may change of a work that is here.
_WRITTEN = [
    *merging.FIELDS, "origin", "visibility", "put_code", "group_put_codes", "orcid_modified",
    "source_name", "left_orcid_at", "edited_fields", "orcid_values", "public_since", "hidden_at",
    "version", "sort_key", "search_key", "updated_at",
]  # fmt: skip


@runs.carries_out(Run.Kind.WORKS_PULL)
def _carry_out(job: runs.Job) -> dict[str, Any]:
    before = _before(job.run)
    if before is None or not before.connection.is_active:
        raise ValidationError(_("ORCID is not connected."))
    connection = before.connection
    try:
        with http.patient():
            result, was_empty = _pull(job, before)
    except TokenRefused:
        connections.mark_withdrawn(connection_id=connection.pk, seen=connection)
        raise ValidationError(
            _("ORCID no longer lets us read your record. Connect again to go on.")
        ) from None
    except RecordClosed:
        connections.mark_closed(connection_id=connection.pk)
        raise ValidationError(_("ORCID has closed your record. Your list stays here.")) from None
    except RecordMoved as moved:
        moving.move_orcid(old=connection.orcid, new=moved.new_orcid, by=Actor.system())
        raise runs.PutOff(timedelta(0)) from None
    except OrcidRefused as refused:
        log.error("ORCID refused to be read by run %s: %s", job.run.pk, refused)  # noqa: TRY400  # says all there is
        raise ValidationError(
            _("ORCID did not let us read your works. The operator can see why.")
        ) from None
    except OrcidUnavailable as error:
        raise runs.PutOff(pause(job.run.delays, error.retry_after)) from None
    # Who turns that on while the record is read, has what is there then taken for old anyway.
    if not was_empty or before.wants_drafts:
        drafting.after_pull(person_id=job.run.started_by_id, was_empty=was_empty)
    return result


@dataclass(frozen=True)
class _Before:
    """What is known of a record before it is read."""

    connection: Connection
    pull: Pull
    wants_drafts: bool
    has_works: bool


def _before(run: Run) -> _Before | None:
    """Of the person's own connection, all in one query: most records are read for the first time, and
    have nothing here yet."""
    person = run.started_by_id
    own = Connection.objects.own().filter(orcid=User.objects.filter(pk=person).values("orcid")[:1])
    rows: Any = own.select_related("pull").annotate(
        wants_drafts=Exists(drafting.wanted_by(person)),
        has_works=Exists(Work.objects.filter(person=person)),
    )
    for row in rows:  # there is one at most
        pull = getattr(row, "pull", None) or Pull(connection=row)
        return _Before(row, pull, row.wants_drafts, row.has_works)
    return None


def pause(delays: int, retry_after: float | None = None) -> timedelta:
    """How long to wait when ORCID could not be reached, having waited so often: half a minute, one,
    two … an hour, give or take a quarter; no shorter than ORCID asks for.
    """
    doubled: timedelta = FIRST_PAUSE * 2 ** min(delays, 10)
    jitter = random.uniform(0.75, 1.25)  # noqa: S311  # nothing secret
    asked = timedelta(seconds=min(retry_after or 0, 24 * 3600))
    return max(min(doubled, LONGEST_PAUSE) * jitter, asked)


def _pull(job: runs.Job, before: _Before) -> tuple[dict[str, Any], bool]:
    """What came of it, and whether the list here is known to have been empty before."""
    began = timezone.now()
    section = records.read_works(before.connection)
    seen = mapping.fingerprint(section.groups)
    if before.pull.fingerprint == seen:
        _note(before.pull, began, seen)
        return {"total": len(section.groups), "unchanged": True}, False
    groups, ours = mapping.read_groups(section.groups, own_client=settings.ORCID_CLIENT_ID)
    del section  # of ten thousand works it is large
    pushing.note_visibility(before.connection.pk, ours)
    reading = _Reading(job, before, began, seen)
    return reading.go(groups, ours), reading.was_empty


class _Reading:
    """One reading of one record: what is written in its steps, and what is counted."""

    def __init__(self, job: runs.Job, before: _Before, began: datetime, seen: str) -> None:
        self.job, self.before, self.began, self.seen = job, before, began, seen
        self.person_id = job.run.started_by_id
        self.was_empty = False
        # Kept with the run, so that a second worker goes on counting.
        self.result: dict[str, Any] = job.run.result
        for key in ("added", "changed", "left"):
            self.result.setdefault(key, 0)

    def go(self, groups: Sequence[mapping.Group], ours: Collection[int]) -> dict[str, Any]:
        known = list(self._known()) if self.before.has_works else []
        self.was_empty = not known
        plan = merging.match(known, groups, ours)
        to_read = [match for match in plan.matches if match.must_be_read]
        done = total = len(groups)
        done -= len(to_read)
        self.result["total"] = total
        if len(to_read) > BULK:
            with self.job.step(done=done, total=total):
                pass
        for batch in _batches(to_read):
            put_codes = [match.group.put_code for match in batch]
            details = {
                mapping.put_code_of(work): work
                for work in records.read_work_details(self.before.connection, put_codes)
            }
            done += len(batch)
            is_last = done == total
            with self.job.step(done=done, total=total, is_last=is_last):
                self._write(batch, details)
                if is_last:
                    self._finish(plan)
        if not to_read:
            with self.job.step(done=done, total=total, is_last=True):
                self._finish(plan)
        return self.result

    def _known(self) -> Iterator[merging.Known]:
        columns = "pk", "put_code", "group_put_codes", "orcid_modified", "visibility"
        rows = Work.objects.filter(person=self.person_id).order_by()
        for pk, put_code, put_codes, modified, visibility, left_at, identifiers in rows.values_list(
            *columns, "left_orcid_at", "identifiers"
        ):
            yield merging.Known(
                pk,
                put_code,
                tuple(put_codes),
                modified,
                visibility,
                left_at is not None,
                identifiers,
            )

    def _write(self, batch: Sequence[merging.Match], details: dict[int | None, Any]) -> None:
        """Only here, under their locks, are works as they now are: they may have been edited since."""
        keys = [known.pk for match in batch for known in match.known]
        here = self._locked(keys)
        added: list[Work] = []
        changed: list[Work] = []
        absorbed: list[int] = []
        for match in batch:
            json = details.get(match.group.put_code)
            if json is None:
                # Gone, or not visible any more, since the list was read: next time it says so.
                self.seen = ""
                continue
            works = [here[known.pk] for known in match.known if known.pk in here]
            if works:
                work = merging.unite(works)
                work.version += 1
                absorbed += [other.pk for other in works[1:]]
                drafting.follow_united(works)
                changed.append(work)
            else:
                work = Work(person_id=self.person_id, origin=Work.Origin.ORCID)
                added.append(work)
            merging.fill(work, match.group, mapping.work_fields(json))
            work.set_keys()
        # First, so that no two rows bear one put-code at any moment.
        if absorbed:
            Work.objects.filter(pk__in=absorbed).delete()
        bulk.insert(added)
        bulk.overwrite(changed, _WRITTEN)
        self.result["added"] += len(added)
        self.result["changed"] += len(changed)

    def _finish(self, plan: merging.Plan) -> None:
        """What needs no reading: other versions, visibility, back again; and what has left."""
        moved = {
            match.known[0].pk: match.group
            for match in plan.matches
            if not match.must_be_read and match.stands_otherwise
        }
        for keys in _batches(list(moved)):
            works = list(self._locked(keys).values())
            for work in works:
                merging.stand(work, moved[work.pk])
                work.version += 1
            bulk.overwrite(works, _WRITTEN)
            self.result["changed"] += len(works)
        for keys in _batches(plan.left):
            self.result["left"] += Work.objects.filter(
                pk__in=keys, person=self.person_id, left_orcid_at=None
            ).update(
                left_orcid_at=self.began,
                visibility=Work.Visibility.PRIVATE,
                public_since=None,
                version=F("version") + 1,
            )
        _note(self.before.pull, self.began, self.seen)

    def _locked(self, keys: Sequence[int]) -> dict[int, Work]:
        if not keys:
            return {}
        works = Work.objects.filter(pk__in=keys, person=self.person_id).order_by("pk")
        return {work.pk: work for work in works.select_for_update()}


def _note(pull: Pull, began: datetime, seen: str) -> None:
    """Remember what was seen, unless a hint came while we read: then the next look reads anew."""
    looked: dict[str, Any] = {"pulled_at": began, "looked_at": began}
    row = Pull.objects.filter(pk=pull.pk)
    if row.filter(due_at=pull.due_at).update(**looked, fingerprint=seen, due_at=None):
        return
    if not row.update(**looked, fingerprint=""):
        Pull.objects.create(connection_id=pull.pk, **looked, fingerprint=seen)


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), BULK):
        yield items[start : start + BULK]
