"""CSL-JSON, the form in which reference managers exchange works. Plain JSON: no library is needed.

What CSL has no word for stands in `custom`, as its schema provides for.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from integrations.works.content import date_of, tidy, tidy_lines
from integrations.works.files import names
from integrations.works.files.dates import read_date
from integrations.works.files.entry import MAX_ENTRIES, Entry
from integrations.works.files.found import Found
from integrations.works.files.kinds import CSL_KINDS, CSL_NAMES, exact_or
from integrations.works.languages import language_code
from integrations.works.vocabulary import CONTRIBUTOR_ROLES, RELATIONSHIPS

if TYPE_CHECKING:
    from integrations.works.models import Work

_PEOPLE = {"author": "author", "editor": "editor", "translator": "chair-or-translator"}
_SPACE = r" \t\n\r"


# --- Reading -------------------------------------------------------------------------------------


def read(text: str) -> list[Entry]:
    """The items of a CSL-JSON file in order. Raises `ValidationError` where it is no JSON."""
    found: list[Entry] = []
    line, counted = 1, 0
    for number, (start, end, item) in enumerate(islice(_items(text), MAX_ENTRIES + 1), 1):
        line += text.count("\n", counted, start)
        counted = start
        entry = Entry(number, line, source=text[start:end])
        if isinstance(item, dict):
            _fill(entry, item)
        else:
            entry.errors.append(_("This is not a work: it should stand in curly brackets."))
        found.append(entry)
    return found


def _items(text: str) -> Iterator[tuple[int, int, Any]]:
    """Each item with where it begins and ends, so that an error has its line."""
    decoder = json.JSONDecoder()
    place = _skip(text, 0, "")
    try:
        if text[place : place + 1] == "{":
            item, end = decoder.raw_decode(text, place)
            if not isinstance(item.get("items"), list):
                yield place, end, item
                return
            # As some reference managers wrap it.
            place = text.index("[", text.index('"items"', place))
        place = _skip(text, place + 1, "")
        while text[place : place + 1] not in {"]", ""}:
            item, end = decoder.raw_decode(text, place)
            yield place, end, item
            place = _skip(text, end, ",")
        if not text[place : place + 1]:
            raise ValidationError(_("The file breaks off before its end."))
    except json.JSONDecodeError as error:
        raise ValidationError(
            _("The file cannot be read as JSON: line %(line)s, character %(column)s.")
            % {"line": error.lineno, "column": error.colno}
        ) from error
    except (ValueError, RecursionError) as error:
        raise ValidationError(_("The file cannot be read as JSON.")) from error


def _skip(text: str, place: int, also: str) -> int:
    found = re.compile(rf"[{_SPACE}{also}]*").match(text, place)
    return found.end() if found else place


def _fill(entry: Entry, item: dict[str, Any]) -> None:
    def text(*keys: str) -> str:
        return next((tidy(str(item[key])) for key in keys if _says(item.get(key))), "")

    custom = next(iter(_dicts([item.get("custom")])), {})
    kind = exact_or(_text(custom.get("orcid-type")), CSL_KINDS.get(text("type"), "other"))
    ids = Found(kind)
    for each in _dicts(custom.get("identifiers")):
        relationship = _text(each.get("relationship"))
        ids.add(
            _text(each.get("type")),
            _text(each.get("value")),
            relationship if relationship in RELATIONSHIPS else "self",
        )
    ids.add("doi", text("DOI"))
    ids.add("pmid", text("PMID"))
    ids.add("pmc", text("PMCID"))
    ids.isbn(text("ISBN"))
    ids.issn(text("ISSN"))
    entry.content |= {
        "type": kind,
        "title": text("title"),
        "subtitle": _text(custom.get("subtitle")),
        "translated_title": _text(custom.get("translated-title")),
        "translated_title_language": language_code(_text(custom.get("translated-title-language"))),
        "journal_title": text("container-title", "event-title", "event"),
        "short_description": tidy_lines(str(item["abstract"]))
        if _says(item.get("abstract"))
        else "",
        "published": _date(item.get("issued")),
        "url": ids.web(text("URL")),
        "language_code": language_code(text("language")),
        "country": _text(custom.get("country"))[:2].upper(),
        "identifiers": ids.identifiers,
        "contributors": _people(item),
    }


def _says(value: object) -> bool:
    return isinstance(value, str | int | float) and bool(str(value).strip())


def _text(value: object) -> str:
    return tidy(str(value)) if _says(value) else ""


def _dicts(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _date(issued: object) -> str:
    if not isinstance(issued, dict):
        return read_date(_text(issued))
    parts = issued.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list):
        year, month, day = [*(_text(part) for part in parts[0]), "", "", ""][:3]
        return date_of(year, month, day)
    return read_date(_text(issued.get("raw")) or _text(issued.get("literal")))


def _people(item: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for key, role in _PEOPLE.items():
        for person in _dicts(item.get(key)):
            family = " ".join(
                filter(
                    None, (_text(person.get("non-dropping-particle")), _text(person.get("family")))
                )
            )
            given = " ".join(
                filter(None, (_text(person.get("given")), _text(person.get("dropping-particle"))))
            )
            name = names.readable(family, given, _text(person.get("suffix")))
            said = _text(person.get("orcid-role"))
            name = f"{name or _text(person.get('literal'))} {_text(person.get('ORCID'))}"
            found.append((name, said if said in CONTRIBUTOR_ROLES else role))
    return names.contributors(found)


# --- Writing -------------------------------------------------------------------------------------


def write(works: "Iterable[Work]") -> Iterator[str]:
    """A CSL-JSON file, work by work."""
    before = "[\n"
    for work in works:
        yield before + json.dumps(_item(work), ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _item(work: "Work") -> dict[str, Any]:
    def first(kind: str) -> str:
        values = (each for each in work.identifiers if each["type"] == kind)
        return next((each["normalized"] or each["value"] for each in values), "")

    people: dict[str, list[dict[str, str]]] = {"author": [], "editor": []}
    for each in work.contributors:
        if each["name"]:
            people["editor" if each["role"] == "editor" else "author"].append(
                {"literal": each["name"]}
            )
    custom = {
        "orcid-type": work.type,
        "subtitle": work.subtitle,
        "translated-title": work.translated_title,
        "translated-title-language": work.translated_title_language,
        "country": work.country,
        "identifiers": [
            {key: each[key] for key in ("type", "value", "relationship")}
            for each in work.identifiers
        ],
    }
    item: dict[str, Any] = {
        "id": f"work-{work.pk}",
        "type": CSL_NAMES.get(work.type, "document"),
        "title": work.title,
        "container-title": work.journal_title,
        "issued": _issued(work.published),
        "DOI": first("doi"),
        "ISBN": first("isbn"),
        "ISSN": first("issn"),
        "PMID": first("pmid"),
        "PMCID": first("pmc"),
        "URL": work.url,
        "abstract": work.short_description,
        "language": work.language_code.replace("_", "-"),
        **people,
        "custom": {key: value for key, value in custom.items() if value},
    }
    return {key: value for key, value in item.items() if value}


def _issued(published: str) -> dict[str, list[list[int]]]:
    parts = [int(part) for part in published.split("-") if part.isdigit()]
    return {"date-parts": [parts]} if parts else {}
