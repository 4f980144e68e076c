"""*Tell ORCID*: what has changed since the last report, as a message and as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from contacts.forms.tell_orcid import SentForm
from contacts.http import Desk, enter_desk, enter_desk_to_manage
from contacts.models import OrcidReport
from contacts.services.exporting import record_export
from contacts.services.orcid_reports import CSV_HEADER, draft_report, mark_as_sent
from members.cells import csv_lines
from members.http import attachment, saying
from members.paging import paginate, read_key


@require_safe
@never_cache
def tell_orcid(request: HttpRequest, consortium: str) -> HttpResponse:
    return _page(enter_desk(request, consortium))


def _page(desk: Desk, form: SentForm | None = None) -> HttpResponse:
    draft = draft_report(desk.consortium)
    given = {"since": draft.since, "through": draft.through, "text": draft.text}
    sent = OrcidReport.objects.filter(consortium=desk.consortium).select_related("sent_by")
    context: dict[str, Any] = {
        "consortium": desk.consortium,
        "desk": desk,
        "draft": draft,
        "form": form or SentForm(initial=given),
        "page": paginate(sent.defer("text"), desk.request.GET.get("page")),
        "last": sent.first(),
    }
    return render(desk.request, "lead/tell_orcid.html", context)


@require_safe
@never_cache
def tell_orcid_csv(request: HttpRequest, consortium: str) -> HttpResponseBase:
    """Exactly what the page showed whose cursor stands in the address."""
    desk = enter_desk(request, consortium)
    draft = draft_report(desk.consortium, through=read_key(request.GET.get("through")))
    rows = list(draft.rows())
    record_export(
        consortium=desk.consortium, what="tell-orcid", layout="csv", filters={},
        count=len(rows), by=desk.by,
    )  # fmt: skip
    lines = csv_lines(CSV_HEADER, rows)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    return attachment(response, f"tell-orcid-{desk.consortium.slug}", "csv")


@require_POST
def tell_orcid_sent(request: HttpRequest, consortium: str) -> HttpResponse:
    desk = enter_desk_to_manage(request, consortium)
    form = SentForm(request.POST)
    if not form.is_valid():
        return _page(desk, form)
    with saying(request, _("Noted: ORCID has been told. The next report starts here.")):
        mark_as_sent(consortium_id=desk.consortium.pk, by=desk.by, **form.cleaned_data)
    return redirect("lead:tell_orcid", consortium)


@require_safe
def tell_orcid_report(request: HttpRequest, consortium: str, pk: int) -> HttpResponse:
    """A report as it was sent."""
    desk = enter_desk(request, consortium)
    reports = OrcidReport.objects.filter(consortium=desk.consortium).select_related("sent_by")
    context = {"consortium": desk.consortium, "report": get_object_or_404(reports, pk=pk)}
    return render(request, "lead/tell_orcid_report.html", context)
