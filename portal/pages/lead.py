"""The lead's reading: members, contacts and open invitations of its consortium (A3). Changes nothing."""

from typing import Any

from django.db.models import Count, Prefetch, QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from contacts.gaps import GAPS, gaps_of, lacking, with_gaps
from contacts.models import Contact, Invitation, Role, RoleAssignment, User
from members.http import PortalRequest
from members.models import Consortium, Identifier, Member, Membership
from members.paging import Page, paginate
from portal.pages import exports
from portal.pages.filters import ContactFilter, MemberFilter
from portal.pages.keyset import counted, stretch

MEMBERS_ON_A_PAGE = 25
_SHOWN = ["orcid", "given_names", "family_name", "email", "sort_key"]
_SHOWN += ["member__slug", "member__display_name"]


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
    found = _desk(request, consortium)
    members = Member.objects.current_in(found)
    active = Membership.objects.active().filter(consortium=found)
    figures = {
        "active": counted(members.filter(pk__in=active.values("member"))),
        "pending": counted(members.exclude(pk__in=active.values("member"))),
        "contacts": counted(_contacts(members)),
        "invitations": counted(_invitations(members)),
    }
    judged = with_gaps(members)
    gaps = [{"gap": gap, "number": counted(lacking(judged, gap.slug).values("pk"))} for gap in GAPS]
    context = {"consortium": found, "figures": figures, "has_gaps": _has_gaps(gaps)}
    return render(request, "lead/overview.html", {**context, "gaps": gaps})


@require_safe
def members(request: PortalRequest, consortium: str) -> HttpResponse:
    found = _desk(request, consortium)
    form = MemberFilter(request.GET, consortium=found)
    # The keys alone are ordered and counted; what the rows show is read for one page.
    keys: Any = form.members().values("pk")
    page: Page[Any] = paginate(keys, request.GET.get("page"), size=MEMBERS_ON_A_PAGE)
    context: dict[str, Any] = {"consortium": found, "form": form, "page": page}
    context["rows"] = _member_rows([row["pk"] for row in page.items], found)
    return _list(request, "members", context)


@require_safe
def contacts(request: PortalRequest, consortium: str) -> HttpResponse:
    found = _desk(request, consortium)
    form = ContactFilter(request.GET, consortium=found)
    everything = Contact.objects.filter(member__in=form.everyone.values("pk"))
    shown = form.contacts().select_related("member").only(*_SHOWN)
    page = stretch(shown, everything, request.GET)
    context: dict[str, Any] = {"consortium": found, "form": form, "page": page}
    context["rows"] = _contact_rows(page.items)
    return _list(request, "contacts", context)


@require_safe
def contacts_csv(request: PortalRequest, consortium: str) -> HttpResponseBase:
    """The list with the same filters; with one that makes no sense, the page that says so."""
    found = _desk(request, consortium)
    form = ContactFilter(request.GET, consortium=found)
    if not form.is_valid():
        query = request.GET.urlencode()
        return redirect(f"{reverse('lead:contacts', args=[found.slug])}?{query}")
    response: StreamingHttpResponse = exports.contacts_csv(
        found.slug, form.contacts(), form.records()
    )
    return response


@require_safe
def invitations(request: PortalRequest, consortium: str) -> HttpResponse:
    found = _desk(request, consortium)
    waiting = _invitations(Member.objects.current_in(found))
    page = paginate(waiting.select_related("member").order_by("-pk"), request.GET.get("page"))
    return render(request, "lead/invitations.html", {"consortium": found, "page": page})


def _desk(request: PortalRequest, slug: str) -> Consortium:
    """The consortium, for those on its lead desk; other contacts of the lead are told nothing."""
    return get_object_or_404(Consortium.objects.visible_to(request.user), slug=slug)


def _contacts(members: QuerySet[Member, Any]) -> QuerySet[Contact, Any]:
    return Contact.objects.current().filter(member__in=members.values("pk"))


def _invitations(members: QuerySet[Member, Any]) -> QuerySet[Invitation, Any]:
    return Invitation.objects.open().filter(member__in=members.values("pk"))


def _has_gaps(gaps: list[dict[str, Any]]) -> bool:
    return any(row["number"] != "0" for row in gaps)


def _list(request: PortalRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    # A page restored from htmx's history wants the whole of it.
    is_part = request.htmx and not request.htmx.history_restore_request
    template = f"lead/_{name}.html" if is_part else f"lead/{name}.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _member_rows(keys: list[int], consortium: Consortium) -> list[dict[str, Any]]:
    """What the rows of one page show, in that order: five queries however many there are."""
    periods = Membership.objects.current().filter(consortium=consortium).order_by("start")
    protected = RoleAssignment.objects.filter(role__in=[Role.MAIN, Role.VOTING])
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
    main = holders.get(Role.MAIN)
    voting = holders.get(Role.VOTING)
    return {
        "member": member,
        "membership": member.periods[0] if member.periods else None,
        "ror": member.rors[0] if member.rors else None,
        "main": main,
        "votes": voting or main,
        "stands_in": voting is None and main is not None,
        "contacts": number_of_contacts,
        "gaps": gaps_of(member),
    }


def _contact_rows(contacts: list[Contact]) -> list[dict[str, Any]]:
    """Roles, whether each has signed in, and votes (R4): three queries however many there are."""
    people = User.objects.filter(orcid__in=[contact.orcid for contact in contacts])
    signed_in = set(people.values_list("orcid", flat=True))
    roles: dict[int, set[str]] = {contact.pk: set() for contact in contacts}
    held = RoleAssignment.objects.filter(contact__in=roles).order_by()
    for key, role in held.values_list("contact", "role"):
        roles[key].add(role)
    members = {contact.member_id for contact in contacts}
    voting = RoleAssignment.objects.filter(role=Role.VOTING, member__in=members).order_by()
    voted_for = set(voting.values_list("member", flat=True))
    return [
        {
            "contact": contact,
            "is_authenticated": contact.orcid in signed_in,
            "roles": [role.label for role in Role if role in roles[contact.pk]],
            "votes": Role.VOTING in roles[contact.pk]
            or (Role.MAIN in roles[contact.pk] and contact.member_id not in voted_for),
        }
        for contact in contacts
    ]
