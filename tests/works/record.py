"""ORCID's JSON of works, as short as a test wants to write it."""

from typing import Any

Json = dict[str, Any]


def work(
    title: str = "A work",
    *,
    put_code: int | None = None,
    doi: str = "",
    ids: tuple[tuple[str, str], ...] = (),
    published: str = "",
    people: tuple[str, ...] = (),
    **more: Any,
) -> Json:
    """One whole work; `more` are ORCID's keys, with `_` for `-`."""
    named = (("doi", doi), *ids) if doi else ids
    parts = dict(zip(("year", "month", "day"), published.split("-"), strict=False))
    json: Json = {
        "title": {"title": {"value": title}, "subtitle": None, "translated-title": None},
        "type": "journal-article",
        "external-ids": {"external-id": [identifier(*each) for each in named]},
        "publication-date": (
            {part: {"value": parts[part]} if part in parts else None for part in _PARTS}
            if published
            else None
        ),
        "contributors": {"contributor": [contributor(name) for name in people]},
        "visibility": "public",
    }
    if put_code is not None:
        json["put-code"] = put_code
    return json | {name.replace("_", "-"): value for name, value in more.items()}


_PARTS = ("year", "month", "day")


def identifier(kind: str, value: str, relationship: str = "self") -> Json:
    return {
        "external-id-type": kind,
        "external-id-value": value,
        "external-id-url": None,
        "external-id-relationship": relationship,
    }


def contributor(name: str) -> Json:
    return {
        "contributor-orcid": None,
        "credit-name": {"value": name},
        "contributor-attributes": {
            "contributor-sequence": "additional",
            "contributor-role": "author",
        },
    }
