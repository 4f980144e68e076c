"""The desk of `tests.lead.desk`, as its manager sees it."""

from dataclasses import dataclass
from typing import Any

from django.test import Client

from contacts.models import User
from members.actors import Actor
from members.models import Consortium, Event, Member
from tests.lead.desk import client_of, make_desk


@dataclass(frozen=True)
class Managed:
    """`client` is signed in as the lead's Main, who manages; `reader` as somebody who reads."""

    consortium: Consortium
    lead: Member
    manager: User
    client: Client
    reader: Client

    @property
    def by(self) -> Actor:
        return Actor.lead(self.manager)

    def url(self, page: str = "") -> str:
        return f"/lead/{self.consortium.slug}/{page}"

    def get(self, page: str, **query: str) -> Any:
        return self.client.get(self.url(page), query)

    def post(self, page: str, data: dict[str, Any] | None = None) -> Any:
        return self.client.post(self.url(page), data or {}, follow=True)


def managed_desk(name: str = "North Consortium") -> Managed:
    desk = make_desk(name)
    manager = User.objects.get(orcid=desk.main.orcid)
    return Managed(desk.consortium, desk.lead, manager, client_of(manager), desk.client)


def kinds_of(member: Member) -> list[tuple[str, str]]:
    """Kind and capacity of the member's events, oldest first."""
    events = Event.objects.filter(member=member).order_by("pk")
    return list(events.values_list("kind", "capacity"))
