"""The lead desk as a request meets it: the consortium in the address, and what one is there."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

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

    @property
    def by(self) -> Actor:
        return Actor.lead(self.request.user)

    @property
    def can_manage(self) -> bool:
        return self.level == DeskSeat.Level.MANAGER


def enter_desk(request: HttpRequest, slug: str) -> Desk:
    """404 unless the person sits on the desk: other contacts of the lead are told nothing (A1)."""
    user = request.user
    consortium = get_object_or_404(desks_of(user), slug=slug)
    return Desk(request, consortium, DeskSeat.Level(consortium.desk_level))  # type: ignore[arg-type]  # signed in


def enter_desk_to_manage(request: HttpRequest, slug: str) -> Desk:
    """The same for pages that only serve to change something: 403 for readers (A4)."""
    desk = enter_desk(request, slug)
    if not desk.can_manage:
        raise PermissionDenied
    return desk
