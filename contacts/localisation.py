"""In which languages and time zones the portal speaks, and to whom in which."""

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone, translation
from django.utils.translation import get_language_info

from contacts.models import Contact, User

# What stands before the slash in names of places; others are old names, or no places.
_AREAS = {
    "Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
}  # fmt: skip


def languages() -> list[tuple[str, str]]:
    """Those that this portal speaks: code, and the name that its speakers give it."""
    return [
        (code, get_language_info(code)["name_local"].capitalize())
        for code in settings.PORTAL_LANGUAGES
    ]


@cache
def time_zones() -> list[tuple[str, str]]:
    """Places by their name in the time zone database, and as they are read: “Europe: London”."""
    places = (name for name in zoneinfo.available_timezones() if name.split("/")[0] in _AREAS)
    named = ((name, name.replace("/", ": ", 1).replace("_", " ")) for name in places if "/" in name)
    return [("UTC", "UTC"), *sorted(named)]


def is_language(code: str) -> bool:
    return code in settings.PORTAL_LANGUAGES


def is_time_zone(name: str) -> bool:
    return name in dict(time_zones())


def activate(user: User) -> None:
    """Speak to this person from now on, in this thread, until `deactivate`.

    What they chose may be gone from the settings or the time zone database: then as if they had
    chosen nothing.
    """
    if is_language(user.language):
        translation.activate(user.language)
    if is_time_zone(user.time_zone):
        timezone.activate(user.time_zone)


def deactivate() -> None:
    translation.deactivate()
    timezone.deactivate()


@contextmanager
def speaking_to(user: User | None) -> Iterator[None]:
    """Speak to this person, or to nobody in particular, whoever asked for what is done meanwhile."""
    with translation.override(settings.LANGUAGE_CODE), timezone.override(None):
        if user is not None:
            activate(user)
        yield


def reader_at(address: str) -> User | None:
    """Who reads mail at the address, of those who have chosen a language or time zone: known by having
    proved it, or as a contact who signs in."""
    proved = EmailAddress.objects.filter(email=address.lower(), verified=True).values("user")
    at_address = Contact.objects.current().alias(mailbox=Lower("email"))
    contacts = at_address.filter(mailbox=address.lower()).values("orcid")
    chosen = User.objects.filter(is_active=True).exclude(language="", time_zone="")
    return chosen.filter(Q(pk__in=proved) | Q(orcid__in=contacts)).order_by("pk").first()
