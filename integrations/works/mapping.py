"""From ORCID's JSON to our works. Whatever a record holds, nothing here raises: what cannot be used is
left out, since one odd work must not keep out the others.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from integrations.orcid.http import shown
from integrations.orcid.ids import is_orcid
from integrations.works.identifiers import identifier, match_keys
from integrations.works.languages import from_orcid
from integrations.works.models import Work

Json = dict[str, Any]
_LARGEST_KEY = 2**63 - 1
_YEAR, _TWO = re.compile(r"\d{4}", re.ASCII), re.compile(r"\d{2}", re.ASCII)


@dataclass(frozen=True)
class Group:
    """One publication as ORCID groups its versions; the preferred one is what people see (O7)."""

    put_codes: tuple[int, ...]  # the preferred one first
    modified: int  # when the preferred one last was; milliseconds since 1970
    visibility: str
    source_name: str
    # ORCID's JSON of them, of the group and of its preferred version: seldom needed.
    named: tuple[Json, ...] = field(default=(), repr=False)

    @property
    def put_code(self) -> int:
        return self.put_codes[0]

    @property
    def keys(self) -> frozenset[tuple[str, str]]:
        """By what it is known again, whatever its put-codes."""
        return match_keys(entry for json in self.named for entry in _identifiers(json))


def read_groups(found: Iterable[Json], *, own_client: str) -> tuple[list[Group], dict[int, str]]:
    """The groups of a works section; and of what `own_client` wrote, which is skipped, who sees it, by
    put-code."""
    groups, ours = [], dict[int, str]()
    for json in found:
        versions = []
        for summary in _dicts(json.get("work-summary")):
            if (put_code := _key(summary.get("put-code"))) is None:
                continue
            if own_client and _source_client(summary) == own_client:
                ours[put_code] = _visibility(summary)
            else:
                versions.append((put_code, summary))
        if versions:
            groups.append(_group(versions, json))
    return groups, ours


def _group(versions: list[tuple[int, Json]], json: Json) -> Group:
    # `max` takes the first of equals: ties as ORCID orders them.
    put_code, preferred = max(versions, key=lambda version: _number(version[1], "display-index"))
    others = [code for code, _summary in versions if code != put_code]
    return Group(
        put_codes=(put_code, *sorted(others)),
        modified=_modified(preferred),
        visibility=_visibility(preferred),
        source_name=_source_name(preferred),
        named=tuple({"external-ids": part.get("external-ids")} for part in (json, preferred)),
    )


def fingerprint(found: Iterable[Json]) -> str:
    """A digest of all that makes a works section another one."""
    digest = hashlib.sha256()
    for json in found:
        for summary in _dicts(json.get("work-summary")):
            parts = ("put-code", "last-modified-date", "display-index", "visibility")
            digest.update(repr([summary.get(part) for part in parts]).encode(errors="replace"))
        digest.update(b"|")
    return digest.hexdigest()


def put_code_of(json: Json) -> int | None:
    return _key(json.get("put-code"))


def work_fields(json: Json) -> Json:
    """The content of a whole work (`merging.FIELDS`)."""
    title = _dict(json.get("title"))
    translated = _dict(title.get("translated-title"))
    citation = _dict(json.get("citation"))
    return {
        "type": _line(json.get("type"))[:50] or "other",
        "title": _line(_value(title.get("title"))),
        "subtitle": _line(_value(title.get("subtitle"))),
        "translated_title": _line(translated.get("value")),
        "translated_title_language": from_orcid(_line(translated.get("language-code"))[:10]),
        "journal_title": _line(_value(json.get("journal-title"))),
        "short_description": shown(json.get("short-description")).strip(),
        "published": _date(json.get("publication-date")),
        "url": _line(_value(json.get("url"))),
        "language_code": from_orcid(_line(json.get("language-code"))[:10]),
        "country": _line(_value(json.get("country")))[:2],
        "citation_type": _line(citation.get("citation-type"))[:30],
        "citation_value": shown(citation.get("citation-value")).strip(),
        "identifiers": _identifiers(json),
        "contributors": _contributors(json),
    }


def _identifiers(json: Json) -> list[dict[str, str]]:
    entries = []
    for found in _dicts(_dict(json.get("external-ids")).get("external-id")):
        kind, value = _line(found.get("external-id-type")), _line(found.get("external-id-value"))
        if kind and value:
            relationship = _line(found.get("external-id-relationship"))
            url = _line(_value(found.get("external-id-url")))
            entries.append(identifier(kind, value, relationship, url))
    return entries


def _contributors(json: Json) -> list[dict[str, str]]:
    people = []
    for found in _dicts(_dict(json.get("contributors")).get("contributor")):
        orcid = _line(_dict(found.get("contributor-orcid")).get("path"))
        name = _line(_value(found.get("credit-name")))
        attributes = _dict(found.get("contributor-attributes"))
        person = {
            "name": name,
            "orcid": orcid if orcid and is_orcid(orcid) else "",
            "role": _line(attributes.get("contributor-role")),
            "sequence": _line(attributes.get("contributor-sequence")),
        }
        if person["name"] or person["orcid"]:
            people.append(person)
    return people


def _date(found: object) -> str:
    """As much as is known: `2012`, `2012-10` or `2012-10-01`."""
    date = _dict(found)
    year, month, day = (_line(_value(date.get(part))) for part in ("year", "month", "day"))
    if not _YEAR.fullmatch(year):
        return ""
    if not (_TWO.fullmatch(month) and "01" <= month <= "12"):
        return year
    if not (_TWO.fullmatch(day) and "01" <= day <= "31"):
        return f"{year}-{month}"
    return f"{year}-{month}-{day}"


def _visibility(json: Json) -> str:
    found = json.get("visibility")
    return found if found in Work.Visibility.values else Work.Visibility.PRIVATE


def _source_name(json: Json) -> str:
    return _line(_value(_dict(json.get("source")).get("source-name")))[:255]


def _source_client(json: Json) -> object:
    return _dict(_dict(json.get("source")).get("source-client-id")).get("path")


def _modified(json: Json) -> int:
    return _key(_value(json.get("last-modified-date"))) or 0


def _number(json: Json, name: str) -> int:
    """`display-index` is a number in a text."""
    try:
        return int(json.get(name) or 0)
    except (TypeError, ValueError):
        return 0


def _key(found: object) -> int | None:
    fits = isinstance(found, int) and not isinstance(found, bool) and 0 < found <= _LARGEST_KEY
    return found if fits else None  # type: ignore[return-value]  # an int, as it fits


def _line(found: object) -> str:
    if not isinstance(found, str):
        return ""
    # Most are one plain word, and there are a thousand in a record of thirty works.
    if found.isalnum():
        return found
    plain = found if found.isascii() and "\0" not in found else shown(found)
    return " ".join(plain.split())


def _value(found: object) -> object:
    """`{"value": …}` without its wrapping."""
    return found.get("value") if isinstance(found, dict) else found


def _dict(found: object) -> Json:
    return found if isinstance(found, dict) else {}


def _dicts(found: object) -> list[Json]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
