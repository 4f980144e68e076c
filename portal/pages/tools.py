"""Member Tools: the way to one's organisation, its overview, and its contacts as a file."""

import datetime
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from contacts.gaps import Gap, gaps_of, with_gaps
from contacts.models import AgreementRecord, Contact, Invitation, OrcidReport, Role
from contacts.services.confirming import open_confirmations
from contacts.services.exporting import record_member_export
from contacts.voting import effective_voter
from integrations.push.models import Delivery
from integrations.works.models import Keeper
from integrations.works.services import pushing
from members.actors import Actor
from members.http import PortalRequest
from members.models import Consortium, Event, Member, Membership
from members.permissions import can_edit_member
from portal.pages import exports, layouts

if TYPE_CHECKING:
    from contacts.models import User

LAST_CHANGES = 5
MOST_CARDS = 200
_NOBODY = frozenset({"no-contacts", "nobody-signed-in", "no-main"})


@require_safe
def home(request: PortalRequest) -> HttpResponse:
    """To the one organisation; several are cards; none is a page that says why and whom to ask."""
    own = with_gaps(Member.objects.own(request.user)).prefetch_related("memberships__consortium")
    found = list(own[:MOST_CARDS])
    desks = Keeper.objects.members_of(request.user).exclude(pk__in=[member.pk for member in found])
    kept = list(desks[:MOST_CARDS])
    if not found and not kept:
        return render(request, "tools/none.html", _ways_on(request.user))
    if len(found + kept) == 1:
        return redirect("tools:overview" if found else "tools:works", (found + kept)[0].slug)
    mine = Contact.objects.of(request.user).prefetch_related("role_assignments")
    roles = {contact.member_id: contact.roles for contact in mine}
    cards = [
        {
            "member": member,
            "membership": _latest(member),
            "roles": roles.get(member.pk, []),
            "gaps": len(gaps_of(member)),
        }
        for member in found
    ]
    return render(request, "tools/home.html", {"cards": cards, "kept": kept})


@require_safe
def overview(request: PortalRequest, slug: str) -> HttpResponse:
    """For the member's contacts, and to read for the lead desk."""
    visible = with_gaps(Member.objects.visible_to(request.user)).select_related("confirmed_by")
    member = get_object_or_404(visible, slug=slug)
    can_edit = can_edit_member(request.user, member)
    membership = _latest(member)
    gaps = gaps_of(member)
    context = {
        "member": member,
        "can_edit": can_edit,
        "membership": membership,
        "is_public": bool(membership and membership.status == Membership.Status.ACTIVE),
        "reads_until": _reads_until(membership),
        "identifiers": [found for found in member.identifiers.all() if found.preferred],
        "contacts": _contact_rows(member),
        "record": AgreementRecord.objects.filter(member=member).first(),
        "gaps": [_gap_row(gap, member, can_edit=can_edit) for gap in gaps],
        "nobody_in_charge": bool(_NOBODY & {gap.slug for gap in gaps}),
        "events": _last_changes(member),
        "helpdesk": _helpdesk(membership),
        "is_asked": can_edit and open_confirmations(member).exists(),
        "told_orcid": OrcidReport.objects.filter(members=member).first(),
        "failed_pushes": _failed_works(member),
    }
    return render(request, "tools/overview.html", context)


@require_safe
def contacts_csv(request: PortalRequest, slug: str) -> StreamingHttpResponse:
    """For the lead desk, and for the member's contacts, who may still export for a while (A2)."""
    member = get_object_or_404(Member.objects.visible_to(request.user), slug=slug)
    contacts = Contact.objects.current().filter(member=member)
    records = AgreementRecord.objects.filter(member=member)
    if request.method == "GET":
        is_own = Contact.objects.of(request.user).filter(member=member).exists()
        record_member_export(
            member_id=member.pk,
            layout=f"csv, {layouts.SELF_SERVICE.name}",
            count=contacts.count() + records.count(),
            by=Actor.contact(request.user) if is_own else Actor.lead(request.user),
        )
    return exports.contacts_file(slug, contacts, records, layout=layouts.SELF_SERVICE)


def _failed_works(member: Member) -> int:
    stuck = Delivery.objects.for_member(member).stuck()
    return stuck.filter(section=pushing.SECTION).items_count()


def _latest(member: Member) -> Membership | None:
    """The period that counts: the active one, else the next, else the last."""
    periods = sorted(member.memberships.all(), key=_order)
    return periods[0] if periods else None


def _order(membership: Membership) -> tuple[int, int]:
    ranks = {Membership.Status.ACTIVE: 0, Membership.Status.PENDING: 1, Membership.Status.ENDED: 2}
    day = (membership.start or datetime.date.min).toordinal()
    rank = ranks[membership.status]
    # The soonest to come, the latest that was.
    return rank, day if rank == ranks[Membership.Status.PENDING] else -day


def _reads_until(membership: Membership | None) -> datetime.date | None:
    """The last day on which contacts of a former member read and export (A2)."""
    if membership is None or membership.end is None:
        return None
    if membership.status != Membership.Status.ENDED:
        return None
    return membership.end + datetime.timedelta(days=settings.FORMER_MEMBER_DAYS)


def _contact_rows(member: Member) -> list[dict[str, Any]]:
    found = Contact.objects.current().filter(member=member).with_signed_in()
    contacts = list(found.prefetch_related("role_assignments"))
    voter = effective_voter(contacts)
    rows = [
        {
            "contact": contact,
            "roles": contact.roles,
            "votes": voter is not None and contact == voter.contact,
        }
        for contact in contacts
    ]
    # Who is in charge stands first.
    return sorted(rows, key=lambda row: list(Role).index((row["roles"] or [Role.OTHER])[0]))


def _last_changes(member: Member) -> list[Event]:
    # Look-ups and exports are kept for the record; they changed nothing.
    kinds = [Event.Kind.ADDRESS_LOOKED_UP, Event.Kind.EXPORTED]
    changes = member.events.exclude(kind__in=kinds)
    return list(changes.select_related("actor").order_by("-pk")[:LAST_CHANGES])


def _gap_row(gap: Gap, member: Member, *, can_edit: bool) -> dict[str, Any]:
    """Where it is closed is linked for those who can close it."""
    return {"gap": gap, "url": reverse(gap.page, args=[member.slug]) if can_edit else ""}


def _helpdesk(membership: Membership | None) -> str:
    consortium = membership.consortium if membership else None
    return (consortium.helpdesk_email if consortium else "") or settings.HELPDESK_EMAIL


def _ways_on(user: "User") -> dict[str, Any]:
    """Whom to ask, and invitations to addresses that this person has proved (A8: to no other)."""
    proved = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    waiting = Invitation.objects.live().filter(email__in=[address.lower() for address in proved])
    return {
        "consortia": Consortium.objects.exclude(helpdesk_email="").only("name", "helpdesk_email"),
        "invitations": waiting.select_related("member"),
    }
