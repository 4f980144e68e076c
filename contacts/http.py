"""The lead desk as a request meets it: the consortium in the address, and what one is there."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from contacts.models import DeskSeat
from contacts.permissions import desks_of
from members.actors import Actor
from members.http import PortalRequest
from members.models import Consortium


@dataclass(frozen=True)
class Desk:
    """One request at one lead desk."""

    request: PortalRequest
    consortium: Consortium
    level: DeskSeat.Level
    # All on whose desk the person sits: what the menu and the switcher show.
    consortia: list[Consortium]

    @property
    def by(self) -> Actor:
        return Actor.lead(self.request.user)

    @property
    def can_manage(self) -> bool:
        return self.level == DeskSeat.Level.MANAGER


def enter_desk(request: HttpRequest, slug: str) -> Desk:
    """404 unless the person sits on the desk: other contacts of the lead are told nothing (A1)."""
    consortia = list(desks_of(request.user))
    consortium = next((found for found in consortia if found.slug == slug), None)
    if consortium is None:
        raise Http404
    level = DeskSeat.Level(consortium.desk_level)
    return Desk(request, consortium, level, consortia)  # type: ignore[arg-type]  # signed in


def enter_desk_to_manage(request: HttpRequest, slug: str) -> Desk:
    """The same for pages that only serve to change something: 403 for readers (A4)."""
    desk = enter_desk(request, slug)
    if not desk.can_manage:
        raise PermissionDenied
    return desk
