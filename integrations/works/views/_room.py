"""A member's works in Member Tools: who comes in, and as what (rules A1–A3)."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from integrations.works.models import MemberWork
from integrations.works.permissions import (
    can_keep_works,
    can_name_keepers,
    members_with_works_for,
)
from members.actors import Actor
from members.http import PortalRequest
from members.models import Member


@dataclass(frozen=True)
class WorksRoom:
    """One request; `can_edit`: whether the person keeps the works."""

    request: PortalRequest
    member: Member
    can_edit: bool

    @cached_property
    def is_own(self) -> bool:
        """A contact's; else the lead reads, or it is the publications desk's."""
        return Member.objects.own(self.request.user).filter(pk=self.member.pk).exists()

    @cached_property
    def is_desk_alone(self) -> bool:
        """Whether the person sees nothing else of the member."""
        seen = Member.objects.visible_to(self.request.user)
        return not self.is_own and not seen.filter(pk=self.member.pk).exists()

    @property
    def can_name_keepers(self) -> bool:
        return can_name_keepers(Actor.contact(self.request.user), self.member)

    @property
    def by(self) -> Actor:
        """The lead reads (A3); what it reads is still on record under its own name."""
        user = self.request.user
        acts = self.can_edit or self.is_own or self.is_desk_alone
        return Actor.contact(user) if acts else Actor.lead(user)

    @property
    def works(self) -> Any:
        return MemberWork.objects.filter(member=self.member)

    def url(self, name: str, *args: object) -> str:
        return reverse(f"tools:{name}", args=[self.member.slug, *args])

    def to(self, name: str, *args: object) -> HttpResponse:
        return redirect(f"tools:{name}", self.member.slug, *args)

    def context(self) -> dict[str, Any]:
        """What every page of works needs; the desk gets no other tabs."""
        base = {"member": self.member, "can_edit": self.can_edit, "room": self}
        return base | ({"only_tabs": ["works"]} if self.is_desk_alone else {})

    def render(self, template: str, context: dict[str, Any]) -> HttpResponse:
        return render(self.request, f"works/member/{template}", self.context() | context)


def enter(request: HttpRequest, slug: str, *, to_edit: bool = False) -> WorksRoom:
    """404 unless the person may see the works of the member; 403 where they may only read."""
    user: Any = request.user
    member = get_object_or_404(members_with_works_for(user), slug=slug)
    room = WorksRoom(request, member, can_keep_works(Actor.contact(user), member))  # type: ignore[arg-type]  # signed in
    if to_edit and not room.can_edit:
        raise PermissionDenied
    return room


def enter_as_contact(request: HttpRequest, slug: str) -> WorksRoom:
    """For what the publications desk may not: 403 for all but the member's own contacts."""
    room = enter(request, slug)
    if not room.can_name_keepers:
        raise PermissionDenied
    return room
