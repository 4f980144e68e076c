"""What managers of the lead desk may do and have done at a member, and the member's say in it (A3)."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts.forms.lead_changes import DisputeForm, LeadAccessForm
from contacts.http import enter_desk
from contacts.models import LeadChange
from contacts.permissions import can_answer_for
from contacts.services.lead_access import set_lead_access
from contacts.services.lead_changes import accept_lead_change, dispute_lead_change
from contacts.views._shared import Tools, enter, refused
from members.errors import StaleVersion
from members.models import Event, Member
from members.paging import paginate

CHANGES_ON_A_PAGE = 25


@dataclass(frozen=True)
class Row:
    change: LeadChange
    event: Event | None
    dispute: DisputeForm | None = None


@require_POST
def lead_access(request: HttpRequest, slug: str) -> HttpResponse:
    """The switch on the settings page."""
    tools = enter(request, slug)
    if not can_answer_for(tools.by, tools.member):
        raise PermissionDenied
    form = LeadAccessForm(request.POST)
    if not form.is_valid():
        return tools.to("settings")
    allowed, version = form.cleaned_data["allowed"], form.cleaned_data["version"]
    try:
        set_lead_access(member_id=tools.member.pk, version=version, allowed=allowed, by=tools.by)
    except StaleVersion as stale:
        return _switch_again(tools, form, stale)
    if allowed:
        text = _("Managers of the lead desk may now change contacts without protected roles.")
    else:
        text = _("The lead can no longer change your contacts.")
    messages.success(request, text)
    return tools.to("settings")


def _switch_again(tools: Tools, form: LeadAccessForm, stale: StaleVersion) -> HttpResponse:
    """Somebody was faster (H2): what has changed, and the same button once more."""
    context = refused(form, stale)
    tools.member.refresh_from_db()
    return tools.render("lead_access_again.html", {**context, "switch": form}, status=409)


@require_safe
def lead_changes(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(enter(request, slug))


@require_POST
def lead_change_accept(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    tools, change = _enter_to_answer(request, slug, pk)
    accept_lead_change(change_id=change.pk, by=tools.by)
    text = _("You have accepted the change to %(name)s.")
    messages.success(request, text % {"name": change.person})
    return tools.to("lead_changes")


@require_http_methods(["POST"])
def lead_change_dispute(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    tools, change = _enter_to_answer(request, slug, pk)
    form = DisputeForm(request.POST, auto_id=f"id_{pk}_%s")
    if not form.is_valid():
        return _page(tools, disputed=(change.pk, form))
    try:
        dispute_lead_change(change_id=change.pk, note=form.cleaned_data["note"], by=tools.by)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return tools.to("lead_changes")
    text = _("The lead has been told that the change to %(name)s is not right. Nothing was undone.")
    messages.success(request, text % {"name": change.person})
    return tools.to("lead_changes")


def _enter_to_answer(request: HttpRequest, slug: str, pk: int) -> tuple[Tools, LeadChange]:
    tools = enter(request, slug)
    changes = LeadChange.objects.filter(member=tools.member).select_related("contact", "invitation")
    change = get_object_or_404(changes, pk=pk)
    if not can_answer_for(tools.by, tools.member):
        raise PermissionDenied
    return tools, change


def _page(tools: Tools, disputed: tuple[int, DisputeForm] | None = None) -> HttpResponse:
    changes = LeadChange.objects.filter(member=tools.member).select_related(
        "contact", "invitation", "made_by", "decided_by"
    )
    page = paginate(changes, tools.request.GET.get("page"), size=CHANGES_ON_A_PAGE)
    may_answer = can_answer_for(tools.by, tools.member)
    rows = [_row(row, may_answer=may_answer, sent=disputed) for row in with_events(page.items)]
    context = {"rows": rows, "page": page, "may_answer": may_answer, "disputed": disputed}
    return tools.render("lead_changes.html", context)


def with_events(changes: list[LeadChange]) -> list[Row]:
    """Each change with the event that tells what was done: one query."""
    keys = [change.event_id for change in changes]
    events = Event.objects.select_related("actor").in_bulk(keys)
    return [Row(change, events.get(change.event_id)) for change in changes]


def _row(row: Row, *, may_answer: bool, sent: tuple[int, DisputeForm] | None) -> Row:
    if not may_answer or row.change.state != LeadChange.State.OPEN:
        return row
    if sent and sent[0] == row.change.pk:
        return Row(row.change, row.event, sent[1])
    return Row(row.change, row.event, DisputeForm(auto_id=f"id_{row.change.pk}_%s"))


@require_safe
def desk_lead_changes(request: HttpRequest, consortium: str) -> HttpResponse:
    """All that managers have done at members of the consortium; disputes by default."""
    desk = enter_desk(request, consortium)
    members = Member.objects.current_in(desk.consortium)
    changes = LeadChange.objects.filter(member__in=members.values("pk")).select_related(
        "member", "contact", "invitation", "made_by", "decided_by"
    )
    state = request.GET.get("state", "")
    counts = changes.order_by().aggregate(
        **{name: Count("pk", filter=Q(state=name)) for name in LeadChange.State.values}
    )
    shown = changes.filter(state=state) if state in LeadChange.State.values else changes
    page = paginate(shown, request.GET.get("page"), size=CHANGES_ON_A_PAGE)
    context: dict[str, Any] = {
        "consortium": desk.consortium,
        "rows": with_events(page.items),
        "page": page,
        "state": state,
        "states": [(value, label, counts[value]) for value, label in LeadChange.State.choices],
    }
    return render(request, "lead/lead_changes.html", context)
