"""New members."""

import datetime
import itertools
from collections.abc import Iterable, Iterator

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from members import text
from members.actors import Actor
from members.models import Consortium, Event, Member
from members.permissions import require_trusted
from members.services.identifiers import put_identifier
from members.services.information import Information, assign_information, fields_event
from members.services.memberships import open_membership

_SLUG_ROOM = 100  # of 120: the rest is for a number


@transaction.atomic
def register_member(
    *,
    legal_name: str,
    display_name: str,
    country: str,
    community: str,
    website: str = "",
    consortium: Consortium | None = None,
    start: datetime.date | None = None,
    identifiers: Iterable[tuple[str, str]] = (),
    by: Actor,
) -> Member:
    """Add a member with its first membership period (in the consortium, or as direct member).

    Raises `PermissionDenied` for all but trusted actors, `ValidationError` by field, for `value`
    when an identifier is wrong or another member of the consortium has it.
    """
    require_trusted(by)
    fields = Information(legal_name=legal_name, display_name=display_name)
    fields |= Information(country=country, community=community, website=website)
    member, events = put_member(fields, consortium, start, identifiers, by)
    Event.append(*events)
    return member


def put_member(
    fields: Information,
    consortium: Consortium | None,
    start: datetime.date | None,
    identifiers: Iterable[tuple[str, str]],
    by: Actor,
) -> tuple[Member, list[Event]]:
    """Like `register_member`, with any field of the information; events are not yet written."""
    member = Member()
    changed = assign_information(member, fields)
    member.clean_fields(exclude=["slug", "sort_key", "search_key"])
    _save_under_free_slug(member)
    created = fields_event(Event.Kind.MEMBER_CREATED, member, by, changed)
    _membership, started = open_membership(member, consortium, start, by)
    added = [put_identifier(member, scheme, value, by)[1] for scheme, value in identifiers]
    return member, [created, started, *added]


def _save_under_free_slug(member: Member) -> None:
    for slug in _slugs(member.display_name):
        if Member.objects.filter(slug=slug).exists():
            continue
        member.slug = slug
        try:
            with transaction.atomic():
                return member.save(force_insert=True)
        except IntegrityError:
            # Taken by a transaction that was faster: the next one, unless it is something else.
            if not Member.objects.filter(slug=slug).exists():
                raise
    return None


def _slugs(display_name: str) -> Iterator[str]:
    """`universidad-de-chile`, `universidad-de-chile-2`, …; names without Latin letters too."""
    stem = slugify(text.search_key(display_name))[:_SLUG_ROOM].strip("-") or "member"
    yield stem
    for number in itertools.count(2):
        yield f"{stem}-{number}"
