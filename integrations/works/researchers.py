"""Who has given a member permission, as its staff read it: never tokens, nothing that is not public.

A member has some hundreds of researchers, some thousands at most: they are found and ordered by
their names in memory, where accents and case do not matter on any database; a page shows 25.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Subquery
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from contacts.models import User
from integrations.orcid.ids import orcid_uri
from integrations.orcid.models import Connection
from integrations.works.models import Grant, Work
from members import text
from members.forms.narrowing import NarrowingForm
from members.models import Member
from members.paging import COUNTED_TO, PAGE_SIZE, Page, read_key
from members.widgets import PlainSelect

if TYPE_CHECKING:
    from django.http import QueryDict

_AT_ONCE = 500
_STATES = Connection.State
# What staff are told of a connection: whether it works, not why it does not.
CONNECTED, RECONNECT, NOT_CONNECTED = "connected", "reconnect", "not"
CONNECTIONS = {
    CONNECTED: _("Connected"),
    RECONNECT: _("Reconnect needed"),
    NOT_CONNECTED: _("Not connected yet"),
}
_IN_WORDS = {
    _STATES.ACTIVE: CONNECTED,
    _STATES.WITHDRAWN: RECONNECT,
    _STATES.CLOSED: RECONNECT,
}


@dataclass(frozen=True)
class Researcher:
    """One person at one member. `grants` by purpose: the current one, or the last one that ended."""

    person: User
    grants: dict[str, Grant]
    connection: str  # a key of CONNECTIONS
    # Public works that may be listed; None where the person does not let the member list them.
    works: int | None

    @property
    def connection_name(self) -> str:
        return str(CONNECTIONS[self.connection])

    @property
    def is_current(self) -> bool:
        return any(grant.ended_at is None for grant in self.grants.values())


class ResearcherFilter(NarrowingForm):
    search = forms.CharField(
        label=_("Name or ORCID iD"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    purpose = forms.ChoiceField(
        label=_("Permission"),
        required=False,
        widget=PlainSelect,
        choices=[("", _("Any")), *Grant.Purpose.choices],
    )
    connection = forms.ChoiceField(
        label=_("Connection to ORCID"),
        required=False,
        widget=PlainSelect,
        choices=[("", _("Any")), *CONNECTIONS.items()],
    )
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        widget=PlainSelect,
        choices=[("", _("Who has given permission")), ("former", _("Whose permission has ended"))],
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        widget=PlainSelect,
        choices=[("", _("Name, A to Z")), ("newest", _("Latest permission first"))],
    )

    def __init__(self, data: MultiValueDict[str, Any], *, member: Member) -> None:
        super().__init__(data)
        self.member = member
        self.full_clean()

    def keys(self) -> list[int]:
        """Of the people asked for, in their order; one query."""
        rows = self._people().values_list("pk", "name", "orcid", "given")
        words = text.search_key(self.given("search")).split()
        found = [row for row in rows if _has(row, words)]
        found.sort(key=lambda row: (text.sort_key(row[1] or row[2]), row[0]))
        if self.given("sort") == "newest":
            found.sort(key=lambda row: row[3], reverse=True)
        return [row[0] for row in found]

    def _people(self) -> QuerySet[Any, Any]:
        grants = grants_to(self.member, former=self.given("show") == "former")
        if purpose := self.given("purpose"):
            grants = grants.filter(purpose=purpose)
        own = grants.filter(person=OuterRef("pk")).order_by().values("person")
        people = User.objects.filter(pk__in=grants.values("person"), orcid__isnull=False)
        people = people.annotate(given=Subquery(own.annotate(at=Max("given_at")).values("at")))
        match self.given("connection"):
            case "":
                return people
            case chosen if chosen == NOT_CONNECTED:
                return people.exclude(Exists(_connections(*_IN_WORDS)))
            case chosen:
                states = [state for state, word in _IN_WORDS.items() if word == chosen]
                return people.filter(Exists(_connections(*states)))


def _connections(*states: str) -> QuerySet[Connection, Any]:
    own = Connection.objects.own()
    return own.filter(orcid=OuterRef("orcid"), state__in=states)


def _has(row: tuple[Any, ...], words: list[str]) -> bool:
    key = text.search_key(f"{row[1]} {row[2]}")
    return all(word in key for word in words)


def grants_to(member: Member, *, former: bool = False) -> QuerySet[Grant, Any]:
    """Those in force; or, of people who have none, those that have ended."""
    in_force = Grant.objects.in_force().to(member)
    if not former:
        return in_force
    return Grant.objects.to(member).exclude(person__in=in_force.values("person"))


def page_of(form: ResearcherFilter, asked: Any) -> Page[Any]:
    """The page with that number, its `items` being `Researcher`s; five queries, however many."""
    keys = form.keys()
    number = max(read_key(str(asked or "")) or 1, 1)
    if (number - 1) * PAGE_SIZE >= len(keys):
        number = 1
    first = (number - 1) * PAGE_SIZE
    items = read(form, keys[first : first + PAGE_SIZE])
    total = len(keys) if len(keys) <= COUNTED_TO else None
    return Page(items, number, PAGE_SIZE, len(keys) > first + PAGE_SIZE, total)


def in_pieces(form: ResearcherFilter, keys: list[int]) -> Iterator[Researcher]:
    """All of them, some hundred at a time, for files."""
    for first in range(0, len(keys), _AT_ONCE):
        yield from read(form, keys[first : first + _AT_ONCE])


def read(form: ResearcherFilter, keys: list[int]) -> list[Researcher]:
    """These people, in this order: four queries."""
    people = User.objects.in_bulk(keys)
    grants: dict[int, dict[str, Grant]] = {}
    rows = grants_to(form.member, former=form.given("show") == "former")
    for grant in rows.filter(person__in=keys).order_by("given_at", "pk"):
        grants.setdefault(grant.person_id, {})[grant.purpose] = grant
    states = _states(str(person.orcid) for person in people.values())
    listed = [
        key
        for key in keys
        if (found := grants.get(key, {}).get(Grant.Purpose.LIST)) and found.ended_at is None
    ]
    works = _counts(listed)
    return [
        Researcher(
            people[key],
            grants.get(key, {}),
            states.get(str(people[key].orcid), NOT_CONNECTED),
            works.get(key, 0) if key in listed else None,
        )
        for key in keys
        if key in people
    ]


def _states(orcids: Iterator[str]) -> dict[str, str]:
    own = Connection.objects.own().filter(orcid__in=list(orcids))
    rows = own.values_list("orcid", "state")
    return {orcid: _IN_WORDS.get(_STATES(state), NOT_CONNECTED) for orcid, state in rows}


def _counts(people: list[int]) -> dict[int, int]:
    rows = Work.objects.public().filter(person__in=people).order_by().values("person")
    return dict(rows.annotate(count=Count("pk")).values_list("person", "count"))


def offering(asked: "QueryDict", *, member: Member) -> ResearcherFilter:
    """Who lets the member add their works, narrowed by name alone."""
    data: dict[str, list[Any] | None] = {"search": [asked.get("search", "")]}
    data["purpose"] = [Grant.Purpose.LIST]
    return ResearcherFilter(MultiValueDict(data), member=member)


def listable(member: Member, orcid: str) -> User | None:
    """The person with this iD, if they let the member list their public works now."""
    grants = Grant.objects.in_force().to(member).for_purpose(Grant.Purpose.LIST)
    return User.objects.filter(orcid=orcid, pk__in=grants.values("person")).first()


def of_member(member: Member, orcid: str) -> User | None:
    """The person with this iD, if they have given the member any permission that counts now."""
    grants = Grant.objects.in_force().to(member)
    return User.objects.filter(orcid=orcid, pk__in=grants.values("person")).first()


def counts(member: Member) -> dict[str, int]:
    """How many have given each permission; one query."""
    grants = Grant.objects.in_force().to(member).filter(person__orcid__isnull=False)
    rows = grants.order_by().values("purpose")
    return dict(rows.annotate(count=Count("pk")).values_list("purpose", "count"))


HEADER = [
    "Name", "ORCID iD", "ORCID record", "Connection",
    "Push works since", "Add works since", "Make drafts since", "Ended on", "Public works",
]  # fmt: skip


def cells(row: Researcher) -> list[str]:
    """One line of a file; an empty cell for what was not given."""
    held = [row.grants.get(purpose) for purpose in Grant.Purpose]
    since = [grant.given_at.date().isoformat() if grant else "" for grant in held]
    last = max((grant.ended_at for grant in row.grants.values() if grant.ended_at), default=None)
    return [
        row.person.name,
        str(row.person.orcid),
        orcid_uri(str(row.person.orcid)),
        row.connection_name,
        *since,
        last.date().isoformat() if last and not row.is_current else "",
        "" if row.works is None else str(row.works),
    ]
