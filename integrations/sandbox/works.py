"""A work as ORCID stores it: read from ORCID's JSON, split into what lists show and the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.sandbox import external_ids

Json = dict[str, Any]

# The order of the registry's own list; `undefined` stands for what has no type there.
WORK_TYPES = frozenset(
    [
        "annotation",
        "artistic-performance",
        "blog-post",
        "book",
        "book-chapter",
        "book-review",
        "cartographic-material",
        "clinical-study",
        "conference-abstract",
        "conference-output",
        "conference-paper",
        "conference-poster",
        "conference-presentation",
        "conference-proceedings",
        "data-management-plan",
        "data-set",
        "design",
        "dictionary-entry",
        "disclosure",
        "dissertation-thesis",
        "edited-book",
        "encyclopedia-entry",
        "image",
        "invention",
        "journal-article",
        "journal-issue",
        "learning-object",
        "lecture-speech",
        "license",
        "magazine-article",
        "manual",
        "moving-image",
        "musical-composition",
        "newsletter-article",
        "newspaper-article",
        "online-resource",
        "other",
        "patent",
        "physical-object",
        "preprint",
        "public-speech",
        "registered-copyright",
        "report",
        "research-technique",
        "research-tool",
        "review",
        "software",
        "sound",
        "spin-off-company",
        "standards-and-policy",
        "supervised-student-publication",
        "technical-standard",
        "test",
        "trademark",
        "transcription",
        "translation",
        "website",
        "working-paper",
        "undefined",
    ]
)
RELATIONSHIPS = frozenset({"self", "part-of", "version-of", "funded-by"})


class ShapeError(ValueError):
    """The JSON is no work as ORCID has it; the text says why."""


@dataclass(frozen=True)
class Content:
    """What an item says: the part for lists, the rest, and the ids that group it.

    `identifiers` are (relationship, type, comparable value).
    """

    summary: Json
    details: Json
    identifiers: tuple[tuple[str, str, str], ...]


def content(entry: Mapping[str, Any]) -> Content:
    """A work given as ORCID answers or takes it: a whole one, or a summary. ShapeError if not."""
    ids = [external_id(item) for item in listed(entry, "external-ids", "external-id")]
    return Content(
        summary={
            "title": title(entry.get("title")),
            "external-ids": {"external-id": ids},
            "url": wrapped(entry.get("url")),
            "type": work_type(entry.get("type")),
            "publication-date": fuzzy_date(entry.get("publication-date")),
            "journal-title": wrapped(entry.get("journal-title")),
        },
        details={
            "short-description": entry.get("short-description") or None,
            "citation": citation(entry.get("citation")),
            "contributors": {
                "contributor": [
                    contributor(item) for item in listed(entry, "contributors", "contributor")
                ]
            },
            "language-code": entry.get("language-code") or None,
            "country": wrapped(entry.get("country")),
        },
        identifiers=grouping_identifiers(ids),
    )


def grouping_identifiers(ids: list[Json]) -> tuple[tuple[str, str, str], ...]:
    unique = {
        (item["external-id-relationship"], *external_ids.key(item)): None
        for item in ids
        if item["external-id-relationship"] in external_ids.GROUPING
    }
    return tuple(unique)


def title(entry: Any) -> Json:
    parts = entry if isinstance(entry, Mapping) else {"title": entry}
    main = wrapped(parts.get("title"))
    if main is None:
        raise ShapeError("A work without a title.")
    translated = parts.get("translated-title") or None
    return {
        "title": main,
        "subtitle": wrapped(parts.get("subtitle")),
        "translated-title": translated
        and {
            "value": translated.get("value"),
            "language-code": translated.get("language-code"),
        },
    }


def work_type(name: Any) -> str:
    # ORCID's own older files have JOURNAL_ARTICLE.
    wanted = str(name or "").lower().replace("_", "-")
    if wanted not in WORK_TYPES:
        raise ShapeError(f"{name!r} is no type of work.")
    return wanted


def external_id(entry: Any) -> Json:
    if not isinstance(entry, Mapping) or not (
        entry.get("external-id-type") and entry.get("external-id-value")
    ):
        raise ShapeError("An external id needs external-id-type and external-id-value.")
    stored = external_ids.stored(entry)
    if stored["external-id-relationship"] not in RELATIONSHIPS:
        raise ShapeError(f"{stored['external-id-relationship']!r} is no relationship.")
    return stored


def fuzzy_date(entry: Any) -> Json | None:
    """As much of a date as is known: a year, with a month, with a day; zero-padded."""
    if not isinstance(entry, Mapping) or not (year := plain(entry.get("year"))):
        return None
    month, day = plain(entry.get("month")), plain(entry.get("day"))
    if not f"{year}{month}{day}".isdecimal():
        raise ShapeError(f"{year}-{month}-{day} is no date.")
    return {
        "year": {"value": year.zfill(4)},
        "month": {"value": month.zfill(2)} if month else None,
        "day": {"value": day.zfill(2)} if day else None,
    }


def citation(entry: Any) -> Json | None:
    if not isinstance(entry, Mapping) or not entry.get("citation-value"):
        return None
    return {
        "citation-type": entry.get("citation-type") or "formatted-unspecified",
        "citation-value": entry["citation-value"],
    }


def contributor(entry: Mapping[str, Any]) -> Json:
    attributes = entry.get("contributor-attributes") or {}
    return {
        "contributor-orcid": entry.get("contributor-orcid") or None,
        "credit-name": wrapped(entry.get("credit-name")),
        # Taken and dropped, as the registry does.
        "contributor-email": None,
        "contributor-attributes": {
            "contributor-sequence": attributes.get("contributor-sequence") or None,
            "contributor-role": attributes.get("contributor-role") or None,
        },
    }


def listed(entry: Mapping[str, Any], outer: str, inner: str) -> list[Any]:
    """The list in `{"outer": {"inner": […]}}`; a single value counts as a list of one."""
    items = (entry.get(outer) or {}).get(inner) or []
    return items if isinstance(items, list) else [items]


def plain(entry: Any) -> str:
    value = entry.get("value") if isinstance(entry, Mapping) else entry
    return "" if value is None else str(value)


def wrapped(entry: Any) -> Json | None:
    text = plain(entry)
    return {"value": text} if text else None
