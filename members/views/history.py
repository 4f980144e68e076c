"""What was changed at a member, newest first."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from members.forms.history import HistoryForm
from members.http import PortalRequest
from members.kinds import kinds_in
from members.models import Event, Member
from members.paging import read_key

EVENTS_ON_A_PAGE = 25


@require_safe
def history(request: PortalRequest, slug: str) -> HttpResponse:
    member = get_object_or_404(Member.objects.visible_to(request.user), slug=slug)
    asked = HistoryForm(request.GET)
    kind = asked.cleaned_data["kind"] if asked.is_valid() else ""
    form = HistoryForm({"kind": kind})
    before = read_key(request.GET.get("before"))
    # Those of a member that was merged into this one are its history too.
    events = Event.objects.filter(Q(member=member) | Q(member__merged_into=member))
    events = events.select_related("actor").order_by("-pk")
    if kind:
        events = events.filter(kind__in=kinds_in(kind))
    if before:
        events = events.filter(pk__lt=before)
    # One more than is shown tells whether there are older ones; nothing is counted.
    found = list(events[: EVENTS_ON_A_PAGE + 1])
    shown = found[:EVENTS_ON_A_PAGE]
    context = {"member": member, "form": form, "kind": kind, "before": before, "events": shown}
    context["older"] = shown[-1].pk if len(found) > EVENTS_ON_A_PAGE else None
    return render(request, "members/history.html", context)
