"""An institution's works as a table shows them, and what became of each at ORCID."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet

from contacts.models import User
from integrations.push.models import Attempt, Delivery
from integrations.works import rows
from integrations.works.models import Authorship, MemberWork
from integrations.works.services.pushing import SECTION

_COLUMNS = (
    "pk", "member_id", "state", "origin", "type", "title", "subtitle", "journal_title",
    "published", "identifiers", "asked_at", "version",
)  # fmt: skip
MOST_AUTHORS = 3
MOST_ANSWERS = 20


@dataclass(frozen=True)
class Row(rows.Row):
    """A work, its authors who have signed in here, and how often it is in which state at ORCID."""

    authors: list[str] = field(default_factory=list)
    more_authors: int = 0
    there: int = 0
    waiting: int = 0
    failed: int = 0

    @property
    def lacks(self) -> bool:
        """Whether it is meant for ORCID records, and cannot go as it is: no draft has to be whole."""
        work = self.work
        assert isinstance(work, MemberWork)  # noqa: S101  # it is, in this list
        return work.state != MemberWork.State.DRAFT and is_lacking(work)


def is_lacking(work: MemberWork) -> bool:
    """Whether it has no date, or no identifier of its own: `push_source.problems` says it in words,
    and what is rarer."""
    return not work.published or all(each["relationship"] != "self" for each in work.identifiers)


def with_columns(works: QuerySet[MemberWork, Any]) -> QuerySet[MemberWork, Any]:
    """Only what rows show."""
    return works.only(*_COLUMNS)


def rows_of(works: Iterable[MemberWork]) -> list[Row]:
    """Two queries, however many."""
    plain = rows.rows_of(works)
    keys = [row.work.pk for row in plain]
    authors, states = _authors(keys), _states(keys)
    return [
        Row(
            **vars(row),
            authors=authors[row.work.pk][:MOST_AUTHORS],
            more_authors=max(len(authors[row.work.pk]) - MOST_AUTHORS, 0),
            there=states[row.work.pk]["in_orcid"],
            waiting=sum(states[row.work.pk][name] for name in ("queued", "sending", "waiting")),
            failed=states[row.work.pk]["failed"],
        )
        for row in plain
    ]


def _authors(keys: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows_here = Authorship.objects.filter(work__in=keys).select_related("person").order_by("pk")
    for each in rows_here:
        found[each.work_id].append(each.person.display_name)
    return found


def _states(keys: list[int]) -> dict[int, Counter[str]]:
    found: dict[int, Counter[str]] = defaultdict(Counter)
    counted = Delivery.objects.of_items(SECTION, keys).order_by().values("item_id", "state")
    for row in counted.annotate(count=Count("pk")):
        found[row["item_id"]][row["state"]] += row["count"]
    return found


@dataclass(frozen=True)
class Sent:
    """What became of a work on one person's record: nothing else of that record."""

    name: str
    delivery: Delivery


def deliveries_of(work: MemberWork) -> list[Sent]:
    """By person, two queries. Neither put-codes nor tokens: whether it is there, and why not."""
    found = list(
        Delivery.objects.of_items(SECTION, [work.pk])
        .filter(member=work.member_id)
        .select_related("connection")
        .defer("connection__access_token", "connection__refresh_token")
    )
    orcids = [row.connection.orcid for row in found]
    people = {person.orcid: person for person in User.objects.filter(orcid__in=orcids)}
    return [
        Sent(
            people[row.connection.orcid].display_name
            if row.connection.orcid in people
            else row.connection.orcid,
            row,
        )
        for row in found
    ]


@dataclass(frozen=True)
class Answered:
    """One of ORCID's answers, about one person's record."""

    name: str
    attempt: Attempt


def answers_about(sent: Iterable[Sent]) -> list[Answered]:
    """The last that ORCID gave, newest first; one query."""
    by_key = {each.delivery.pk: each for each in sent}
    newest = Attempt.objects.filter(delivery__in=list(by_key)).order_by("-pk")[:MOST_ANSWERS]
    found = []
    for attempt in newest:
        about = by_key[attempt.delivery_id]
        attempt.delivery = about.delivery  # what an answer advises depends on its state
        found.append(Answered(about.name, attempt))
    return found
