"""Works on the demo's ORCID records, as `works.json` holds them, in the shape of ORCID's JSON.

Their identifiers are made up: the DOIs lie below the prefix that registrars keep for tests.
"""

import json
from functools import cache
from typing import Any

from portal.demo import data

Json = dict[str, Any]


@cache
def _content() -> Json:
    content: Json = json.loads((data.HERE / "works.json").read_text())
    return content


def works_of(person: str) -> list[Json]:
    """The works of the person of that key in `people.json`."""
    return [_work(entry) for entry in _content()["people"].get(person, [])]


def _work(entry: Json) -> Json:
    work = {
        "title": {
            "title": _value(entry["title"]),
            "subtitle": _value(entry.get("subtitle")),
            "translated-title": _translated(*entry["translated"])
            if "translated" in entry
            else None,
        },
        "type": entry["type"],
        "journal-title": _value(entry.get("journal")),
        "short-description": entry.get("description"),
        "citation": _citation(*entry["citation"]) if "citation" in entry else None,
        "publication-date": _date(*entry["date"].split("-")) if "date" in entry else None,
        "external-ids": {"external-id": [_identifier(*given) for given in entry.get("ids", [])]},
        "url": _value(entry.get("url")),
        "contributors": {"contributor": _contributors(entry)},
        "language-code": entry.get("language"),
        "country": _value(entry.get("country")),
        "visibility": entry.get("visibility", "public"),
    }
    if "source" in entry:
        source = _content()["sources"][entry["source"]]
        work["source"] = {
            "source-client-id": {"path": source["client_id"]},
            "source-name": {"value": source["name"]},
        }
    if "index" in entry:
        work["display-index"] = str(entry["index"])
    return work


def _value(text: str | None) -> Json | None:
    return {"value": text} if text else None


def _translated(title: str, language: str) -> Json:
    return {"value": title, "language-code": language}


def _citation(kind: str, text: str) -> Json:
    return {"citation-type": kind, "citation-value": text}


def _date(year: str, month: str | None = None, day: str | None = None) -> Json:
    return {"year": _value(year), "month": _value(month), "day": _value(day)}


def _identifier(kind: str, value: str, relationship: str = "self") -> Json:
    address = {"doi": f"https://doi.org/{value}", "uri": value}.get(kind)
    if value.startswith("https://"):
        address = value
    return {
        "external-id-type": kind,
        "external-id-value": value,
        "external-id-url": _value(address),
        "external-id-relationship": relationship,
    }


def _contributors(entry: Json) -> list[Json]:
    names = entry.get("authors") or _names(entry.get("authors_from_everybody", 0))
    return [
        {
            "contributor-orcid": None,
            "credit-name": _value(name),
            "contributor-attributes": {
                "contributor-sequence": "additional" if position else "first",
                "contributor-role": "author",
            },
        }
        for position, name in enumerate(names)
    ]


def _names(count: int) -> list[str]:
    """That many names, mixed from the demo's people: a given name with somebody else's family name."""
    everybody = list(data.people().values())
    size = len(everybody)
    return [
        f"{everybody[number % size]['given_names']} {everybody[(number * 3 + 7) % size]['family_name']}"
        for number in range(count)
    ]
