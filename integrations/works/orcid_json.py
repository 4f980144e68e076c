"""From a work to ORCID's JSON of it: the way back of `mapping`."""

from collections.abc import Collection
from typing import Any

from django.conf import settings

from integrations.works.languages import to_orcid
from integrations.works.models.content import WorkContent

Json = dict[str, Any]


def work_json(work: WorkContent, *, proved: Collection[str]) -> Json:
    """What ORCID is sent. Of people's iDs only those in `proved` are told: others are names.

    Whatever is empty is left out, so that the same work is always the same JSON.
    """
    made: Json = {
        "title": _without_nothing(
            {
                "title": _value(work.title),
                "subtitle": _value(work.subtitle),
                "translated-title": _translated(work),
            }
        ),
        "journal-title": _value(work.journal_title),
        "short-description": work.short_description,
        "citation": _citation(work),
        "type": work.type,
        "publication-date": _date(work.published),
        "external-ids": {"external-id": [_identifier(each) for each in work.identifiers]},
        "url": _value(work.url),
        "contributors": _people(work, proved),
        "language-code": to_orcid(work.language_code),
        "country": _value(work.country),
    }
    return _without_nothing(made)


def _value(text: str) -> Json | None:
    return {"value": text} if text else None


def _without_nothing(json: Json) -> Json:
    return {name: value for name, value in json.items() if value}


def _translated(work: WorkContent) -> Json | None:
    language = to_orcid(work.translated_title_language)
    if not work.translated_title or not language:
        return None
    return {"value": work.translated_title, "language-code": language}


def _citation(work: WorkContent) -> Json | None:
    if not work.citation_value or not work.citation_type:
        return None
    return {"citation-type": work.citation_type, "citation-value": work.citation_value}


def _date(published: str) -> Json | None:
    parts = [part for part in published.split("-") if part]
    names = ("year", "month", "day")
    return {name: {"value": part} for name, part in zip(names, parts, strict=False)} or None


def _identifier(each: dict[str, str]) -> Json:
    made: Json = {
        "external-id-type": each["type"],
        "external-id-value": each["value"],
        "external-id-relationship": each["relationship"],
    }
    if each.get("url"):
        made["external-id-url"] = {"value": each["url"]}
    return made


def _people(work: WorkContent, proved: Collection[str]) -> Json | None:
    people = [_person(each, proved) for each in work.contributors]
    return {"contributor": people} if people else None


def _person(each: dict[str, str], proved: Collection[str]) -> Json:
    attributes = {
        "contributor-sequence": each.get("sequence") or "additional",
        "contributor-role": each.get("role", ""),
    }
    orcid = each.get("orcid", "")
    made: Json = {
        "credit-name": _value(each["name"]),
        "contributor-attributes": _without_nothing(attributes),
    }
    if orcid in proved:
        host = settings.ORCID_BASE_URL.partition("://")[2].rstrip("/")
        uri = f"{settings.ORCID_BASE_URL.rstrip('/')}/{orcid}"
        made["contributor-orcid"] = {"uri": uri, "path": orcid, "host": host}
    return _without_nothing(made)
