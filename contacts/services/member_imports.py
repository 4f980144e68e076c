"""Members out of a file, on the lead's page: looked through first, then brought in by a run (A4).

A manager adds members and starts former ones again. What a member here says of itself is its own
(A3): where a row says something else, that is shown and left.
"""

import dataclasses
import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import Run
from contacts.permissions import can_manage_desk
from contacts.services import runs
from contacts.services.members import known_to_desk
from members.actors import Actor
from members.models import Consortium, Membership
from members.services.imports.applying import apply_import
from members.services.imports.plan import Action, Plan, PlannedRow, Problem, plan_import

# More than anybody reads; whoever puts these right sees the next.
MOST_SAID = 500


def look_through(
    *, consortium: Consortium, file: UploadedFile[bytes], start: datetime.date | None, by: Actor
) -> Run:
    """Read an uploaded file and keep it, with what it would do, as a draft.

    Errors stand in the run's `result`; nothing is raised for them. Raises `PermissionDenied` for
    all but managers of the desk.
    """
    if not can_manage_desk(by, consortium):
        raise PermissionDenied
    plan = _plan(file, consortium, start)
    file.seek(0)
    return runs.start_run(
        kind=Run.Kind.MEMBER_IMPORT,
        consortium=consortium,
        by=by,
        file=file,
        subject={
            "file_name": (file.name or "")[:200],
            "start": start.isoformat() if start else None,
            "rows": [_as_json(row) for row in plan.changes],
        },
        result=_summary(plan),
        total=len(plan.changes),
        draft=True,
    )


@transaction.atomic
def bring_in(*, run_id: int, by: Actor) -> Run:
    """Say go to what was shown. Raises as `runs.lock_draft`, and `ValidationError`: the file has
    errors or changes nothing.
    """
    run = runs.lock_draft(run_id=run_id, by=by)
    if run.result.get("errors") or not run.subject["rows"]:
        raise ValidationError(_("There is nothing that can be brought in."), code="nothing")
    return runs.queue_run(run_id=run_id, by=by)


def renew(*, run_id: int, by: Actor) -> bool:
    """Look through a draft's file again; whether it would now do something else than was shown.

    Then the draft says what it would do now. Raises as `runs.lock_draft`.
    """
    run = Run.objects.select_related("consortium").get(pk=run_id)
    if run.consortium is None or run.state != Run.State.DRAFT:
        return False
    given = run.subject.get("start")
    start = datetime.date.fromisoformat(given) if given else None
    with run.file.open("rb") as file:
        plan = _plan(file, run.consortium, start)
    rows = [_as_json(row) for row in plan.changes]
    if rows == run.subject["rows"] and _summary(plan) == run.result:
        return False
    with transaction.atomic():
        draft = runs.lock_draft(run_id=run_id, by=by)
        draft.subject, draft.result = draft.subject | {"rows": rows}, _summary(plan)
        draft.total = len(rows)
        draft.save(update_fields=["subject", "result", "total"])
    return True


@runs.carries_out(Run.Kind.MEMBER_IMPORT)
def _bring_in(job: runs.Job) -> dict[str, Any]:
    """Row by row, each in a transaction of its own: others write in between, and a row that can
    no longer be brought in stops none of the rest."""
    run = job.run
    assert run.consortium is not None  # noqa: S101  # an import has one
    # Kept with the run, so that a second worker goes on counting.
    result: dict[str, Any] = run.result
    for key in ("added", "started"):
        result.setdefault(f"done_{key}", 0)
    result.setdefault("failed", [])
    for number, data in enumerate(run.subject["rows"][run.done :], start=run.done + 1):
        row = _from_json(data)
        with job.step(done=number):
            try:
                apply_import(Plan(run.consortium, rows=[row]), job.by)
            except ValidationError as error:
                result["failed"] += [[row.number, row.name, text] for text in error.messages]
            else:
                result["done_added" if row.action == "add" else "done_started"] += 1
    return result


def _plan(file: Any, consortium: Consortium, start: datetime.date | None) -> Plan:
    # Nothing is changed by it, so that a name alone is sign enough.
    known = known_to_desk(consortium)
    plan = plan_import(file, consortium, start=start, update_by_name=True, known=known)
    was_here = set(
        Membership.objects.filter(consortium=consortium).values_list("member", flat=True)
    )
    rows = []
    for row in plan.rows:
        if row.joins and row.member_id and row.member_id not in was_here:
            words = _("%(member)s is known here and never was a member: the operator brings it in.")
            plan.errors.append(Problem(row.number, words % {"member": row.name}))
            continue
        if row.action == "change":
            _say_what_is_left(plan, row)
        rows.append(_without_edits(row))
    plan.rows = rows
    return plan


def _say_what_is_left(plan: Plan, row: PlannedRow) -> None:
    differs = [name.replace("_", " ") for name in row.fields]
    differs += [scheme for scheme, _value in row.identifiers]
    if differs:
        words = _("%(member)s says something else here, and that stays: %(fields)s.")
        values = {"member": row.name, "fields": ", ".join(dict.fromkeys(differs))}
        plan.warnings.append(Problem(row.number, words % values))


def _without_edits(row: PlannedRow) -> PlannedRow:
    """A3: of a member that is here only the period is the lead's to decide."""
    if row.action != "change":
        return row
    action: Action = "change" if row.joins else "none"
    return dataclasses.replace(row, action=action, fields={}, identifiers=())


def _summary(plan: Plan) -> dict[str, Any]:
    return {
        "add": plan.count("add"),
        "start": plan.count("change"),
        "same": plan.count("none"),
        "errors": _said(plan.errors),
        "warnings": _said(plan.warnings),
        "more": max(len(plan.errors), len(plan.warnings)) - MOST_SAID,
    }


def _said(problems: list[Problem]) -> list[list[Any]]:
    return [[problem.row, problem.message] for problem in problems[:MOST_SAID]]


def _as_json(row: PlannedRow) -> dict[str, Any]:
    data = dataclasses.asdict(row)
    data["identifiers"] = [list(pair) for pair in row.identifiers]
    data["start"] = row.start.isoformat() if row.start else None
    return data


def _from_json(data: dict[str, Any]) -> PlannedRow:
    start = datetime.date.fromisoformat(data["start"]) if data["start"] else None
    identifiers = tuple((scheme, value) for scheme, value in data["identifiers"])
    return PlannedRow(**data | {"start": start, "identifiers": identifiers})
