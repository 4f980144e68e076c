"""The request as views behind sign-in see it."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from contacts.models import User


class PortalRequest(HttpRequest):
    """A signed-in person's request (`LoginRequiredMiddleware` sees to that)."""

    user: "User"
    htmx: "HtmxDetails"
