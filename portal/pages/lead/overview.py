"""Where the desk lands: how many, what is missing, what changed since the last visit."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from contacts.gaps import GAPS, lacking, with_gaps
from contacts.http import enter_desk
from contacts.services.visits import note_visit
from members.http import PortalRequest
from members.keyset import counted
from members.models import Consortium, Member, Membership
from portal.pages.lead._shared import (
    contacts_of,
    disputed_in,
    invitations_of,
    open_requests_of,
)
from portal.pages.lead.news import news_for


@require_safe
def home(request: PortalRequest) -> HttpResponse:
    desks = list(Consortium.objects.visible_to(request.user))
    if not desks:
        raise Http404
    if len(desks) == 1:
        return redirect("lead:overview", desks[0].slug)
    return render(request, "lead/home.html", {"desks": desks})


@require_safe
def overview(request: PortalRequest, consortium: str) -> HttpResponse:
    desk = enter_desk(request, consortium)
    found = desk.consortium
    members = Member.objects.current_in(found)
    active = Membership.objects.active().filter(consortium=found)
    figures = {
        "active": counted(members.filter(pk__in=active.values("member"))),
        "pending": counted(members.exclude(pk__in=active.values("member"))),
        "contacts": counted(contacts_of(members)),
        "invitations": counted(invitations_of(members)),
        "former": counted(_former(found)),
        "disputed": counted(disputed_in(members)),
        "requests": counted(open_requests_of(found)),
    }
    judged = with_gaps(members)
    gaps = [{"gap": gap, "number": counted(lacking(judged, gap.slug).values("pk"))} for gap in GAPS]
    before = note_visit(consortium=found, user=request.user)
    context = {"consortium": found, "figures": figures, "has_gaps": _has_gaps(gaps), "gaps": gaps}
    context |= {"can_manage": desk.can_manage, "news": news_for(request.user, found, before)}
    return render(request, "lead/overview.html", context)


def _former(consortium: Consortium) -> Any:
    periods = Membership.objects.former_in(consortium)
    return Member.objects.filter(pk__in=periods.values("member"))


def _has_gaps(gaps: list[dict[str, Any]]) -> bool:
    return any(row["number"] != "0" for row in gaps)
