"""Adding starts from an e-mail address: whose iD is it? (rules C2, C4, A8)"""

import datetime
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from allauth.account.models import EmailAddress
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from contacts.models import Contact
from contacts.permissions import can_manage_desk, standing_of
from contacts.throttles import LOOKUPS, spend, too_many
from integrations.orcid import directory
from integrations.orcid.errors import OrcidError
from members.actors import Actor
from members.models import Consortium, Event, Member

_SALT = "contacts.found"
OFFER_SECONDS = 30 * 60
# What an offer holds for: a member's key, or a consortium that is to have a new member.
Place = int | str


class Outcome(StrEnum):
    FOUND = "found"  # in ORCID's public search: name and iD are public
    PROVED_HERE = "proved_here"  # somebody signed in here has it: told apart only on acceptance
    NOT_FOUND = "not_found"
    UNREACHABLE = "unreachable"  # ORCID did not answer


@dataclass(frozen=True)
class Finding:
    """What a look-up gave. `offer` carries a found iD, signed, to `add_contact`: no iD is typed."""

    outcome: Outcome
    email: str
    orcid: str = ""
    given_names: str = ""
    family_name: str = ""
    public_name: str = ""
    offer: str = ""


@dataclass(frozen=True)
class Offer:
    """A found person, as signed by `look_up` for one actor and one member."""

    email: str
    orcid: str
    public_name: str = ""


def look_up(*, member_id: int, email: str, by: Actor) -> Finding:
    """Look for the iD of an address: among people who proved it here, then in ORCID's search.

    Recorded and throttled per person (A8). Raises `PermissionDenied`; `ValidationError` when the
    address is a contact's already or the hour's look-ups are used up. Calls ORCID, so it must not
    run inside a transaction.
    """
    _record(member_id, email, by)
    found = _find(email)
    if found.orcid:
        _check_not_contact(member_id, orcid=found.orcid)
    return _with_offer(found, member_id, by)


def look_up_for_new_member(*, consortium: Consortium, email: str, by: Actor) -> Finding:
    """The same for the first contact of a member that a manager of the desk is about to add."""
    _record_for_new_member(consortium, email, by)
    return _with_offer(_find(email), _new_in(consortium), by)


def _find(typed: str) -> Finding:
    typed, email = typed.strip(), typed.strip().lower()
    proved = _proved_here(email)
    try:
        person = directory.find_by_email(typed)  # ORCID tells capitals apart
    except OrcidError:
        return Finding(Outcome.PROVED_HERE if proved else Outcome.UNREACHABLE, email)
    if person is None or (proved and proved != person.orcid):
        # What was proved here counts more than what a search says.
        return Finding(Outcome.PROVED_HERE if proved else Outcome.NOT_FOUND, email)
    return Finding(
        Outcome.FOUND,
        email,
        orcid=person.orcid,
        given_names=person.given_names,
        family_name=person.family_name,
        public_name=person.display_name,
    )


def _with_offer(found: Finding, place: Place, by: Actor) -> Finding:
    if not found.orcid:
        return found
    offer = Offer(found.email, found.orcid, found.public_name)
    return replace(found, offer=_sign(place, by, offer))


@transaction.atomic
def _record(member_id: int, email: str, by: Actor) -> None:
    member = Member.objects.lock(member_id)
    if not standing_of(by, member).can_edit:
        raise PermissionDenied
    _check_rate(by)
    _check_not_contact(member_id, email=email.strip().lower())
    Event.append(_event(email, by, member=member))


@transaction.atomic
def _record_for_new_member(consortium: Consortium, email: str, by: Actor) -> None:
    if not can_manage_desk(by, consortium):
        raise PermissionDenied
    _check_rate(by)
    Event.append(_event(email, by, consortium=consortium))


def _check_rate(by: Actor) -> None:
    if by.user is not None and (wait := spend((LOOKUPS, by.user.pk))):
        raise too_many(
            wait, _("You have looked up many addresses within an hour. Please go on in %(wait)s.")
        )


def _event(email: str, by: Actor, **where: Any) -> Event:
    return Event(
        kind=Event.Kind.ADDRESS_LOOKED_UP,
        personal={"email": email.strip().lower()},
        actor=by.user,
        capacity=by.capacity,
        **where,
    )


def _check_not_contact(member_id: int, **who: str) -> None:
    contact = Contact.objects.current().filter(member=member_id, **who).first()
    if contact:
        raise ValidationError(
            _("%(name)s is a contact already."),
            code="already_contact",
            params={"name": contact.display_name},
        )


def _proved_here(email: str) -> str | None:
    # Both in lower case, and compared as they stand: PostgreSQL would take `ı` for `i`.
    address = (
        EmailAddress.objects.filter(email=email, verified=True, user__is_active=True)
        .exclude(user__orcid=None)
        .select_related("user")
        .first()
    )
    return address.user.orcid if address else None


def _new_in(consortium: Consortium) -> str:
    """Where an offer holds that was made before there was a member."""
    return f"new in {consortium.pk}"


def _sign(place: Place, by: Actor, offer: Offer) -> str:
    actor = by.user.pk if by.user else None
    return signing.dumps([place, actor, offer.email, offer.orcid, offer.public_name], salt=_SALT)


def read_offer(signed: str, *, member_id: int, by: Actor) -> Offer:
    """The found person behind a signed offer of this member and this actor.

    Raises `ValidationError` when it is not theirs, was tampered with, or is older than half an
    hour (C4: an iD cannot be typed in or carried over).
    """
    return _read(signed, member_id, by)


def said_not_me(member: Member, offer: Offer) -> datetime.datetime | None:
    """When somebody with this iD or address was last added there and said *this is not me* (C2)."""
    removed = Contact.objects.filter(member=member).exclude(removed_at=None)
    same = removed.filter(Q(orcid=offer.orcid) | Q(email__iexact=offer.email))
    keys = list(same.values_list("pk", flat=True))
    said = Event.objects.filter(
        member=member, kind=Event.Kind.CONTACT_DISOWNED, changes__contact__in=keys
    )
    return said.order_by("-pk").values_list("created_at", flat=True).first()


def read_offer_for_new_member(signed: str, *, consortium: Consortium, by: Actor) -> Offer:
    """The same for an offer of `look_up_for_new_member`."""
    return _read(signed, _new_in(consortium), by)


def _read(signed: str, place: Place, by: Actor) -> Offer:
    again = ValidationError(_("Please look the address up again."), code="offer")
    try:
        data: Any = signing.loads(signed, salt=_SALT, max_age=OFFER_SECONDS)
    except signing.BadSignature:
        raise again from None
    signed_for, actor, email, orcid, public_name = data
    if (signed_for, actor) != (place, by.user.pk if by.user else None):
        raise again
    return Offer(email, orcid, public_name)
