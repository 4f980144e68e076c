"""What was changed at a member, newest first."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from members.forms.history import HistoryForm
from members.http import PortalRequest
from members.models import Member

EVENTS_ON_A_PAGE = 25


@require_safe
def history(request: PortalRequest, slug: str) -> HttpResponse:
    member = get_object_or_404(Member.objects.visible_to(request.user), slug=slug)
    asked = HistoryForm(request.GET)
    kind = asked.cleaned_data["kind"] if asked.is_valid() else ""
    form = HistoryForm({"kind": kind})
    before = _number(request.GET.get("before", ""))
    events = member.events.select_related("actor").order_by("-pk")
    if kind:
        events = events.filter(kind=kind)
    if before:
        events = events.filter(pk__lt=before)
    # One more than is shown tells whether there are older ones; nothing is counted.
    found = list(events[: EVENTS_ON_A_PAGE + 1])
    shown = found[:EVENTS_ON_A_PAGE]
    context = {"member": member, "form": form, "kind": kind, "before": before, "events": shown}
    context["older"] = shown[-1].pk if len(found) > EVENTS_ON_A_PAGE else None
    return render(request, "members/history.html", context)


def _number(text: str) -> int | None:
    """The cursor as it stands in the address; None for anything unusable."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
