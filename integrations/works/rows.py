"""Works as a table shows them."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format

from integrations.works.identifiers import web_address
from integrations.works.models import Work
from integrations.works.models.content import WorkContent
from integrations.works.vocabulary import Name, identifier_type_name, relation_name, type_name

# What a row needs: descriptions, people and keys may be long.
_COLUMNS = (
    "pk", "person_id", "origin", "type", "title", "subtitle", "journal_title", "published",
    "identifiers", "visibility", "source_name", "left_orcid_at", "hidden_at", "edited_fields",
    "orcid_values", "version",
)  # fmt: skip
# As many identifiers in a row; all of them are on the work's own page.
MOST_IDENTIFIERS = 4


@dataclass(frozen=True)
class Row:
    work: WorkContent
    type_name: Name
    date: str
    # How it belongs to the work (empty for its own), kind, value, and address where it has one.
    identifiers: list[tuple[Name, Name, str, str]]
    more_identifiers: int


def with_columns(works: QuerySet[Work, Any]) -> QuerySet[Work, Any]:
    """Only what rows show."""
    return works.only(*_COLUMNS)


def rows_of(works: Iterable[WorkContent]) -> list[Row]:
    return [
        Row(
            work=work,
            type_name=type_name(work.type),
            date=date_in_words(work.published),
            identifiers=[
                (
                    relation_name(found.get("relationship", "self")),
                    identifier_type_name(found["type"]),
                    found["value"],
                    _address(found),
                )
                for found in work.identifiers[:MOST_IDENTIFIERS]
            ],
            more_identifiers=max(len(work.identifiers) - MOST_IDENTIFIERS, 0),
        )
        for work in works
    ]


def as_public(works: Iterable[Work]) -> list[Work]:
    """The same, as ORCID shows them to everyone: never to be saved. What has been edited here is its
    owner's alone (O7)."""
    found = list(works)
    for work in found:
        for name, value in work.orcid_says.items():
            setattr(work, name, value)
    return found


def date_in_words(published: str) -> str:
    """As much of a date as is known, in words: `2012`, `October 2012`, `1 October 2012`."""
    parts = [int(part) for part in published.split("-") if part.isdigit()]
    try:
        day = datetime.date(*[*parts, 1, 1][:3])
    except (TypeError, ValueError):
        return published
    match len(parts):
        case 3:
            return date_format(day, "DATE_FORMAT")
        case 2:
            return date_format(day, "YEAR_MONTH_FORMAT")
        case _:
            return published


def _address(found: dict[str, str]) -> str:
    url = found.get("url", "")
    return url if web_address(url) else ""
