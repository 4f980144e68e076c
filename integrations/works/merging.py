"""What a reading of the record does to the works that are here (rule O7). No database, no HTTP.

The outcome does not depend on the order of anything, and doing it twice is doing it once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from integrations.works import content
from integrations.works.identifiers import match_keys
from integrations.works.mapping import Group
from integrations.works.models import Work

# What a work says: ORCID's, except where the person said otherwise here.
FIELDS = tuple(content.FIELDS)


@dataclass(frozen=True)
class Known:
    """Of a work that is here, what decides to which group it belongs."""

    pk: int
    put_code: int | None = None
    put_codes: tuple[int, ...] = ()
    modified: int | None = None
    visibility: str = Work.Visibility.PRIVATE
    has_left: bool = False
    identifiers: Sequence[dict[str, str]] = field(default=(), repr=False)

    @property
    def keys(self) -> frozenset[tuple[str, str]]:
        return match_keys(self.identifiers)


@dataclass(frozen=True)
class Match:
    """A group and the works here that are it: none when it is new, several are to be united."""

    group: Group
    known: tuple[Known, ...]  # the oldest first

    @property
    def must_be_read(self) -> bool:
        """Whether the whole of it is needed, or the summary says nothing that is not here."""
        if len(self.known) != 1:
            return True
        here = self.known[0]
        return here.put_code != self.group.put_code or here.modified != self.group.modified

    @property
    def stands_otherwise(self) -> bool:
        """Whether the summary alone brings news: other versions, visibility, or that it is back."""
        here, group = self.known[0], self.group
        return (
            here.has_left
            or here.visibility != group.visibility
            or tuple(here.put_codes) != group.put_codes
        )


@dataclass(frozen=True)
class Plan:
    matches: list[Match]
    left: list[int]  # keys of works that the record shows no more


def match(known: Iterable[Known], groups: Sequence[Group], ours: Collection[int] = ()) -> Plan:
    """Which works are which groups: by put-code first, then by an identifier of the work itself.

    `ours`: put-codes of what this portal wrote, which are skipped: a work that bears one has not left.
    A work is one group at most; where it could be several, that of the smallest put-code.
    """
    ordered = sorted(groups, key=lambda group: min(group.put_codes))
    by_code = {code: at for at, group in enumerate(ordered) for code in group.put_codes}
    found: dict[int, list[Known]] = {}
    rest: list[Known] = []
    for work in known:
        at = _by_put_code(work, by_code)
        if at is None:
            rest.append(work)
        else:
            found.setdefault(at, []).append(work)
    left = _match_rest(rest, ordered, found, ours)
    matches = [
        Match(group, tuple(sorted(found.get(at, ()), key=lambda work: work.pk)))
        for at, group in enumerate(ordered)
    ]
    return Plan(matches, sorted(left))


def _by_put_code(work: Known, by_code: Mapping[int, int]) -> int | None:
    if work.put_code is not None and work.put_code in by_code:
        return by_code[work.put_code]
    # Its version is gone, another one of its group is there.
    others = [code for code in work.put_codes if code in by_code]
    return by_code[min(others)] if others else None


def _match_rest(
    rest: list[Known],
    ordered: list[Group],
    found: dict[int, list[Known]],
    ours: Collection[int],
) -> list[int]:
    """By identifiers; returns the keys of those that left the record."""
    if not rest:
        return []
    by_key: dict[tuple[str, str], int] = {}
    for at, group in enumerate(ordered):
        for key in group.keys:
            by_key.setdefault(key, at)
    left = []
    for work in rest:
        places = [by_key[key] for key in work.keys if key in by_key]
        if places:
            found.setdefault(min(places), []).append(work)
        elif work.put_code is not None and not work.has_left and work.put_code not in ours:
            left.append(work.pk)
    return left


def own_fields(work: Work) -> set[str]:
    """Names of the fields that are the person's own: edited, or, typed or filed, not empty."""
    own = set(work.edited_fields)
    if work.origin != Work.Origin.ORCID:
        own |= {name for name in FIELDS if getattr(work, name)}
    for pair in content.PAIRS:
        if own & pair:
            own |= pair
    return own


def unite(works: Sequence[Work]) -> Work:
    """The first takes what is the person's own in the others; those are then to be deleted.

    Where several have edited the same field, the first one's word stands. Hidden stays hidden, unless
    one of them was to be seen: what people saw does not disappear.
    """
    first, *others = works
    own = own_fields(first)
    for other in others:
        for name in own_fields(other) - own:
            if first.origin == Work.Origin.ORCID:
                first.orcid_values.setdefault(name, getattr(first, name))
            setattr(first, name, getattr(other, name))
            own.add(name)
    first.edited_fields = sorted(own)
    # Public for as long as either was: it is not new because it was typed before.
    known = [work.public_since for work in works if work.public_since]
    first.public_since = min(known, default=None)
    if any(other.hidden_at is None for other in works):
        first.hidden_at = None
    return first


def fill(work: Work, group: Group, fields: Mapping[str, Any]) -> None:
    """Make the work what ORCID says of it, except for what is the person's own."""
    own = own_fields(work)
    for name in FIELDS:
        if name not in own:
            setattr(work, name, fields[name])
    work.edited_fields = sorted(own)
    work.orcid_values = {name: fields[name] for name in sorted(own)}
    work.origin = Work.Origin.ORCID
    work.put_code = group.put_code
    # The list's date, though the whole may be newer already: then it is read again next time.
    work.orcid_modified = group.modified
    stand(work, group)


def stand(work: Work, group: Group) -> None:
    """What the summary alone says of it."""
    work.group_put_codes = list(group.put_codes)
    work.source_name = group.source_name
    work.visibility = group.visibility
    work.left_orcid_at = None
    is_public = work.visibility == Work.Visibility.PUBLIC
    work.public_since = (work.public_since or timezone.now()) if is_public else None
