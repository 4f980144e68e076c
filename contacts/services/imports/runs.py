"""A file of contacts as a background job, in steps that each commit what they did (H6)."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import File

from contacts.models import ContactImport, Run
from contacts.permissions import can_manage_desk
from contacts.services import runs
from contacts.services.imports.applying import (
    batches,
    bring_in_some,
    close_import,
    open_import,
)
from contacts.services.imports.lookups import LookUps
from contacts.services.imports.plan import Plan, plan_contacts
from members.actors import Actor
from members.models import Consortium

# Up to so many people, without look-ups, whoever pressed the button need not wait for a worker.
AT_ONCE = 500


def upload(*, file: File[bytes], look_up: bool, consortium: Consortium, by: Actor) -> Run:
    """Look the file through and keep it until somebody says go. Raises `PermissionDenied` (A4)."""
    if not can_manage_desk(by, consortium):
        raise PermissionDenied
    people = len(plan_contacts(file, consortium, is_lead=True).people)
    file.seek(0)
    return runs.start_run(
        kind=Run.Kind.CONTACT_IMPORT,
        consortium=consortium,
        by=by,
        subject={"file_name": PurePath(file.name or "").name, "look_up": look_up},
        file=file,
        total=people,
        draft=True,
    )


def plan_of(run: Run) -> Plan:
    """What the file of a draft would bring in now."""
    if run.consortium is None:
        raise ValueError("An import of contacts belongs to a consortium.")
    with run.file.open("rb") as opened:
        return plan_contacts(opened, run.consortium, is_lead=True)


def start(*, run_id: int, by: Actor) -> Run:
    """Say go. A short file is brought in before this returns; a long one by a worker.

    Raises `PermissionDenied`, `ValidationError` with code `started`.
    """
    run = runs.queue_run(run_id=run_id, by=by)
    if not run.subject.get("look_up") and run.total <= AT_ONCE:
        runs.perform(run_id=run.pk)
        run.refresh_from_db()
    return run


@runs.carries_out(Run.Kind.CONTACT_IMPORT)
def _carry_out(job: runs.Job) -> dict[str, Any]:
    run, by = job.run, Actor.lead(job.run.started_by)
    job.require_permission()
    plan = plan_of(run)
    into = _import_of(job, plan, by)
    Run.objects.filter(pk=run.pk).update(total=run.done + len(plan.people))
    look_ups = LookUps()
    done = run.done
    for people in batches(plan):
        found = look_ups.of(people) if _asks(run.subject) else {}
        done += len(people)
        with job.step(done=done):
            bring_in_some(plan=plan, people=people, found=found, into=into, by=by)
    with job.step(done=done):
        close_import(plan=plan, into=into, by=by)
    return {"contact_import": into.pk}


def _import_of(job: runs.Job, plan: Plan, by: Actor) -> ContactImport:
    """The import that this run has begun; made in its first step, found again in a later one."""
    run = job.run
    if "contact_import" in run.result:
        return ContactImport.objects.select_related("consortium").get(
            pk=run.result["contact_import"]
        )
    with job.step(done=0):
        into = open_import(plan=plan, file_name=run.subject.get("file_name", ""), by=by)
        run.result["contact_import"] = into.pk
    return into


def _asks(subject: Mapping[str, Any]) -> bool:
    return bool(subject.get("look_up"))
