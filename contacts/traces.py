"""What a person is known by here, and where the history, mails and reports name them (rule H4)."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast, Lower

from contacts.models import Contact, User
from members.models import Consortium, Event, Member

# Who signed for a member without an iD is the member's to remember, whatever the address.
_NOT_THEIRS = [Event.Kind.AGREEMENT_RECORDED, Event.Kind.AGREEMENT_REMOVED]


@dataclass(frozen=True)
class Traces:
    """iDs, addresses and names of one person; addresses that others have, too, are left out."""

    orcids: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def and_by(self, *, addresses: Iterable[str] = (), names: Iterable[str] = ()) -> Self:
        """The same person, known by these as well."""
        theirs = only_theirs(addresses, self.orcids)
        return type(self)(self.orcids, self.addresses | theirs, self.names | _told(names))

    def words(self) -> "re.Pattern[str] | None":
        """Finds iDs and addresses, each as a whole; None where there are none."""
        found = sorted([*self.orcids, *self.addresses], key=len, reverse=True)
        if not found:
            return None
        either = "|".join(re.escape(one) for one in found)
        return re.compile(rf"(?<![\w.+-])(?:{either})(?![\w-]|\.\w)", re.IGNORECASE)

    def blacken(self, text: str) -> str:
        """The text without iD, address and name."""
        if words := self.words():
            text = words.sub("…", text)
        for name in sorted(self.names, key=len, reverse=True):
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "…", text, flags=re.IGNORECASE)
        return text


@dataclass
class Erased:
    """What a room deleted of a person: events that name them, and by member what else is gone."""

    events: set[int] = field(default_factory=set)
    also: dict[int, dict[str, list[Any]]] = field(default_factory=dict)
    addresses: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def naming(self, events: QuerySet[Event]) -> None:
        """These name the person: readers hear that they do no longer."""
        self.events |= set(events.order_by().values_list("pk", flat=True))

    def tell(self, member: int, what: str, key: Any) -> None:
        """Readers of that member's history hear that this is gone."""
        self.also.setdefault(member, {}).setdefault(what, []).append(key)

    def add(self, other: "Erased") -> None:
        self.events |= other.events
        self.addresses |= other.addresses
        self.names |= other.names
        for member, gone in other.also.items():
            for what, keys in gone.items():
                for key in keys:
                    self.tell(member, what, key)


def traces_of(accounts: Iterable[User], contacts: Iterable[Contact]) -> Traces:
    """Of one person: accounts that turned out to be theirs, and everything they are a contact of.

    An address that nobody has proved may be anybody's: those they typed on their own page are left
    out. Those of a contact were given for this person.
    """
    accounts, contacts = list(accounts), list(contacts)
    orcids = {user.orcid for user in accounts if user.orcid} | {one.orcid for one in contacts}
    proved = EmailAddress.objects.filter(user__in=accounts, verified=True)
    addresses = [*proved.values_list("email", flat=True), *(user.email for user in accounts)]
    addresses += [contact.email for contact in contacts]
    names = [name for user in accounts for name in (user.name, user.known_as, user.get_full_name())]
    names += [f"{one.given_names} {one.family_name}".strip() for one in contacts]
    found = frozenset(orcids)
    return Traces(found, only_theirs(addresses, found, accounts), _told(names))


def only_theirs(
    addresses: Iterable[str], orcids: Iterable[str], accounts: Iterable[User] = ()
) -> frozenset[str]:
    """Without those of a mailbox that several share, or an organisation shows as its own."""
    wanted = {one.strip().lower() for one in addresses} - {""}
    others = EmailAddress.objects.filter(verified=True).exclude(user__orcid__in=list(orcids))
    places: list[QuerySet[Any]] = [
        others.exclude(user__in=list(accounts)).annotate(low=Lower("email")),
        Contact.objects.current().exclude(orcid__in=list(orcids)).annotate(low=Lower("email")),
        Member.objects.annotate(low=Lower("public_email")),
        Consortium.objects.annotate(low=Lower("helpdesk_email")),
        Consortium.objects.annotate(low=Lower("reply_to_email")),
    ]
    found = [rows.filter(low__in=wanted).values_list("low", flat=True) for rows in places]
    return frozenset(wanted.difference(*found))


def _told(names: Iterable[str]) -> frozenset[str]:
    """Of one word alone ("Ann") too much would be blackened."""
    return frozenset(name for name in names if len(name.split()) > 1)


def events_naming(traces: Traces) -> set[int]:
    """The events whose personal part has an iD or address of theirs, whatever they are about."""
    words = traces.words()
    if words is None:
        return set()
    wanted = Q()
    for each in {*traces.orcids, *traces.addresses}:
        # As SQLite and PostgreSQL write it down: with letters beyond ASCII escaped, or not.
        for written in {each, json.dumps(each)[1:-1]}:
            wanted |= Q(said__icontains=written)
    named = Event.objects.filter(personal__isnull=False).exclude(kind__in=_NOT_THEIRS)
    found = named.annotate(said=Cast("personal", TextField())).filter(wanted).order_by()
    rows = found.values_list("pk", "personal")
    return {pk for pk, said in rows.iterator(1000) if any(words.search(one) for one in texts(said))}


def texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
