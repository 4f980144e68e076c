"""The members of the consortium: searched, filtered, ordered, and the same as a file."""

from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from contacts.http import Desk, enter_desk
from contacts.services.exporting import record_export
from members import xlsx_stream
from members.cells import csv_pieces, neutralise
from members.http import PortalRequest, attachment
from members.paging import Page, paginate, read_key
from portal.pages.filters import MemberFilter
from portal.pages.lead._shared import render_list
from portal.pages.lead.member_rows import (
    HEADER,
    file_rows,
    former_keys,
    former_rows,
    member_rows,
)

MEMBERS_ON_A_PAGE = 25


@require_safe
def members(request: PortalRequest, consortium: str) -> HttpResponse:
    desk = enter_desk(request, consortium)
    form = MemberFilter(request.GET, consortium=desk.consortium)
    # The keys alone are ordered and counted; what the rows show is read for one page.
    number = request.GET.get("page")
    if form.asks_for_former:
        page = _page_of_former(_former(form), number)
        rows = former_rows(page.items, desk.consortium)
    else:
        page = paginate(_keys(form), number, size=MEMBERS_ON_A_PAGE)
        rows = member_rows(page.items, desk.consortium)
    context: dict[str, Any] = {"consortium": desk.consortium, "form": form, "page": page}
    context["rows"] = rows
    context["can_manage"] = desk.can_manage
    return render_list(request, "members", context)


@require_safe
def members_csv(request: PortalRequest, consortium: str) -> HttpResponseBase:
    return _file(enter_desk(request, consortium), "csv")


@require_safe
def members_xlsx(request: PortalRequest, consortium: str) -> HttpResponseBase:
    return _file(enter_desk(request, consortium), "xlsx")


def _file(desk: Desk, layout: str) -> HttpResponseBase:
    """Exactly what the list shows; with a filter that makes no sense, the page that says so."""
    request, found = desk.request, desk.consortium
    form = MemberFilter(request.GET, consortium=found)
    if not form.is_valid():
        address = reverse("lead:members", args=[found.slug])
        return redirect(f"{address}?{request.GET.urlencode()}")
    keys = _former(form) if form.asks_for_former else list(_keys(form))
    if request.method == "GET":
        record_export(
            consortium=found,
            what="members",
            layout=layout,
            filters={name: form.given(name) for name in form.fields},
            count=len(keys),
            by=desk.by,
        )
    rows = file_rows(keys, found, former=form.asks_for_former)
    safe = ([neutralise(cell) for cell in row] for row in rows)
    if layout == "xlsx":
        pieces = xlsx_stream.xlsx_pieces("Members", HEADER, safe)
        response = StreamingHttpResponse(pieces, content_type=xlsx_stream.CONTENT_TYPE)
    else:
        lines = csv_pieces(HEADER, safe)
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    return attachment(response, f"members-{found.slug}", layout)


def _keys(form: MemberFilter) -> Any:
    return form.members().values_list("pk", flat=True)


def _former(form: MemberFilter) -> list[int]:
    return former_keys(form.consortium, form.words(), form.given("sort"))


def _page_of_former(keys: list[int], given: str | None) -> Page[Any]:
    """A page of keys that are all at hand: their names are not the database's to order."""
    size, number = MEMBERS_ON_A_PAGE, read_key(given) or 1
    if (number - 1) * size >= len(keys):
        number = 1
    first = (number - 1) * size
    items: list[Any] = keys[first : first + size]
    return Page(items, number, size, first + size < len(keys), len(keys))
