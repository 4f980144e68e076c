"""The members of the consortium, searched and filtered."""

from typing import Any

from django.db.models import Count, Prefetch
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from contacts.gaps import gaps_of, with_gaps
from contacts.http import enter_desk
from contacts.models import Contact, Role, RoleAssignment
from contacts.voting import VOTES_BY, voter_among
from members.http import PortalRequest
from members.models import Consortium, Identifier, Member, Membership
from members.paging import Page, paginate
from portal.pages.filters import MemberFilter
from portal.pages.lead._shared import render_list

MEMBERS_ON_A_PAGE = 25


@require_safe
def members(request: PortalRequest, consortium: str) -> HttpResponse:
    found = enter_desk(request, consortium).consortium
    form = MemberFilter(request.GET, consortium=found)
    # The keys alone are ordered and counted; what the rows show is read for one page.
    keys: Any = form.members().values("pk")
    page: Page[Any] = paginate(keys, request.GET.get("page"), size=MEMBERS_ON_A_PAGE)
    context: dict[str, Any] = {"consortium": found, "form": form, "page": page}
    context["rows"] = _member_rows([row["pk"] for row in page.items], found)
    return render_list(request, "members", context)


def _member_rows(keys: list[int], consortium: Consortium) -> list[dict[str, Any]]:
    """What the rows of one page show, in that order: five queries however many there are."""
    periods = Membership.objects.current().filter(consortium=consortium).order_by("start")
    protected = RoleAssignment.objects.filter(role__in=VOTES_BY)
    detailed = with_gaps(Member.objects.filter(pk__in=keys)).prefetch_related(
        Prefetch("memberships", periods, to_attr="periods"),
        Prefetch("role_assignments", protected.select_related("contact"), to_attr="protected"),
        Prefetch(
            "identifiers", Identifier.objects.filter(scheme=Identifier.Scheme.ROR), to_attr="rors"
        ),
    )
    by_key = {member.pk: member for member in detailed}
    numbers = dict(
        Contact.objects.current()
        .filter(member__in=keys)
        .order_by()
        .values_list("member")
        .annotate(number=Count("pk"))
    )
    return [_member_row(by_key[key], numbers.get(key, 0)) for key in keys if key in by_key]


def _member_row(member: Any, number_of_contacts: int) -> dict[str, Any]:
    holders = {assignment.role: assignment.contact for assignment in member.protected}
    voter = voter_among(holders)
    return {
        "member": member,
        "membership": member.periods[0] if member.periods else None,
        "ror": member.rors[0] if member.rors else None,
        "main": holders.get(Role.MAIN),
        "votes": voter and voter.contact,
        "stands_in": voter and voter.stands_in,
        "contacts": number_of_contacts,
        "gaps": gaps_of(member),
    }
