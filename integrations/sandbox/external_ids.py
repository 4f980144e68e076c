"""External identifiers, made comparable as the registry does it (orcid-api.md, 2.5)."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Json = dict[str, Any]
Normalizer = Callable[[str], str]

# What the item is; `part-of` and `funded-by` say what it belongs to, and never group.
GROUPING = ("self", "version-of")

# Compared without case in the registry's table of types.
FOLDED_TYPES = frozenset({"doi", "eid", "issn", "pmc", "pmid", "rrid"})


def found(pattern: str) -> Normalizer:
    """What the pattern's group finds first; "" when it finds nothing."""
    compiled = re.compile(pattern)

    def normalizer(value: str) -> str:
        match = compiled.search(value)
        return match[1] if match else ""

    return normalizer


def isbn(value: str) -> str:
    match = re.search(r"([0-9][-0-9 ]{8,15}[0-9xX])(?:$|[^0-9])", value)
    digits = re.sub(r"[- ]", "", match[1]).upper() if match else ""
    # An ISBN of ten signs stays one: the registry does not count both as the same.
    return digits if len(digits) in {10, 13} else ""


def issn(value: str) -> str:
    match = re.search(r"(\d{4})-?(\d{3}[\dXx])", value)
    return f"{match[1]}-{match[2]}".upper() if match else ""


def arxiv(value: str) -> str:
    number = found(r"(\d{4}\.\d{4,5}(?:v\d+)?|[\w.-]+/\d{7}(?:v\d+)?)")(value)
    return f"arXiv:{number}" if number else ""


def uri(value: str) -> str:
    return value if re.match(r"(?:ht|f)tps?://", value) else f"http://{value}"


NORMALIZERS: dict[str, Normalizer] = {
    "doi": found(r"(10(?:\.[0-9a-zA-Z]+)+/\S+)"),
    "isbn": isbn,
    "issn": issn,
    "pmid": found(r"(?:^|\D)(\d{1,9})(?!\d)"),
    "pmc": found(r"(?:^|pmc-?/?)\s*(\d{5,9})\b"),
    "arxiv": arxiv,
    "uri": uri,
}


def normalized(kind: str, value: str) -> str:
    """The value by which items are compared; "" when none can be made of it."""
    cleaned = value.strip()
    if kind in FOLDED_TYPES:
        cleaned = cleaned.lower()
    return NORMALIZERS.get(kind, str)(cleaned)


def stored(entry: Mapping[str, Any]) -> Json:
    """One `external-id` as the registry answers it, with what it adds."""
    kind, value = str(entry["external-id-type"]), str(entry["external-id-value"])
    comparable = normalized(kind, value)
    problem = {
        "error-code": "8001",
        "error-message": f"Cannot normalize identifier value {kind}:{value}",
        "transient": True,
    }
    url = entry.get("external-id-url")
    return {
        "external-id-type": kind,
        "external-id-value": value,
        "external-id-normalized": (
            {"value": comparable, "transient": True} if comparable else None
        ),
        "external-id-normalized-error": None if comparable else problem,
        "external-id-url": {"value": url} if isinstance(url, str) else url,
        "external-id-relationship": entry.get("external-id-relationship") or "self",
    }


def key(external_id: Mapping[str, Any]) -> tuple[str, str]:
    """Type and value as they are compared: normalised, or raw where that cannot be."""
    comparable = external_id["external-id-normalized"]
    value = comparable["value"] if comparable else external_id["external-id-value"]
    return external_id["external-id-type"], value
