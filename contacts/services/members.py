"""New members with their first contact (A4): R2's exception lets the lead name that one as Main."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from contacts.models import Contact, Invitation, Role
from contacts.permissions import can_manage_desk, can_name_first_contact
from contacts.services.adding import put_contact
from contacts.services.finding import read_offer_for_new_member
from contacts.services.invitations import check_address_free, put_invitation
from contacts.throttles import check_mail_rate
from members.actors import Actor
from members.duplicates import How, Pair, Register, in_consortium
from members.models import Consortium, Event, Member, Membership
from members.services.information import Information
from members.services.register import put_member


class Place(StrEnum):
    """Where an organisation stands that is here already."""

    CURRENT = "current"  # a member of this consortium
    FORMER = "former"  # it was one, and can start again
    ELSEWHERE = "elsewhere"  # a direct member, or another consortium's


@dataclass(frozen=True)
class Same:
    """A member that may be the one that is to be added, and by which sign."""

    member: Member
    how: How
    place: Place


@dataclass(frozen=True)
class FirstContact:
    """Whom to name: the address, and for somebody who was found the signed offer and a name."""

    email: str
    offer: str = ""
    given_names: str = ""
    family_name: str = ""
    job_title: str = ""
    phone: str = ""


def known_to_desk(consortium: Consortium) -> QuerySet[Member, Any]:
    """Members whose name a desk may be told: its own, present and former, and public ones (A1)."""
    own = Membership.objects.filter(consortium=consortium).values("member")
    return Member.objects.filter(Q(pk__in=own) | Q(pk__in=Member.objects.public().values("pk")))


def find_same(
    consortium: Consortium, *, identifiers: Collection[Pair], website: str, names: Iterable[str]
) -> list[Same]:
    """Members that this may be already: by identifier, else website, else name (formats.md 3)."""
    register = Register.of_members(known_to_desk(consortium))
    match = register.find(identifiers=list(identifiers), website=website, names=names)
    current = {entry.member for entry in in_consortium(match.entries, consortium)}
    return [
        Same(entry.member, match.how, _place(entry.member, consortium, entry.member in current))
        for entry in match.entries
        if entry.member
    ]


def _place(member: Member, consortium: Consortium, is_current: bool) -> Place:  # noqa: FBT001  # private
    if is_current:
        return Place.CURRENT
    periods = list(member.memberships.all())
    was_here = any(period.consortium_id == consortium.pk for period in periods)
    is_elsewhere = any(period.status != Membership.Status.ENDED for period in periods)
    return Place.FORMER if was_here and not is_elsewhere else Place.ELSEWHERE


@transaction.atomic
def add_member_with_first_contact(
    *,
    consortium: Consortium,
    information: Information,
    start: Any,
    identifiers: Collection[Pair],
    first: FirstContact,
    other_than: Collection[int] = (),
    by: Actor,
) -> Member:
    """Add a member to the consortium from `start` on, and its first contact as Main.

    Who was found is a contact at once and told by mail (C2), anybody else is invited (C3): look
    the address up before, outside any transaction. `other_than` are the keys of members that were
    shown as possibly the same, and are not.

    Raises `PermissionDenied` for all but managers of the desk; `ValidationError` by field, with
    code `same` when a member that was not shown may be the same one, and as `put_first_contact`.
    """
    # Two managers who add the same organisation take turns.
    Consortium.objects.select_for_update(of=("self",)).get(pk=consortium.pk)
    if not can_manage_desk(by, consortium):
        raise PermissionDenied
    names = [information["legal_name"], information["display_name"]]
    website = information.get("website", "")
    same = find_same(consortium, identifiers=identifiers, website=website, names=names)
    if {found.member.pk for found in same} - set(other_than):
        raise ValidationError(_("There is a member that may be the same one."), code="same")
    member, events = put_member(information, consortium, start, identifiers, by)
    Event.append(*events, put_first_contact(member, consortium, first, by))
    return member


@transaction.atomic
def name_first_contact(
    *, member_id: int, consortium: Consortium, first: FirstContact, by: Actor
) -> Member:
    """The same for a member that is here and has never had a contact, such as an imported one.

    Raises `PermissionDenied` when it has, or for all but managers of its desk; `ValidationError`
    as `put_first_contact`.
    """
    member = Member.objects.lock(member_id)
    if not can_name_first_contact(by, member, consortium):
        raise PermissionDenied
    Event.append(put_first_contact(member, consortium, first, by))
    return member


def put_first_contact(
    member: Member, consortium: Consortium, first: FirstContact, by: Actor
) -> Event:
    """Add or invite the first contact, as Main; the event is not yet written.

    Raises `ValidationError`: the offer is stale, an invitation to the address is open, or too many
    mails within the hour.
    """
    if first.offer:
        found = read_offer_for_new_member(first.offer, consortium=consortium, by=by)
        contact = Contact(member=member, orcid=found.orcid, email=found.email, added_by=by.user)
        contact.given_names, contact.family_name = first.given_names, first.family_name
        contact.job_title, contact.phone = first.job_title, first.phone
        return put_contact(contact, [Role.MAIN], by)
    email = first.email.strip().lower()
    check_address_free(member, email)
    check_mail_rate(by, email)
    return put_invitation(Invitation(member=member, email=email, roles=[str(Role.MAIN)]), by)
