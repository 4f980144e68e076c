"""The history of the whole consortium: filtered, page by page, and the same as a file."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contacts.http import enter_desk
from contacts.services.exporting import record_export
from members.cells import csv_lines
from members.http import PortalRequest, attachment
from members.models import Consortium, Event
from members.paging import read_key
from members.templatetags.history import event_by, event_changes
from portal.pages.lead._shared import render_list
from portal.pages.lead.events import EventFilter, nothing_later

EVENTS_ON_A_PAGE = 50
# The words of the file are for other programs: they are not translated.
HEADER = ["When", "Member", "Kind", "Who", "As", "What"]
_AT_ONCE = 1000


@require_safe
def history(request: PortalRequest, consortium: str) -> HttpResponse:
    found = enter_desk(request, consortium).consortium
    form = EventFilter(request.GET, consortium=found)
    before = read_key(request.GET.get("before"))
    asked = form.events()
    events = asked.filter(pk__lt=before) if before else asked
    # One more than is shown tells whether there are older ones; nothing is counted.
    read = list(events[: EVENTS_ON_A_PAGE + 1])
    shown = nothing_later(read[:EVENTS_ON_A_PAGE], found)
    context: dict[str, Any] = {"consortium": found, "form": form, "before": before}
    context["events"] = shown
    context["older"] = shown[-1].pk if len(read) > EVENTS_ON_A_PAGE else None
    return render_list(request, "history", context)


@require_safe
def history_csv(request: PortalRequest, consortium: str) -> HttpResponseBase:
    """What the list shows, whole; with a filter that makes no sense, the page that says so."""
    desk = enter_desk(request, consortium)
    found = desk.consortium
    form = EventFilter(request.GET, consortium=found)
    if not form.is_valid():
        address = reverse("lead:history", args=[found.slug])
        return redirect(f"{address}?{request.GET.urlencode()}")
    # Up to now: the export's own event is not in it.
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    events = form.events().filter(pk__lte=newest)
    if request.method == "GET":
        record_export(
            consortium=found,
            what="history",
            layout="csv",
            filters={name: form.given(name) for name in form.fields},
            count=events.count(),
            by=desk.by,
        )
    lines = csv_lines(HEADER, _rows(events, found))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    return attachment(response, f"history-{found.slug}", "csv")


def _rows(events: QuerySet[Event, Any], consortium: Consortium) -> Iterator[list[str]]:
    last: int | None = None
    while True:
        piece = list((events.filter(pk__lt=last) if last else events)[:_AT_ONCE])
        if not piece:
            return
        for event in nothing_later(piece, consortium):
            yield _cells(event)
        last = piece[-1].pk


def _cells(event: Event) -> list[str]:
    return [
        timezone.localtime(event.created_at).isoformat(timespec="seconds"),
        event.member.display_name if event.member else "",
        str(event.get_kind_display()),
        event_by(event),
        event.get_capacity_display(),
        "; ".join(
            f"{row.label}: {row.old} → {row.new}" if row.is_change else f"{row.label}: {row.new}"
            for row in event_changes(event)
        ),
    ]
