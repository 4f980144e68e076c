"""What ORCID has to know of a consortium's members: the net difference between two cursors.

The state now is read first and the events after it; then the events are taken back, newest first.
Each taken back sets what stood before it, which does no harm where the state read did not show it
yet. So the answer belongs to the two cursors exactly, whatever is changed while it is made (H3).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Prefetch, Q

from contacts.models import Contact, Role
from members.dates import day_of
from members.models import Consortium, Event, Member, Membership

Kind = Event.Kind
FACTS = ("display_name", "legal_name", "website")
_DETAILS = ("given_names", "family_name", "email", "orcid")
_LEFT = frozenset({Kind.CONTACT_REMOVED, Kind.CONTACT_LEFT, Kind.CONTACT_DISOWNED})
_ROLES = frozenset({Kind.ROLES_CHANGED, Kind.MAIN_HANDED_OVER, Kind.ORCID_MOVED})
_EDITED = frozenset({Kind.CONTACT_CHANGED, Kind.CONTACT_ADDRESS_PROVED, Kind.ORCID_MOVED})
_INFORMATION = frozenset({Kind.MEMBER_CREATED, Kind.INFORMATION_CHANGED, Kind.MEMBER_RENAMED})
_PERIODS = frozenset({Kind.MEMBERSHIP_STARTED, Kind.MEMBERSHIP_CHANGED})
TOLD_KINDS = _LEFT | _ROLES | _EDITED | _INFORMATION | _PERIODS
TOLD_KINDS |= {Kind.CONTACT_ADDED, Kind.MEMBERS_MERGED}


@dataclass(frozen=True)
class Person:
    """A contact as ORCID knows one. `orcid` and the rest may be empty once they were erased."""

    given_names: str = ""
    family_name: str = ""
    email: str = ""
    orcid: str = ""
    roles: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.given_names} {self.family_name}".strip() or self.orcid


@dataclass
class State:
    """A member at one moment: contacts by key, facts by field, periods in the consortium by key."""

    people: dict[int, Person] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    periods: dict[int, tuple[str, str]] = field(default_factory=dict)

    def copy(self) -> "State":
        return State(dict(self.people), dict(self.facts), dict(self.periods))

    def holder(self, role: str) -> tuple[int, Person] | None:
        found = (item for item in self.people.items() if role in item[1].roles)
        return next(found, None)

    def voter(self) -> tuple[int, Person] | None:
        """R4: the effective voting contact."""
        return self.holder(Role.VOTING) or self.holder(Role.MAIN)


@dataclass(frozen=True)
class Between:
    """One member at the two cursors."""

    member: Member
    then: State
    now: State
    # Names of members that were merged into it between them.
    merged: tuple[str, ...] = ()


def latest_cursor() -> int:
    """The newest event of the feed; everything up to it is there to be read (H3)."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def between(consortium: Consortium, *, since: int, through: int) -> list[Between]:
    """The members that events after `since`, up to `through`, tell of, at both moments, by name.

    Of a former member nothing later than its end is told (A3). Eight queries at most, however many
    members there are.
    """
    touched = _events(since).filter(pk__lte=through, member__memberships__consortium=consortium)
    members = _now(consortium, list(touched.order_by().values_list("member", flat=True).distinct()))
    events = _events(since).filter(member__in=[found.member for found in members])
    by_member: dict[int | None, list[Event]] = {}
    for event in events.order_by("-pk"):
        by_member.setdefault(event.member_id, []).append(event)
    took_back = _TakenBack(by_member.values(), since)
    return [
        took_back.states(found, by_member.get(found.member.pk, []), through) for found in members
    ]


def _events(since: int) -> Any:
    return Event.objects.filter(pk__gt=since, kind__in=TOLD_KINDS)


@dataclass(frozen=True)
class _Now:
    member: Member
    state: State
    # The last day on which the consortium learns of it; empty while it is a member.
    until: str


def _now(consortium: Consortium, keys: list[int]) -> list[_Now]:
    periods = Membership.objects.filter(consortium=consortium)
    people = Contact.objects.current().prefetch_related("role_assignments")
    members = Member.objects.filter(pk__in=keys).prefetch_related(
        Prefetch("memberships", periods, to_attr="periods"),
        Prefetch("contacts", people, to_attr="people"),
    )
    return [_read(member) for member in members]


def _read(member: Any) -> _Now:
    state = State(
        people={contact.pk: _person(contact) for contact in member.people},
        facts={name: getattr(member, name) for name in FACTS},
        periods={
            period.pk: (str(period.start or ""), str(period.end or "")) for period in member.periods
        },
    )
    ends = [end for _start, end in state.periods.values()]
    return _Now(member, state, until=max(ends) if ends and all(ends) else "")


def _person(contact: Contact) -> Person:
    details = {name: getattr(contact, name) for name in _DETAILS}
    return Person(**details, roles=tuple(str(role) for role in contact.roles))


class _TakenBack:
    """Takes events back. What they do not hold themselves is read once for all of them: the rows
    of people who left, and what was known of a period before it was changed."""

    def __init__(self, events: Iterable[list[Event]], since: int) -> None:
        flat = [event for some in events for event in some]
        left = [event.changes.get("contact") for event in flat if event.kind in _LEFT]
        self._left = {contact.pk: contact for contact in Contact.objects.filter(pk__in=left)}
        self._periods = _earlier_periods(flat, since)

    def states(self, found: _Now, events: list[Event], through: int) -> Between:
        """`events` are the member's, newest first."""
        state = found.state
        counted = []
        for event in events:
            if event.pk > through or _is_too_late(event, found.until):
                self._take_back(state, event)
            else:
                counted.append(event)
        now = state.copy()
        for event in counted:
            self._take_back(state, event)
        merged = [event for event in counted if event.kind == Kind.MEMBERS_MERGED]
        names = tuple(str(event.changes["names"][0]) for event in reversed(merged))
        return Between(found.member, then=state, now=now, merged=names)

    def _take_back(self, state: State, event: Event) -> None:
        if event.kind in _INFORMATION:
            changed = event.changes.get("fields") or {}
            state.facts |= {name: str(changed[name][0]) for name in FACTS if changed.get(name)}
        elif event.kind in _PERIODS:
            self._take_back_period(state, event)
        elif (key := event.changes.get("contact")) is not None:
            self._take_back_contact(state, int(key), event)

    def _take_back_period(self, state: State, event: Event) -> None:
        key = event.changes.get("membership")
        if key not in state.periods:
            return
        if event.kind == Kind.MEMBERSHIP_STARTED:
            del state.periods[key]
        else:
            # Without an earlier event only the end can have been set.
            state.periods[key] = self._periods.get(event.pk, (state.periods[key][0], ""))

    def _take_back_contact(self, state: State, key: int, event: Event) -> None:
        if event.kind == Kind.CONTACT_ADDED:
            state.people.pop(key, None)
            return
        if event.kind in _LEFT:
            state.people[key] = _who_left(self._left.get(key), event)
        person = state.people.get(key)
        if person is None:
            return
        if event.kind in _EDITED:
            person = _with(person, event.personal or {})
        roles = event.changes.get("roles")
        if event.kind in _ROLES and roles:
            person = replace(person, roles=tuple(roles[0]))
        state.people[key] = person


def _is_too_late(event: Event, until: str) -> bool:
    """After the end of the membership; the end itself is the consortium's own to tell."""
    if not until or event.kind in _PERIODS:
        return False
    return str(day_of(event.created_at)) > until


def _with(person: Person, personal: Mapping[str, Any]) -> Person:
    """With the details that stood before an event."""
    pairs = {name: personal[name] for name in _DETAILS if isinstance(personal.get(name), list)}
    details = {name: getattr(person, name) for name in _DETAILS}
    details |= {name: pair[0] or "" for name, pair in pairs.items()}
    return Person(**details, roles=person.roles)


def _who_left(contact: Contact | None, event: Event) -> Person:
    """As they were when they left: from their row while it is kept, else from the event."""
    personal, roles = event.personal or {}, tuple((event.changes.get("roles") or [[]])[0])
    person = Person(family_name=str(personal.get("name") or ""), roles=roles)
    if contact is not None:
        details = {name: getattr(contact, name) for name in _DETAILS}
        person = Person(**details, roles=roles)
    return _with(person, personal)


def _earlier_periods(events: list[Event], since: int) -> dict[int, tuple[str, str]]:
    """What a period was before each event that changed it: what the event before said of it."""
    changed = [event for event in events if event.kind in _PERIODS]
    keys = {event.changes.get("membership") for event in changed}
    older = Event.objects.filter(
        Q(changes__membership__in=list(keys)),
        member__in={event.member_id for event in changed},
        kind__in=_PERIODS,
        pk__lte=since,
    )
    known: dict[Any, tuple[str, str]] = {}
    before: dict[int, tuple[str, str]] = {}
    for event in [*older.order_by("pk"), *sorted(changed, key=lambda event: event.pk)]:
        key = event.changes.get("membership")
        if key in known:
            before[event.pk] = known[key]
        known[key] = (event.changes.get("start") or "", event.changes.get("end") or "")
    return before
