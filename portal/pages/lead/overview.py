"""Where the desk lands: how many, and what is missing."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from contacts.gaps import GAPS, lacking, with_gaps
from contacts.http import enter_desk
from members.http import PortalRequest
from members.models import Consortium, Member, Membership
from portal.pages.keyset import counted
from portal.pages.lead._shared import contacts_of, invitations_of


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
    found = enter_desk(request, consortium).consortium
    members = Member.objects.current_in(found)
    active = Membership.objects.active().filter(consortium=found)
    figures = {
        "active": counted(members.filter(pk__in=active.values("member"))),
        "pending": counted(members.exclude(pk__in=active.values("member"))),
        "contacts": counted(contacts_of(members)),
        "invitations": counted(invitations_of(members)),
    }
    judged = with_gaps(members)
    gaps = [{"gap": gap, "number": counted(lacking(judged, gap.slug).values("pk"))} for gap in GAPS]
    context = {"consortium": found, "figures": figures, "has_gaps": _has_gaps(gaps)}
    return render(request, "lead/overview.html", {**context, "gaps": gaps})


def _has_gaps(gaps: list[dict[str, Any]]) -> bool:
    return any(row["number"] != "0" for row in gaps)
