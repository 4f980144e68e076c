"""A record's works as its pages show them: in groups, the preferred version first."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format

from integrations.sandbox.api.groups import Row, group_rows
from integrations.sandbox.api.works import WORK, newest_first
from integrations.sandbox.models import Activity, Client, Person, Visibility

Json = dict[str, Any]


@dataclass(frozen=True)
class Identifier:
    type: str
    value: str
    relationship: str
    url: str


@dataclass(frozen=True)
class Version:
    """One item of a group."""

    put_code: int
    summary: Json
    source: str
    # By the person: only such an item can be changed; of another, a copy.
    is_own: bool
    visibility: str

    @property
    def title(self) -> str:
        return text(self.summary["title"]["title"])

    @property
    def subtitle(self) -> str:
        return text(self.summary["title"]["subtitle"])

    @property
    def journal(self) -> str:
        return text(self.summary["journal-title"])

    @property
    def type(self) -> str:
        return type_in_words(self.summary["type"])

    @property
    def date(self) -> str:
        return fuzzy_in_words(self.summary["publication-date"])

    @property
    def url(self) -> str:
        return safe_url(text(self.summary["url"]))

    @property
    def identifiers(self) -> list[Identifier]:
        return [
            Identifier(
                type=item["external-id-type"],
                value=item["external-id-value"],
                relationship=item["external-id-relationship"],
                url=safe_url(text(item["external-id-url"])),
            )
            for item in self.summary["external-ids"]["external-id"]
        ]

    @property
    def visible_to(self) -> str:
        return Visibility(self.visibility).label


@dataclass(frozen=True)
class Group:
    versions: list[Version]

    @property
    def preferred(self) -> Version:
        return self.versions[0]

    @property
    def others(self) -> list[Version]:
        return self.versions[1:]


def work_groups(person: Person, seen: Q | None = None) -> list[list[Row]]:
    """The works that match `seen`, grouped and in the registry's order."""
    return sorted(group_rows(person, WORK, seen), key=lambda group: newest_first(group[0]))


def shown(groups: Iterable[list[Row]], *, own_source: str) -> list[Group]:
    """`own_source`: what to call the person where they typed the work."""
    some = list(groups)
    wanted = {row.source_client_id for group in some for row in group} - {None}
    names = dict(Client.objects.filter(pk__in=wanted).values_list("pk", "name"))
    return [
        Group(
            [
                Version(
                    put_code=row.put_code,
                    summary=row.summary,
                    source=names[row.source_client_id] if row.source_client_id else own_source,
                    is_own=row.source_client_id is None,
                    visibility=row.visibility,
                )
                for row in group
            ]
        )
        for group in some
    ]


def put_codes_beside(activity: Activity) -> list[int]:
    """The put-codes of the item's group, its own among them."""
    for group in group_rows(activity.person, Activity.Kind(activity.kind)):
        found = [row.put_code for row in group]
        if activity.pk in found:
            return found
    return [activity.pk]


def text(entry: Json | None) -> str:
    return str(entry["value"]) if entry and entry.get("value") else ""


def safe_url(address: str) -> str:
    """The address if it is one to follow: a record can hold anything, `javascript:` too."""
    return address if address.startswith(("https://", "http://")) else ""


def type_in_words(name: str) -> str:
    return name.replace("-", " ").capitalize()


def fuzzy_in_words(date: Json | None) -> str:
    if not date:
        return ""
    year, month, day = (text(date.get(part)) for part in ("year", "month", "day"))
    try:
        if month and day:
            return date_format(dt.date(int(year), int(month), int(day)), "j F Y")
        return date_format(dt.date(int(year), int(month), 1), "F Y") if month else year
    except ValueError:
        return "-".join(part for part in (year, month, day) if part)
