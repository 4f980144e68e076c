"""A file of works as a background job: looked through, shown, and brought in when its person says go."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import PurePath
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from contacts.models import Run, User
from contacts.services import runs
from contacts.throttles import WORK_FILES, spend, too_many
from integrations.works import alike
from integrations.works.alike import Alike
from integrations.works.files.entry import Entry
from integrations.works.files.reading import WorksFile, read_works
from integrations.works.models import MemberWork, Work
from members.actors import Actor

# Up to so many works whoever pressed the button need not wait for a worker.
AT_ONCE = 500
# Up to so many bytes a file is looked through before the page answers; a longer one by a worker.
READ_AT_ONCE = 100_000
# An XLSX is packed: it may hold so many times more than it weighs.
_XLSX_UNPACKS_TO = 10
BATCH = 200


@dataclass(frozen=True)
class Known:
    """An entry and what it is the same as: a work of the list (key, title), or an entry before it."""

    entry: Entry
    work: tuple[int, str] | None = None
    before: Entry | None = None


@dataclass
class Plan:
    """What a file would bring in, each entry in one of these lists."""

    format: str
    new: list[Entry] = field(default_factory=list)
    present: list[Known] = field(default_factory=list)
    # Alike in title, year and type: left out unless the person says otherwise.
    maybe: list[Known] = field(default_factory=list)
    failing: list[Entry] = field(default_factory=list)


def plan_works(read: WorksFile, listed: Alike[tuple[int, str]]) -> Plan:
    """Sort the entries of a file by what the list, and the file so far, hold already."""
    plan = Plan(read.format)
    earlier = Alike[Entry]()
    for entry in read.entries:
        if entry.errors:
            plan.failing.append(entry)
            continue
        in_list, in_file = listed.find(entry.content), earlier.find(entry.content)
        earlier.add(entry, entry.content)
        if in_list and (in_list.is_certain or not (in_file and in_file.is_certain)):
            known = Known(entry, work=in_list.at)
            (plan.present if in_list.is_certain else plan.maybe).append(known)
        elif in_file:
            known = Known(entry, before=in_file.at)
            (plan.present if in_file.is_certain else plan.maybe).append(known)
        else:
            plan.new.append(entry)
    return plan


def upload(*, file: File[bytes], by: Actor, member_id: int | None = None) -> Run:
    """Look the file through and keep it until its person says go, in the place of an earlier one;
    for the list of a member, or their own. A long one waits for a worker to look it through.

    Raises `ValidationError` when it cannot be read, or another long one is being read.
    """
    person = by.user
    if person is not None and (wait := spend((WORK_FILES, person.pk))):
        raise too_many(wait, _("You have uploaded very many files. Try again in %(wait)s."))
    name = PurePath(file.name or "").name
    is_long = _is_long(file, name)
    own = files_of(person, member_id)
    if is_long and own.filter(state__in=Run.OPEN, subject__unread=True).exists():
        raise ValidationError(_("Your last file is still being read. Wait until that is done."))
    number = 0 if is_long else len(read_works(file, name).entries)
    file.seek(0)
    for draft in own.filter(state=Run.State.DRAFT):
        runs.discard_run(run_id=draft.pk, by=by)
    subject: dict[str, Any] = {"file_name": name[:200]}
    subject |= {"member": member_id} if member_id else {}
    subject |= {"unread": True} if is_long else {}
    kind = Run.Kind.WORKS_IMPORT if member_id is None else Run.Kind.MEMBER_WORKS
    return runs.start_run(
        kind=kind,
        consortium=None,
        by=by,
        subject=subject,
        file=file,
        total=number,
        draft=not is_long,
    )


def _is_long(file: File[bytes], name: str) -> bool:
    unpacks_to = _XLSX_UNPACKS_TO if file.read(2) == b"PK" else 1
    file.seek(0)
    return file.size * unpacks_to > READ_AT_ONCE


def files_of(person: User | None, member_id: int | None = None) -> QuerySet[Run, Run]:
    """What a person has uploaded for their own list, or for that of a member."""
    own = Run.objects.filter(consortium=None, started_by=person)
    if member_id is None:
        return own.filter(kind=Run.Kind.WORKS_IMPORT)
    return own.filter(kind=Run.Kind.MEMBER_WORKS, subject__member=member_id)


def plan_of(run: Run) -> Plan:
    """What the file of a draft would bring in now."""
    read = _read(run)
    if (member_id := run.subject.get("member")) is None:
        return plan_works(read, alike.works_of(run.started_by))
    return plan_works(read, alike.listed(MemberWork.objects.filter(member=member_id)))


def _read(run: Run) -> WorksFile:
    with run.file.open("rb") as opened:
        if run.subject.get("read"):
            kept = json.load(opened)
            return WorksFile(kept["format"], [Entry(**entry) for entry in kept["entries"]])
        return read_works(opened, str(run.subject.get("file_name", "")))


def _look_through(job: runs.Job) -> NoReturn:
    """Keep what the file holds in its place; the run then waits for its person, as a draft."""
    run, upload = job.run, str(job.run.file.name)
    read = _read(run)
    kept = {"format": read.format, "entries": [asdict(entry) for entry in read.entries]}
    run.file.save(f"{run.kind}.read", ContentFile(json.dumps(kept).encode()), save=False)
    subject = {key: value for key, value in run.subject.items() if key != "unread"}
    drafted = {"state": Run.State.DRAFT, "subject": subject | {"read": True}, "attempts": 0}
    unwanted = str(run.file.name)
    try:
        with job.step(done=0):
            total = len(read.entries)
            Run.objects.filter(pk=run.pk).update(file=run.file.name, total=total, **drafted)
        unwanted = upload
    finally:
        run.file.storage.delete(unwanted)
    raise runs.RunLost


def start(*, run_id: int, also: Collection[int], by: Actor) -> Run:
    """Say go; `also` are the numbers of entries that may be there already and are wanted all the same.

    A short file is brought in before this returns; a long one by a worker. Raises
    `PermissionDenied` for all but its person, `ValidationError` with code `started`.
    """
    with transaction.atomic():
        run = runs.lock_draft(run_id=run_id, by=by)
        run.subject["also"] = sorted(set(also))
        run.save(update_fields=["subject"])
        run = runs.queue_run(run_id=run_id, by=by)
    if run.total <= AT_ONCE:
        runs.perform(run_id=run.pk)
        run.refresh_from_db()
    return run


@runs.carries_out(Run.Kind.WORKS_IMPORT)
def _carry_out(job: runs.Job) -> dict[str, Any]:
    def keep(entries: Sequence[Entry]) -> None:
        Work.objects.bulk_create(_work(entry, job.run.started_by) for entry in entries)

    return bring_in(job, keep)


def bring_in(job: runs.Job, keep: Callable[[Sequence[Entry]], None]) -> dict[str, Any]:
    """Bring in what was decided, some at a time; `keep` stores these, inside a step."""
    run = job.run
    if run.subject.get("unread"):
        _look_through(job)
    plan = plan_of(run)
    if "take" not in run.result:
        # Decided once: what the first steps bring in must not make the later ones do otherwise.
        run.result = _decide(plan, run.subject.get("also", []))
        with job.step(done=0, total=len(run.result["take"])):
            pass
    here = {entry.number: entry for entry in _readable(plan)}
    take = [here[number] for number in run.result["take"] if number in here][run.done :]
    done = run.done
    for batch in _batches(take):
        done += len(batch)
        with job.step(done=done):
            keep(batch)
    return {key: value for key, value in run.result.items() if key != "take"} | {"added": done}


def _decide(plan: Plan, also: Collection[int]) -> dict[str, Any]:
    wanted = {known.entry.number for known in plan.maybe} & set(also)
    take = sorted({entry.number for entry in plan.new} | wanted)
    return {
        "take": take,
        "present": len(plan.present),
        "maybe": len(plan.maybe) - len(wanted),
        "failing": len(plan.failing),
    }


def _readable(plan: Plan) -> Iterator[Entry]:
    yield from plan.new
    for known in (*plan.present, *plan.maybe):
        yield known.entry


def _work(entry: Entry, person: User) -> Work:
    # Whose list it is, is known; of others an iD in a file proves nothing.
    people = [{**each, "orcid": ""} for each in entry.content["contributors"]]
    content = entry.content | {"contributors": people}
    work = Work(person=person, origin=Work.Origin.FILE, **content)
    work.set_keys()
    return work


def _batches(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    for start_at in range(0, len(entries), BATCH):
        yield entries[start_at : start_at + BATCH]
