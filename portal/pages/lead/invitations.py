"""The open invitations of the consortium's members."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contacts.http import enter_desk
from members.http import PortalRequest
from members.models import Member
from members.paging import paginate
from portal.pages.lead._shared import invitations_of


@require_safe
def invitations(request: PortalRequest, consortium: str) -> HttpResponse:
    found = enter_desk(request, consortium).consortium
    waiting = invitations_of(Member.objects.current_in(found))
    page = paginate(waiting.select_related("member").order_by("-pk"), request.GET.get("page"))
    return render(request, "lead/invitations.html", {"consortium": found, "page": page})
