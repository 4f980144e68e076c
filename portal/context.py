"""What every template knows: the deployment, and where a signed-in person works."""

import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from members.models import Consortium, Member

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest

    from contacts.models import User

# A menu is not a list: who has more organisations finds them all on the page of Member Tools.
MENU_LENGTH = 25


def deployment(request: "HttpRequest") -> dict[str, object]:
    colour = settings.PORTAL_COLOUR
    return {
        "PORTAL_NAME": settings.PORTAL_NAME,
        "PORTAL_LOGO": settings.PORTAL_LOGO,
        "THEME_VERSION": hashlib.sha256(colour.encode()).hexdigest()[:8],
        "HELPDESK_EMAIL": settings.HELPDESK_EMAIL,
        "ORCID_BASE_URL": settings.ORCID_BASE_URL,
    }


def workplaces(request: "HttpRequest") -> dict[str, object]:
    """`my_members` and `my_desks`: one query each, when a template first asks, for the signed-in."""
    user: User | AnonymousUser | None = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"my_members": [], "my_desks": []}
    return {
        "my_members": SimpleLazyObject(lambda: _members_of(user)),
        "my_desks": SimpleLazyObject(lambda: list(Consortium.objects.visible_to(user))),
    }


def _members_of(user: "User | AnonymousUser") -> list[Member]:
    own = Member.objects.own(user).only("slug", "display_name", "sort_key")
    return list(own[:MENU_LENGTH])
