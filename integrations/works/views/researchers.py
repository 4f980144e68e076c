"""Who has connected and granted a member what; *no longer with us* (O2)."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from integrations.works import researchers as reading
from integrations.works.models import Grant, PermissionRequest
from integrations.works.permissions import can_look_after_researchers
from integrations.works.researchers import ResearcherFilter
from integrations.works.services import exporting
from integrations.works.services import grants as service
from members import xlsx_stream
from members.actors import Actor
from members.cells import csv_lines, neutralise
from members.http import PortalRequest, attachment, render_page_or_part
from members.models import Member


@dataclass(frozen=True)
class Room:
    """One request in one member's Tools; `can_edit`: whether researchers are theirs to look after."""

    request: PortalRequest
    member: Member
    can_edit: bool

    @property
    def by(self) -> Actor:
        """The lead reads (A3); what it reads is still on record under its own name."""
        user = self.request.user
        is_own = Member.objects.own(user).filter(pk=self.member.pk).exists()
        return Actor.contact(user) if is_own else Actor.lead(user)

    def to(self, name: str, *args: object) -> HttpResponse:
        return redirect(f"tools:{name}", self.member.slug, *args)


def enter(request: HttpRequest, slug: str, *, to_edit: bool = False) -> Room:
    """404 unless the person may see the member (A1); 403 where they may only read it."""
    user: Any = request.user
    member = get_object_or_404(Member.objects.visible_to(user), slug=slug)
    can_edit = can_look_after_researchers(Actor.contact(user), member)
    if to_edit and not can_edit:
        raise PermissionDenied
    return Room(request, member, can_edit)  # type: ignore[arg-type]  # signed in


@require_safe
@never_cache
def researchers(request: PortalRequest, slug: str) -> HttpResponse:
    room = enter(request, slug)
    form = ResearcherFilter(request.GET, member=room.member)
    context: dict[str, Any] = {"member": room.member, "can_edit": room.can_edit, "form": form}
    context["page"] = reading.page_of(form, request.GET.get("page"))
    context["purposes"] = Grant.Purpose
    context["query"] = request.GET.urlencode()
    if not request.htmx or request.htmx.history_restore_request:
        counts = reading.counts(room.member)
        context["counts"] = [(one.label, counts.get(one.value, 0)) for one in Grant.Purpose]
        asked = PermissionRequest.objects.live().filter(member=room.member)
        context["waiting"] = asked.count()
    return render_page_or_part(
        request, "works/researchers.html", "works/_researchers.html", context
    )


@require_safe
@never_cache
def researchers_csv(request: PortalRequest, slug: str) -> HttpResponseBase:
    return _file(request, slug, "csv")


@require_safe
@never_cache
def researchers_xlsx(request: PortalRequest, slug: str) -> HttpResponseBase:
    return _file(request, slug, "xlsx")


def _file(request: PortalRequest, slug: str, layout: str) -> HttpResponseBase:
    """The list with the same filters; the event comes first, as in all exports."""
    room = enter(request, slug)
    form = ResearcherFilter(request.GET, member=room.member)
    keys = form.keys()
    if request.method == "GET":
        exporting.record_export(
            what="researchers",
            member_id=room.member.pk,
            layout=layout,
            filters={name: form.given(name) for name in form.fields},
            count=len(keys),
            by=room.by,
        )
    lines = (reading.cells(row) for row in reading.in_pieces(form, keys))
    if layout == "xlsx":
        safe = ([neutralise(cell) for cell in line] for line in lines)
        pieces = xlsx_stream.xlsx_pieces("Researchers", reading.HEADER, safe)
        response = StreamingHttpResponse(pieces, content_type=xlsx_stream.CONTENT_TYPE)
    else:
        response = StreamingHttpResponse(
            csv_lines(reading.HEADER, lines), content_type="text/csv; charset=utf-8"
        )
    return attachment(response, f"researchers-{slug}", layout)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def researcher_left(request: PortalRequest, slug: str, orcid: str) -> HttpResponse:
    """*No longer with us*: asks, and says what stays."""
    room = enter(request, slug, to_edit=True)
    person = reading.of_member(room.member, orcid)
    if person is None:
        raise Http404
    if request.method != "POST":
        context = {"member": room.member, "person": person}
        return render(request, "works/researcher_left.html", context)
    service.end_affiliation(member_id=room.member.pk, person_id=person.pk, by=room.by)
    text = _("%(name)s is no longer listed, and nothing is pushed any more.")
    messages.success(request, text % {"name": person.display_name})
    return room.to("researchers")
