"""*My publications*: the list, and how far its being brought up to date is."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from contacts.models import Run
from integrations.orcid import connections
from integrations.works.files.writing import FORMATS
from integrations.works.filters import WorkFilter
from integrations.works.rows import rows_of, with_columns
from integrations.works.services import refreshing
from integrations.works.switches import places_of
from integrations.works.views._place import in_list
from members.actors import Actor
from members.http import PortalRequest, render_page_or_part
from members.keyset import stretch

# The list listens to this: the record has been read.
CHANGED = "works-changed"


@require_safe
@never_cache
def publications(request: PortalRequest) -> HttpResponse:
    form = WorkFilter(request.GET, person=request.user)
    page = stretch(form.works(), form.everything, request.GET, order=form.order, shown=with_columns)
    context: dict[str, Any] = {"form": form, "page": page, "rows": rows_of(page.items)}
    context |= {"sort": form.given("sort"), "query": request.GET.urlencode()}
    context["exports"] = [(name, kind.name) for name, kind in FORMATS.items()]
    if not request.htmx or request.htmx.history_restore_request:
        context |= _sync_state(request) | {"places": places_of(request.user)}
    return render_page_or_part(request, "works/publications.html", "works/_works.html", context)


@require_safe
@never_cache
def progress(request: PortalRequest) -> HttpResponse:
    """How far it is, for htmx, which asks each second; without it the page itself says so."""
    if not request.htmx:
        return redirect("works:publications")
    return _panel(request)


@require_POST
def sync(request: PortalRequest) -> HttpResponse:
    """Answers at once: the reading waits for a worker."""
    problem = ""
    try:
        refreshing.sync(by=Actor.contact(request.user))
    except ValidationError as error:
        problem = " ".join(error.messages)
    if request.htmx:
        return _panel(request, problem=problem, was_pressed=True)
    if problem:
        messages.error(request, problem)
    else:
        words = _("Your request is queued: your works are read from ORCID in the background.")
        messages.success(request, words)
    return redirect(in_list(request))


def _panel(request: PortalRequest, **more: Any) -> HttpResponse:
    state = _sync_state(request)
    response = render(request, "works/_sync.html", state | more)
    run: Run | None = state["run"]
    if run is None or not run.is_open:
        trigger_client_event(response, CHANGED)
    return response


def _sync_state(request: PortalRequest) -> dict[str, Any]:
    connection = connections.own_connection(request.user.orcid)
    runs = Run.objects.filter(kind=Run.Kind.WORKS_PULL, started_by=request.user)
    run = runs.order_by("-pk").first()
    is_put_off = (
        run is not None
        and run.state == Run.State.QUEUED
        and run.due_at is not None
        and run.due_at > timezone.now()
    )
    return {
        "connection": connection,
        "is_connected": connection is not None and connection.is_active,
        "run": run,
        "is_put_off": is_put_off,
    }
