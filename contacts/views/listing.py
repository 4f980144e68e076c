"""A member's contacts and invitations at a glance."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from contacts.models import AgreementRecord, Contact, Invitation, LeadChange, Mail, Role
from contacts.permissions import Standing
from contacts.views._shared import Tools, enter
from contacts.voting import effective_voter
from members.models import Member

RECENT = datetime.timedelta(days=30)
MOST_CLOSED = 20
_SETTLED: list[str] = [
    LeadChange.State.ACCEPTED,
    LeadChange.State.OPEN,
    LeadChange.State.DISPUTED,
]


@dataclass(frozen=True)
class ContactRow:
    contact: Contact
    is_self: bool
    can_edit: bool
    can_remove: bool
    can_set_roles: bool
    lead_change: str = ""


@dataclass(frozen=True)
class InvitationRow:
    invitation: Invitation
    mail: Mail | None
    days_left: int
    can_manage: bool


@dataclass(frozen=True)
class LeadMarks:
    """What the lead has changed (A3): how it stands for each contact, and how much is open."""

    of_contact: dict[int, str]
    waiting: int


@require_safe
def contacts(request: HttpRequest, slug: str) -> HttpResponse:
    tools = enter(request, slug)
    people = tools.contacts()
    opened, closed = _invitations(tools)
    marks = lead_marks(tools.member)
    context = {
        "rows": _contact_rows(people, tools.standing, marks),
        "lead_marks": marks,
        "voter": effective_voter(people),
        "agreement": AgreementRecord.objects.filter(member=tools.member).first(),
        "invitations": opened,
        "closed_invitations": closed,
        "has_main": any(Role.MAIN in contact.roles for contact in people),
        "can_hand_over": tools.standing.can_manage_protected_roles and len(people) > 1,
    }
    return tools.render("list.html", context)


def _contact_rows(people: Iterable[Contact], who: Standing, marks: LeadMarks) -> list[ContactRow]:
    return [
        ContactRow(
            contact,
            is_self=who.is_self(contact),
            can_edit=who.can_edit_details(contact),
            can_remove=not who.is_self(contact) and who.can_remove(contact),
            can_set_roles=who.can_set_roles(contact.roles, contact.roles),
            lead_change=marks.of_contact.get(contact.pk, ""),
        )
        for contact in people
    ]


def lead_marks(member: Member) -> LeadMarks:
    """One query. Of several changes of a contact the least settled counts; those of an accepted
    invitation are the contact's."""
    accepted = LeadChange.State.ACCEPTED
    changes = LeadChange.objects.filter(member=member).filter(
        ~Q(state=accepted)
        | Q(contact__removed_at=None, contact__isnull=False)
        | Q(invitation__contact__removed_at=None, invitation__contact__isnull=False)
    )
    rows = list(changes.order_by("pk").values_list("contact", "invitation__contact", "state"))
    rows.sort(key=lambda row: _SETTLED.index(row[2]))
    return LeadMarks(
        {contact or invited: state for contact, invited, state in rows if contact or invited},
        waiting=sum(state != accepted for _contact, _invited, state in rows),
    )


def _invitations(tools: Tools) -> tuple[list[InvitationRow], list[Invitation]]:
    """Those that wait, with their mail's fate; and those answered within a month."""
    all_of_member = Invitation.objects.filter(member=tools.member).select_related("sent_by")
    mails = Mail.objects.order_by("-pk").only("state", "last_error", "invitation")
    waiting = all_of_member.open().prefetch_related(Prefetch("mails", mails, to_attr="sent_mails"))
    closed = (
        all_of_member.filter(closed_at__gt=timezone.now() - RECENT)
        .exclude(outcome=Invitation.Status.WITHDRAWN)
        .select_related("contact")
        .order_by("-closed_at")[:MOST_CLOSED]
    )
    return [_invitation_row(invitation, tools.standing) for invitation in waiting], list(closed)


def _invitation_row(invitation: Invitation, who: Standing) -> InvitationRow:
    mails: list[Mail] = getattr(invitation, "sent_mails", [])
    return InvitationRow(
        invitation,
        mail=mails[0] if mails else None,
        days_left=(invitation.expires_at - timezone.now()).days if invitation.expires_at else 0,
        can_manage=who.can_set_roles([], invitation.roles),
    )
