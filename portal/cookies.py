"""The cookies that this portal sets: only necessary ones, so that nobody has to agree to any.

A test signs in, walks through the pages, and compares what was set with this list.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from contacts.held import lasting


@dataclass(frozen=True)
class Cookie:
    name: str
    purpose: str
    lifetime: str


def cookies() -> list[Cookie]:
    """In the order in which a visitor gets them; lifetimes as the settings have them."""
    return [
        Cookie(
            settings.CSRF_COOKIE_NAME,
            _("Shows that a form was filled in on this site, and not by another one in your name."),
            _lifetime(settings.CSRF_COOKIE_AGE),
        ),
        Cookie(
            settings.SESSION_COOKIE_NAME,
            _("Keeps you signed in, from one page to the next."),
            _lifetime(settings.SESSION_COOKIE_AGE),
        ),
        Cookie(
            "messages",
            _("Carries a sentence such as “Your choice is saved.” to the page that shows it."),
            _("Until that page is shown"),
        ),
    ]


def _lifetime(seconds: int | None) -> str:
    return lasting(seconds) if seconds else _("Until you close the browser")
