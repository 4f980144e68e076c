"""Works out of a file, into one's own list or an institution's: upload, preview, go."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from contacts.models import Run
from contacts.services import runs
from integrations.works.files.entry import Entry
from integrations.works.files.writing import FORMATS, failing
from integrations.works.forms.imports import WorksFileForm
from integrations.works.rows import date_in_words
from integrations.works.services import authors, imports, member_works_files
from integrations.works.views._room import WorksRoom, enter
from integrations.works.vocabulary import Name, identifier_type_name, type_name
from members.actors import Actor
from members.http import PortalRequest, attachment, render_page_or_part

SHOWN = 200
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True)
class Row:
    """An entry as the preview shows it."""

    entry: Entry
    type_name: Name
    date: str
    identifiers: list[tuple[Name, str]]
    # For an institution: who of its people has proved the iD they are named with, and how many not.
    authors: list[str]
    unknown: int


@dataclass(frozen=True)
class Place:
    """Whose list it is, and the addresses around it."""

    request: PortalRequest
    url: Callable[..., str]
    upload: Callable[[File[bytes], Actor], Run]
    room: WorksRoom | None = None

    @property
    def runs(self) -> Any:
        member_id = self.room.member.pk if self.room else None
        return imports.files_of(self.request.user, member_id)

    def run(self, pk: int) -> Run:
        """A file of the person's own; any other is not there (A1)."""
        found: Run = get_object_or_404(self.runs.select_related("started_by"), pk=pk)
        return found

    def context(self) -> dict[str, Any]:
        base = {"list_url": self.url("list"), "imports_url": self.url("import")}
        if self.room is None:
            return base | {"list_label": _("My publications"), "base": "works/_frame.html"}
        return base | self.room.context() | {"list_label": _("Works"), "base": "tools/base.html"}


def _mine(request: PortalRequest) -> Place:
    names = {
        "list": "works:publications",
        "import": "works:import",
        "run": "works:import_run",
        "failing": "works:import_failing",
        "edit": "works:edit",
    }
    return Place(
        request,
        lambda name, *args: reverse(names[name], args=args),
        lambda file, by: imports.upload(file=file, by=by),
    )


def _of_member(request: PortalRequest, slug: str) -> Place:
    room = enter(request, slug, to_edit=True)
    names = {
        "list": "works",
        "import": "works_import",
        "run": "works_import_run",
        "failing": "works_import_failing",
        "edit": "work",
    }
    return Place(
        request,
        lambda name, *args: room.url(names[name], *args),
        lambda file, by: member_works_files.upload(member_id=room.member.pk, file=file, by=by),
        room,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def upload(request: PortalRequest) -> HttpResponse:
    return _upload(_mine(request))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def works_import(request: PortalRequest, slug: str) -> HttpResponse:
    return _upload(_of_member(request, slug))


def _upload(place: Place) -> HttpResponse:
    request = place.request
    is_sent = request.method == "POST"
    form = WorksFileForm(request.POST, request.FILES) if is_sent else WorksFileForm()
    if form.is_valid():
        try:
            run = place.upload(form.cleaned_data["file"], Actor.contact(request.user))
        except ValidationError as error:
            form.add_error("file", error)
        else:
            return HttpResponseRedirect(place.url("run", run.pk))
    last = place.runs.order_by("-pk")[:5]
    context = {"form": form, "under_way": [(run, place.url("run", run.pk)) for run in last]}
    return render(request, "works/import.html", place.context() | context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def run(request: PortalRequest, pk: int) -> HttpResponse:
    """What the file would bring in; then how far it is, and what came of it."""
    return _run(_mine(request), pk)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def works_import_run(request: PortalRequest, slug: str, pk: int) -> HttpResponse:
    return _run(_of_member(request, slug), pk)


def _run(place: Place, pk: int) -> HttpResponse:
    found = place.run(pk)
    if place.request.method == "POST":
        return _decide(place, found)
    context: dict[str, Any] = place.context() | {
        "run": found,
        "shown": SHOWN,
        "url": place.url("run", pk),
        "failing_url": place.url("failing", pk),
    }
    if found.state == Run.State.DRAFT:
        context |= _preview(place, imports.plan_of(found))
    return render_page_or_part(
        place.request, "works/import_run.html", "works/_import_run.html", context
    )


def _preview(place: Place, plan: imports.Plan) -> dict[str, Any]:
    shown = plan.new[:SHOWN]
    people = authors.names_of(_orcids(shown)) if place.room else {}
    return {
        "plan": plan,
        "new": [_row(entry, people) for entry in shown],
        "maybe": _with_urls(place, plan.maybe[:SHOWN]),
        "present": _with_urls(place, plan.present[:SHOWN]),
        "failing": plan.failing[:SHOWN],
    }


def _with_urls(place: Place, found: Sequence[imports.Known]) -> list[tuple[imports.Known, str]]:
    return [(known, place.url("edit", known.work[0]) if known.work else "") for known in found]


def _orcids(entries: Sequence[Entry]) -> set[str]:
    return {each["orcid"] for entry in entries for each in _people(entry) if each.get("orcid")}


def _people(entry: Entry) -> list[dict[str, str]]:
    found: list[dict[str, str]] = entry.content["contributors"]
    return found


def _row(entry: Entry, people: Mapping[str, str]) -> Row:
    content, named = entry.content, _orcids([entry])
    return Row(
        entry,
        type_name(content["type"]),
        date_in_words(content["published"]),
        [(identifier_type_name(e["type"]), e["value"]) for e in content["identifiers"]],
        [people[orcid] for orcid in sorted(named) if orcid in people],
        len(named - set(people)),
    )


def _decide(place: Place, found: Run) -> HttpResponse:
    request, by = place.request, Actor.contact(place.request.user)
    try:
        if request.POST.get("do") == "discard":
            runs.discard_run(run_id=found.pk, by=by)
            messages.success(request, _("Nothing was added; the file is thrown away."))
            return HttpResponseRedirect(place.url("list"))
        also = [int(found) for found in request.POST.getlist("also") if _NUMBER.fullmatch(found)]
        imports.start(run_id=found.pk, also=also, by=by)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return HttpResponseRedirect(place.url("run", found.pk))


@require_safe
@never_cache
def failing_ones(request: PortalRequest, pk: int) -> HttpResponseBase:
    return _failing(_mine(request), pk)


@require_safe
@never_cache
def works_import_failing(request: PortalRequest, slug: str, pk: int) -> HttpResponseBase:
    return _failing(_of_member(request, slug), pk)


def _failing(place: Place, pk: int) -> HttpResponseBase:
    """What could not be taken, in the file's own format, to be put right and uploaded again."""
    found = place.run(pk)
    if found.state != Run.State.DRAFT:
        return HttpResponseRedirect(place.url("run", pk))
    plan = imports.plan_of(found)
    form = FORMATS[plan.format]
    content = StreamingHttpResponse(
        failing(plan.format, plan.failing), content_type=form.content_type
    )
    return attachment(content, "works-to-put-right", form.suffix)
