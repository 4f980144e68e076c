"""Members out of a file: upload, look at what it would do, bring it in, watch."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contacts.forms.members import MembersFileForm
from contacts.http import Desk, enter_desk_to_manage
from contacts.models import Run
from contacts.services import member_imports, runs
from contacts.views._shared import sent
from members.http import render_page_or_part
from members.import_rows import COLUMNS

ROWS_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def members_import(request: HttpRequest, consortium: str) -> HttpResponse:
    desk = enter_desk_to_manage(request, consortium)
    form = MembersFileForm(sent(request), request.FILES or None)
    if not form.is_valid():
        return _upload_page(desk, form)
    given = form.cleaned_data
    run = member_imports.look_through(
        consortium=desk.consortium, file=given["file"], start=given["start"], by=desk.by
    )
    return redirect("lead:members_import_run", desk.consortium.slug, run.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def members_import_run(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    """What the file would do; then how far it is; then what came of it. Right after a refresh."""
    desk = enter_desk_to_manage(request, consortium)
    run = get_object_or_404(Run, consortium=desk.consortium, kind=Run.Kind.MEMBER_IMPORT, pk=pk)
    if request.method == "POST":
        return _decide(desk, run)
    context = {"consortium": desk.consortium, "run": run, "rows": _rows(run)}
    return render_page_or_part(
        request, "lead/members_import_run.html", "lead/_members_import_run.html", context
    )


def _decide(desk: Desk, run: Run) -> HttpResponse:
    try:
        if desk.request.POST.get("do") == "discard":
            runs.discard_run(run_id=run.pk, by=desk.by)
            messages.success(desk.request, _("Nothing was brought in; the file is thrown away."))
            return redirect("lead:members_import", desk.consortium.slug)
        if member_imports.renew(run_id=run.pk, by=desk.by):
            text = _("Members have changed since the file was looked through. Look at it again.")
            messages.warning(desk.request, text)
        else:
            member_imports.bring_in(run_id=run.pk, by=desk.by)
    except ValidationError as error:
        messages.error(desk.request, " ".join(error.messages))
    return redirect("lead:members_import_run", desk.consortium.slug, run.pk)


def _rows(run: Run) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = run.subject.get("rows", [])
    return rows[:ROWS_SHOWN]


def _upload_page(desk: Desk, form: MembersFileForm) -> HttpResponse:
    recent = Run.objects.filter(consortium=desk.consortium, kind=Run.Kind.MEMBER_IMPORT)
    context = {
        "consortium": desk.consortium,
        "form": form,
        "columns": COLUMNS,
        "recent": recent.defer("subject").select_related("started_by")[:5],
    }
    return render(desk.request, "lead/members_import.html", context)
