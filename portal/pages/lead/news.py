"""What changed since somebody's last visit, member by member; capped, the history has the rest."""

import datetime
from dataclasses import dataclass

from django.utils import timezone

from contacts.models import User
from members.models import Consortium, Event, Member

MOST_EVENTS = 100
MOST_MEMBERS = 8
MOST_OF_ONE = 4
FIRST_VISIT = datetime.timedelta(days=7)
# They changed nothing.
_NO_CHANGE = [Event.Kind.ADDRESS_LOOKED_UP, Event.Kind.EXPORTED]


@dataclass(frozen=True)
class OfMember:
    """One member's news, newest first; `more` is how many of those read are not shown."""

    member: Member
    events: list[Event]
    more: int


@dataclass(frozen=True)
class News:
    since: datetime.datetime
    is_first_visit: bool
    members: list[OfMember]
    # Whether there is more than what stands here.
    is_capped: bool


def news_for(user: User, consortium: Consortium, before: datetime.datetime | None) -> News:
    """What others did to present members since `before`, or lately at a first visit; one query."""
    since = before or timezone.now() - FIRST_VISIT
    members = Member.objects.current_in(consortium)
    events = (
        Event.objects.filter(member__in=members.values("pk"), created_at__gt=since)
        .exclude(actor=user)
        .exclude(kind__in=_NO_CHANGE)
        .select_related("member", "actor")
        .order_by("-pk")
    )
    read = list(events[: MOST_EVENTS + 1])
    groups = _by_member(read[:MOST_EVENTS])
    is_capped = len(read) > MOST_EVENTS or len(groups) > MOST_MEMBERS
    return News(since, before is None, groups[:MOST_MEMBERS], is_capped)


def _by_member(events: list[Event]) -> list[OfMember]:
    """In the order of each member's newest."""
    groups: dict[int | None, list[Event]] = {}
    for event in events:
        groups.setdefault(event.member_id, []).append(event)
    return [
        OfMember(found[0].member, found[:MOST_OF_ONE], max(len(found) - MOST_OF_ONE, 0))
        for found in groups.values()
        if found[0].member
    ]
