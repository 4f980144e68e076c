"""Which works of a list a new one is, or may be, the same as."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Q, QuerySet

from contacts.models import User
from integrations.works.content import Content, Likeness, likeness, may_be_same
from integrations.works.identifiers import match_keys
from integrations.works.models import Work
from integrations.works.models.content import title_key
from members import text

Where = TypeVar("Where")


@dataclass(frozen=True)
class Same(Generic[Where]):
    """Where it is found; certain by an identifier, else only alike in title, year and type."""

    at: Where
    is_certain: bool


class Alike(Generic[Where]):
    """Works by what they may be recognised by: in a list, or in a file."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, str], Where] = {}
        self._by_likeness: dict[Likeness, list[tuple[Where, Content]]] = defaultdict(list)

    def add(self, at: Where, content: Content) -> None:
        """Make it known. The first of several that are the same is the one that is found."""
        for key in match_keys(content["identifiers"]):
            self._by_key.setdefault(key, at)
        self._by_likeness[likeness(content)].append((at, content))

    def find(self, content: Content) -> Same[Where] | None:
        """The same work (rule O7), else one that may be, unless their identifiers say otherwise."""
        for key in sorted(match_keys(content["identifiers"])):
            if key in self._by_key:
                return Same(self._by_key[key], is_certain=True)
        for at, other in self._by_likeness.get(likeness(content), []):
            if may_be_same(content["identifiers"], other["identifiers"]):
                return Same(at, is_certain=False)
        return None


def works_of(person: User, *, besides: int | None = None) -> Alike[tuple[int, str]]:
    """The list of a person, hidden works too: each found as its key and title."""
    return listed(Work.objects.of(person), besides=besides)


def near(works: QuerySet[Any, Any], content: Content) -> QuerySet[Any, Any]:
    """Those of a long list that may be the same, so that not all of it is read for one."""
    wanted = Q(sort_key=title_key(content["title"]))
    for _kind, value in match_keys(content["identifiers"]):
        wanted |= Q(search_key__contains=text.search_key(value))
    return works.filter(wanted)


def listed(works: QuerySet[Any, Any], *, besides: int | None = None) -> Alike[tuple[int, str]]:
    """A list, each work found as its key and title."""
    found: Alike[tuple[int, str]] = Alike()
    if besides is not None:
        works = works.exclude(pk=besides)
    columns = ("pk", "title", "published", "type", "identifiers")
    rows = works.order_by("pk").values_list(*columns)
    for pk, title, published, kind, identifiers in rows.iterator():
        content = {
            "title": title,
            "published": published,
            "type": kind,
            "identifiers": identifiers,
        }
        found.add((pk, title), content)
    return found
