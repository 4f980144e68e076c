"""What is held about one person, section by section: each room says it of its own.

A room registers one function when its app is ready; the page and the downloads draw on all of them. A
test walks every model, so that none is forgotten: each relation to a person is in `covers` of a section.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.models import User
from contacts.throttles import DAY, in_words

_Words = str | Promise
_ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Column:
    """One thing that a row says: its name in files, its words, and how it is read."""

    key: str
    label: _Words
    read: Callable[[Any], Any]


@dataclass(frozen=True)
class Section:
    """Rows of one kind, and all that a person may ask about them."""

    key: str
    title: _Words
    source: _Words  # where they come from
    why: _Words
    until: _Words  # how long they are kept
    seen_by: _Words
    columns: Sequence[Column]
    rows: QuerySet[Any]
    # Which relations, and columns by which a person is known, it shows: "contacts.Contact.orcid".
    covers: frozenset[str]
    # Where it is put right, and what that is called; without one, by asking.
    change: tuple[str, _Words] | None = None

    def values(self, most: int | None = None) -> Iterator[dict[str, Any]]:
        """Row by row, plain values by their columns' keys; memory stays flat."""
        found = self.rows if most is None else self.rows[:most]
        for row in found.iterator(_ROWS_AT_ONCE):
            yield {column.key: _plain(column.read(row)) for column in self.columns}


Offer = Callable[[User], Iterator[Section]]
_offers: list[Offer] = []
_deeds: set[str] = set()


def register(offer: Offer, deeds: Iterable[str] = ()) -> None:
    """Have a room's sections shown; in the order in which they are registered.

    `deeds` are its relations that say no more of a person than that they did something: the history
    tells them, and they stay when an account is emptied, without its name (H4).
    """
    if offer not in _offers:
        _offers.append(offer)
        _deeds.update(deeds)


def deeds() -> frozenset[str]:
    """Every room's relations that say who did something."""
    return frozenset(_deeds)


def sections(user: User) -> list[Section]:
    """Everything that is held about the person, whether there are rows or not."""
    return [section for offer in _offers for section in offer(user)]


def column(key: str, label: _Words, path: str = "") -> Column:
    """Read along attributes (`member.display_name`), calling methods such as `get_state_display`."""

    def read(row: Any) -> Any:
        for name in (path or key).split("."):
            if name.startswith("get_") and name.endswith("_display"):
                return _label(row, name.removeprefix("get_").removesuffix("_display"))
            row = getattr(row, name, None)
            if row is None:
                return None
            if callable(row):
                row = row()
        return row

    return Column(key, label, read)


def _label(row: Any, name: str) -> _Words:
    """As `get_…_display`, which translates every choice there is each time it is asked for one: with
    some ten thousand events that takes minutes."""
    value = getattr(row, name)
    labels: dict[Any, _Words] = _labels(row.__class__, name)
    label: _Words = labels.get(value, value)
    return label


@cache
def _labels(model: Any, name: str) -> Any:
    """Not in words yet: each reader has their own language."""
    return dict(model._meta.get_field(name).flatchoices)


def proved_addresses(user: User) -> list[str]:
    """What others hold by an address is shown to whoever has proved it, and nobody else: what is known
    to be another person's, with whom they share the mailbox, is that person's to see."""
    proved = EmailAddress.objects.filter(user=user, verified=True).annotate(low=Lower("email"))
    return list(proved.values_list("low", flat=True))


def span(days: int) -> str:
    """So many days, in words."""
    if days % 365 == 0:
        return ngettext("%(n)s month", "%(n)s months", days // 365 * 12) % {"n": days // 365 * 12}
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def lasting(seconds: int) -> str:
    """So long, in words: whole days, or rounded up."""
    return in_words(seconds) if seconds % DAY else span(seconds // DAY)


def kept(setting: str) -> str:
    """How long, by the very setting that erases it."""
    return span(getattr(settings, setting))


def as_long_as_account() -> str:
    """Of what goes with the account."""
    return _(
        "As long as your account. It is deleted when you say so, or %(span)s after you have last "
        "signed in, unless you are a contact or have connected ORCID."
    ) % {"span": kept("RETAIN_FORMER_CONTACTS_DAYS")}


def _plain(value: Any) -> Any:
    """As JSON, CSV and the page can show it."""
    if isinstance(value, datetime.datetime | datetime.date):
        return value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    return str(value)
