"""Identifiers as files give them: which belong to the work itself, which to what it is part of."""

import re

from integrations.works.identifiers import identifier, normalized
from integrations.works.vocabulary import WORK_TYPES

# Of these an ISBN names the work; of others the book it is in.
_BOOKS = frozenset(
    {
        "book",
        "edited-book",
        "conference-proceedings",
        "dissertation-thesis",
        "report",
        "manual",
        "translation",
        "cartographic-material",
        "musical-composition",
    }
)
_SERIALS = frozenset({"journal-issue"})
_ADDRESSES = {
    kind: re.compile(rf"(?:https?://)?(?:www\.)?{start}", re.I)
    for kind, start in {
        "doi": r"(?:dx\.)?doi\.org/10\.",
        "pmid": r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/\d",
        "pmc": r"(?:pmc\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pmc)/articles/PMC\d",
        "arxiv": r"arxiv\.org/(?:abs|pdf)/",
        "handle": r"hdl\.handle\.net/\d",
    }.items()
}
_SEVERAL = re.compile(r"[;,]\s*|\s+(?=97[89]|\d{4}-?\d{3}[\dXx])")


class Found:
    """The identifiers of one work, gathered field by field; none twice."""

    def __init__(self, kind: str) -> None:
        self._kind = kind if kind in WORK_TYPES else ""
        self.identifiers: list[dict[str, str]] = []
        self._there: set[tuple[str, str]] = set()

    def add(self, kind: str, value: str, relationship: str = "self") -> None:
        """Keep it unless it is empty or there already; its form is checked later."""
        value = " ".join(value.split())
        key = (kind, normalized(kind, value) or value)
        if value and key not in self._there:
            self._there.add(key)
            self.identifiers.append(identifier(kind, value, relationship))

    def isbn(self, values: str) -> None:
        """One or several, of the work itself only where it is a book."""
        for value in _parts(values):
            self.add("isbn", value, "self" if self._kind in _BOOKS else "part-of")

    def issn(self, values: str) -> None:
        """One or several; of the journal, unless the work is an issue of one."""
        for value in _parts(values):
            self.add("issn", value, "self" if self._kind in _SERIALS else "part-of")

    def serial_or_book(self, values: str) -> None:
        """RIS has one tag for both."""
        for value in _parts(values):
            if normalized("issn", value) or len(re.sub(r"\W", "", value)) <= 8:
                self.issn(value)
            else:
                self.isbn(value)

    def web(self, address: str) -> str:
        """The web address; "" where it is that of an identifier, which is then kept as one."""
        address = address.strip()
        for kind, pattern in _ADDRESSES.items():
            if pattern.match(address) and normalized(kind, address):
                self.add(kind, address)
                return ""
        return f"https://{address}" if address.lower().startswith("www.") else address


def _parts(values: str) -> list[str]:
    return [part for part in _SEVERAL.split(values.strip()) if part]
