"""Which members are there already? Asked before one is added (formats.md section 3).

By identifier, by website (hosts compared, no look-ups), by name. A ROR that differs says that it is
another organisation, whatever website or name they share.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from django.db.models import QuerySet

from members import text
from members.models import Consortium, Identifier, Member
from members.websites import website_host

Pair = tuple[str, str]  # scheme and normalised value
How = Literal["identifier", "website", "name", ""]


@dataclass(frozen=True, eq=False)
class Entry:
    """An organisation as far as it matters here: a member, or the row of a file that adds one."""

    member: Member | None
    row: int
    identifiers: frozenset[Pair]
    host: str
    names: frozenset[str]

    @classmethod
    def of_member(cls, member: Member) -> Self:
        """Prefetch `identifiers` for many."""
        pairs = frozenset((held.scheme, held.value) for held in member.identifiers.all())
        names = plain_names([member.display_name, member.legal_name])
        return cls(member, 0, pairs, website_host(member.website), names)

    def is_other_than(self, identifiers: Iterable[Pair]) -> bool:
        """Whether both have a ROR and share none."""
        theirs = {value for scheme, value in self.identifiers if scheme == Identifier.Scheme.ROR}
        ours = {value for scheme, value in identifiers if scheme == Identifier.Scheme.ROR}
        return bool(theirs and ours) and not theirs & ours


@dataclass(frozen=True)
class Match:
    """What was found, by the strongest sign; `others` share website or name but not the ROR."""

    entries: Sequence[Entry] = ()
    how: How = ""
    others: Sequence[Entry] = ()


@dataclass
class Register:
    """Everything that is there, ready for many questions."""

    by_identifier: dict[Pair, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    by_host: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of_members(cls, known: QuerySet[Member, Any] | None = None) -> Self:
        """Of all members, or of those that may be told of to whoever asks."""
        register = cls()
        members = Member.objects.all() if known is None else known
        for member in members.prefetch_related("identifiers", "memberships__consortium"):
            register.add(Entry.of_member(member))
        return register

    def add(self, entry: Entry) -> None:
        for pair in entry.identifiers:
            self.by_identifier[pair].append(entry)
        for name in entry.names:
            self.by_name[name].append(entry)
        if entry.host:
            self.by_host[entry.host].append(entry)

    def find(self, *, identifiers: Sequence[Pair], website: str, names: Iterable[str]) -> Match:
        """Who has one of the identifiers; else the website; else the name."""
        found = _once(entry for pair in identifiers for entry in self.by_identifier.get(pair, []))
        if found:
            return Match(found, "identifier")
        host = website_host(website)
        same_site = self.by_host.get(host, []) if host else []
        same_name = _once(
            entry for name in plain_names(names) for entry in self.by_name.get(name, [])
        )
        others = [e for e in _once([*same_site, *same_name]) if e.is_other_than(identifiers)]
        how: How
        for how, candidates in (("website", same_site), ("name", same_name)):
            if left := [entry for entry in candidates if entry not in others]:
                return Match(left, how, others)
        return Match((), "", others)


def plain_names(names: Iterable[str]) -> frozenset[str]:
    """Names without case, accents, punctuation: what two spellings of one have in common."""
    plain = (" ".join(text.sort_key(name).split()) for name in names)
    return frozenset(name for name in plain if name)


def in_consortium(entries: Sequence[Entry], consortium: Consortium) -> list[Entry]:
    """Those that are current members of the consortium."""
    return [
        entry
        for entry in entries
        if entry.member
        and any(
            period.consortium_id == consortium.pk and period.status != period.Status.ENDED
            for period in entry.member.memberships.all()
        )
    ]


def _once(entries: Iterable[Entry]) -> list[Entry]:
    return list(dict.fromkeys(entries))
