"""What these pages share: the consortium in the address, and lists that htmx may ask for alone."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse

from contacts.models import Contact, HelpRequest, Invitation, LeadChange
from members.http import PortalRequest, render_page_or_part
from members.models import Consortium, Member


def contacts_of(members: QuerySet[Member, Any]) -> QuerySet[Contact, Any]:
    return Contact.objects.current().filter(member__in=members.values("pk"))


def disputed_in(members: QuerySet[Member, Any]) -> QuerySet[LeadChange, Any]:
    """Changes by the lead that a member has disputed (A3)."""
    disputed = LeadChange.objects.filter(state=LeadChange.State.DISPUTED)
    return disputed.filter(member__in=members.values("pk"))


def invitations_of(members: QuerySet[Member, Any]) -> QuerySet[Invitation, Any]:
    return Invitation.objects.open().filter(member__in=members.values("pk"))


def open_requests_of(consortium: Consortium) -> QuerySet[HelpRequest, Any]:
    """Help requests whose address is proved, and that are not closed: the desk's queue."""
    proved = HelpRequest.objects.filter(consortium=consortium).exclude(proved_at=None)
    return proved.exclude(state__in=HelpRequest.CLOSED)


def render_list(request: PortalRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    return render_page_or_part(request, f"lead/{name}.html", f"lead/_{name}.html", context)
