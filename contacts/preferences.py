"""What a person wants to hear of from a consortium, and the links by which mails lead there.

Kept on each of the person's contacts and read over all of them: a *no* at one member of a
consortium holds for all of it, also after that contact has been removed.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.audience import PREFERENCE
from contacts.letters import consortium_of, site_url
from contacts.models import Announcement, Contact
from members.models import Consortium

_SIGNER = signing.Signer(salt="contacts.preferences")
NAMES = tuple(PREFERENCE.values())


@dataclass
class Place:
    """One consortium that may write to a person: their contacts there, and what they want.

    `consortium` is None for members that belong to none.
    """

    consortium: Consortium | None
    contacts: list[Contact] = field(default_factory=list)
    wants: dict[str, bool] = field(default_factory=dict)

    @property
    def key(self) -> int:
        return self.consortium.pk if self.consortium else 0

    @property
    def current(self) -> list[Contact]:
        return [contact for contact in self.contacts if contact.removed_at is None]

    @property
    def members(self) -> str:
        """The names of those whose contact the person is."""
        return ", ".join(contact.member.display_name for contact in self.current)


def places_of(orcid: str | None, *, address: str = "") -> list[Place]:
    """Where a person is a contact, by consortium; only where that is their address, if one is given.

    What they want is what all their contacts there say, whichever address they have.
    """
    return [place for place in _all_places(orcid) if _is_reached(place.current, address)]


def place_of(contact: Contact) -> Place:
    """The one in which a contact is, or was."""
    places = _all_places(contact.orcid)
    return next(place for place in places if contact in place.contacts)


def _all_places(orcid: str | None) -> list[Place]:
    """Also those where the person is no contact any more."""
    if not orcid:
        return []
    rows = Contact.objects.filter(orcid=orcid).select_related("member").order_by("member__sort_key")
    places: dict[int, Place] = {}
    for contact in rows:
        consortium = consortium_of(contact.member) or _last_consortium(contact)
        place = places.setdefault(consortium.pk if consortium else 0, Place(consortium))
        place.contacts.append(contact)
    for place in places.values():
        place.wants = {name: all(getattr(c, name) for c in place.contacts) for name in NAMES}
    return list(places.values())


def _last_consortium(contact: Contact) -> Consortium | None:
    periods = contact.member.memberships.exclude(consortium=None).select_related("consortium")
    last = periods.order_by(F("end").desc(nulls_first=True)).first()
    return last.consortium if last else None


def _is_reached(contacts: Iterable[Contact], address: str) -> bool:
    emails = [contact.email.lower() for contact in contacts]
    return address.lower() in emails if address else bool(emails)


def preferences_token(contact: Contact, kind: str) -> str:
    """The signed key of the links in a mail; it stays good for as long as the contact has that
    address: what was once mailed must go on working (RFC 8058)."""
    return _SIGNER.sign_object([contact.pk, _digest(contact.email), kind])


def _digest(address: str) -> str:
    # The address itself has no place in one of the web's.
    return hashlib.sha256(address.lower().encode()).hexdigest()[:12]


def contact_behind_link(token: str) -> tuple[Contact, Announcement.Kind]:
    """Whom a link was mailed to, and the kind of mail it stood in.

    Raises `ValidationError` when the link is not ours, or the row is gone or has another address.
    """
    try:
        pk, digest, kind = _SIGNER.unsign_object(token)
    except signing.BadSignature:
        raise ValidationError(_("This link is not complete."), code="unknown") from None
    contact = Contact.objects.filter(pk=pk).select_related("member").first()
    if contact is None or _digest(contact.email) != digest:
        raise ValidationError(
            _("This link was for an address that is no longer written to."), code="gone"
        )
    return contact, Announcement.Kind(kind)


def preferences_url(token: str) -> str:
    return site_url(reverse("preferences", args=[token]))


def unsubscribe_url(token: str) -> str:
    return site_url(reverse("unsubscribe", args=[token]))


def unsubscribe_headers(token: str) -> dict[str, str]:
    """One press in the mail program, without a page (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{unsubscribe_url(token)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
