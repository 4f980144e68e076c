"""People's names: ORCID has one string, the formats have family and given names."""

import re
from typing import Any

from integrations.orcid.ids import is_orcid
from integrations.works.content import tidy


def readable(family: str, given: str = "", suffix: str = "") -> str:
    """`Family, Given` as it is read aloud."""
    return tidy(" ".join(part for part in (given, family, suffix) if part))


def from_inverted(text: str) -> str:
    """`García Márquez, Gabriel` or `Davis, Sammy, Jr.` as it is read aloud."""
    family, *others = [part.strip() for part in text.split(",")]
    return readable(family, *others[:2]) if len(others) < 3 else tidy(text)


_ORCID = re.compile(
    r"[\s(\[]{0,9}(?:https?://(?:www\.)?orcid\.org/|orcid:?\s*)?"
    r"(\d{4}-\d{4}-\d{4}-\d{3}[\dX])[\])]*",
    re.I | re.A,
)


def contributors(names: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """(name, role) in order as `Work.contributors`. An iD beside a name proves nothing: it stands
    apart, and counts only where its owner has signed in (`services/authors.py`)."""
    found = [(*_apart(name), role) for name, role in names]
    return [
        {
            "name": name,
            "orcid": orcid,
            "role": role,
            "sequence": "additional" if number else "first",
        }
        for number, (name, orcid, role) in enumerate(each for each in found if each[0])
    ]


def _apart(text: str) -> tuple[str, str]:
    """The name, and the iD that stands with it."""
    found = _ORCID.search(text)
    if not found or not is_orcid(found[1].upper()):
        return tidy(text), ""
    return tidy(text[: found.start()] + " " + text[found.end() :]), found[1].upper()
