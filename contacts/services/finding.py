"""Adding starts from an e-mail address: whose iD is it? (rules C2, C4, A8)"""

import datetime
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Contact
from contacts.permissions import standing_of
from integrations.orcid import directory
from integrations.orcid.client import OrcidError
from members.actors import Actor
from members.models import Event, Member

_SALT = "contacts.found"
OFFER_SECONDS = 30 * 60


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
    typed, email = email.strip(), email.strip().lower()
    _record(member_id, email, by)
    proved = _proved_here(email)
    try:
        person = directory.find_by_email(typed)  # ORCID tells capitals apart
    except OrcidError:
        return Finding(Outcome.PROVED_HERE if proved else Outcome.UNREACHABLE, email)
    if person is None or (proved and proved != person.orcid):
        # What was proved here counts more than what a search says.
        return Finding(Outcome.PROVED_HERE if proved else Outcome.NOT_FOUND, email)
    _check_not_contact(member_id, orcid=person.orcid)
    return Finding(
        Outcome.FOUND,
        email,
        orcid=person.orcid,
        given_names=person.given_names,
        family_name=person.family_name,
        public_name=person.display_name,
        offer=_sign(member_id, by, Offer(email, person.orcid, person.display_name)),
    )


@transaction.atomic
def _record(member_id: int, email: str, by: Actor) -> None:
    member = Member.objects.lock(member_id)
    if not standing_of(by, member).can_edit:
        raise PermissionDenied
    hour_ago = timezone.now() - datetime.timedelta(hours=1)
    recent = Event.objects.filter(
        actor=by.user, kind=Event.Kind.ADDRESS_LOOKED_UP, created_at__gt=hour_ago
    )
    if recent.count() >= settings.LOOKUPS_PER_HOUR:
        raise ValidationError(
            _("You have looked up many addresses within an hour. Please go on later."),
            code="throttled",
        )
    _check_not_contact(member_id, email__iexact=email)
    Event.append(
        Event(
            member=member,
            kind=Event.Kind.ADDRESS_LOOKED_UP,
            personal={"email": email},
            actor=by.user,
            capacity=by.capacity,
        )
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
    address = (
        EmailAddress.objects.filter(email__iexact=email, verified=True, user__is_active=True)
        .exclude(user__orcid=None)
        .select_related("user")
        .first()
    )
    return address.user.orcid if address else None


def _sign(member_id: int, by: Actor, offer: Offer) -> str:
    actor = by.user.pk if by.user else None
    return signing.dumps(
        [member_id, actor, offer.email, offer.orcid, offer.public_name], salt=_SALT
    )


def read_offer(signed: str, *, member_id: int, by: Actor) -> Offer:
    """The found person behind a signed offer of this member and this actor.

    Raises `ValidationError` when it is not theirs, was tampered with, or is older than half an
    hour (C4: an iD cannot be typed in or carried over).
    """
    again = ValidationError(_("Please look the address up again."), code="offer")
    try:
        data: Any = signing.loads(signed, salt=_SALT, max_age=OFFER_SECONDS)
    except signing.BadSignature:
        raise again from None
    member, actor, email, orcid, public_name = data
    if (member, actor) != (member_id, by.user.pk if by.user else None):
        raise again
    return Offer(email, orcid, public_name)
