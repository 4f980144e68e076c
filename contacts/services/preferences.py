"""What a person wants to hear of: changed by themselves alone, signed in or by a mailed link."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.audience import PREFERENCE
from contacts.models import Announcement, Contact
from contacts.preferences import NAMES, Place, contact_behind_link, place_of, places_of
from contacts.services import _shared as shared
from members.actors import Actor
from members.models import Event, Member


@transaction.atomic
def set_preferences(*, place_key: int, wants: Mapping[str, bool], by: Actor) -> Place:
    """A signed-in person's own choice for all mail of one consortium (0: of members without one).

    Raises `PermissionDenied` for whoever is no person with an iD, `ValidationError` when they are
    not a contact there (any more).
    """
    if by.user is None or not by.user.orcid or by.reach is not None:
        raise PermissionDenied
    return _write(_place(places_of(by.user.orcid), place_key), wants, by)


@transaction.atomic
def set_preferences_by_link(*, token: str, place_key: int, wants: Mapping[str, bool]) -> Place:
    """The same by a mailed link, for the places that write to that address.

    Raises `ValidationError` for a dead link.
    """
    contact, _kind = contact_behind_link(token)
    places = places_of(contact.orcid, address=contact.email)
    return _write(_place(places, place_key), wants, Actor.system())


@transaction.atomic
def unsubscribe(*, token: str) -> Announcement.Kind:
    """No more mail of the kind in which the link stood, from that consortium (RFC 8058).

    Done once or often, also by somebody who is no contact any more. Raises `ValidationError` for a
    dead link, and for one of an official notice, which cannot be declined.
    """
    contact, kind = contact_behind_link(token)
    if kind not in PREFERENCE:
        raise ValidationError(_("Official notices go to all contacts."), code="official")
    # Also of one who is no contact any more: it counts, should they become one again.
    _write(place_of(contact), {PREFERENCE[kind]: False}, Actor.system())
    return kind


def _place(places: list[Place], key: int) -> Place:
    found = next((place for place in places if place.key == key), None)
    if found is None:
        raise ValidationError(_("You are not a contact there any more."), code="gone")
    return found


def _write(place: Place, wants: Mapping[str, bool], by: Actor) -> Place:
    wanted = {name: wants[name] for name in NAMES if name in wants}
    keys = [contact.pk for contact in place.contacts]
    # One order for everybody: two who lock the same members do not wait for each other.
    for member in sorted({contact.member_id for contact in place.contacts}):
        Member.objects.lock(member)
    events = []
    for contact in Contact.objects.filter(pk__in=keys).order_by("pk"):
        before = {name: getattr(contact, name) for name in wanted}
        changed = {name: [before[name], new] for name, new in wanted.items() if before[name] != new}
        if changed:
            for name, (_old, new) in changed.items():
                setattr(contact, name, new)
            shared.bump(contact, *changed)
            events.append(_event(contact, by, changed))
    if events:
        Event.append(*events)
    place.wants |= wanted
    return place


def _event(contact: Contact, by: Actor, changed: Mapping[str, list[bool]]) -> Event:
    return shared.contact_event(
        Event.Kind.PREFERENCES_CHANGED, contact, by, fields=dict(changed), by_link=by.user is None
    )
