"""RIS, read and written by rispy.

rispy knows no line numbers: the file is split into its records here, so that each error has one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import rispy
from django.utils.translation import gettext as _
from rispy.config import TAG_KEY_MAPPING

from integrations.works.content import tidy
from integrations.works.files import names
from integrations.works.files.dates import read_date
from integrations.works.files.entry import MAX_ENTRIES, Entry
from integrations.works.files.found import Found
from integrations.works.files.kinds import RIS_KINDS, RIS_NAMES, exact_or
from integrations.works.languages import language_code

if TYPE_CHECKING:
    from integrations.works.models import Work

_AT_ONCE = 200
_MOST_LINES = 20_000  # of a record: people of a large collaboration have one each
_TAGS = {tag: tag.lower() for tag in [*TAG_KEY_MAPPING, "ED", "BT", "CT"]} | {
    "TY": "type_of_reference"
}
_SEVERAL = ["AU", "A1", "A2", "A3", "ED", "KW", "N1", "SN", "UR", "L2", "DO"]
_START = re.compile(r"TY {1,2}- ?")
_END = re.compile(r"ER {1,2}-")
_TAG = re.compile(r"^([A-Z][A-Z0-9]) {1,2}- ?", re.A)


class _Writer(rispy.RisWriter):  # type: ignore[misc]  # the library has no types
    def set_header(self, count: int) -> str:
        return ""


# --- Reading -------------------------------------------------------------------------------------


def read(text: str) -> list[Entry]:
    """The records of a RIS file in order; what cannot be read stands there with its error."""
    some = islice(_records(text), MAX_ENTRIES + 1)
    return [_entry(number, line, source) for number, (line, source) in enumerate(some, 1)]


def _records(text: str) -> Iterator[tuple[int, str]]:
    """Each record with the line it begins in. One without its end ends where the next begins."""
    lines: list[str] = []
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        if _START.match(line):
            if lines:
                yield start, "\n".join(lines)
            lines, start = [line], number
        elif lines and _END.match(line):
            yield start, "\n".join([*lines, line])
            lines = []
        elif lines:
            lines.append(line)
    if lines:
        yield start, "\n".join(lines)


def _entry(number: int, line: int, source: str) -> Entry:
    entry = Entry(number, line, source=source.rstrip())
    if source.count("\n") >= _MOST_LINES:
        entry.errors.append(_("This record cannot be read."))
        return entry
    # Some programs write one space where the format has two.
    lines = [_TAG.sub(r"\1  - ", each) for each in source.split("\n")]
    if not _END.match(lines[-1]):
        lines.append("ER  - ")
    found = rispy.loads(
        "\n".join(lines), mapping=_TAGS, list_tags=_SEVERAL, delimiter_tags_mapping={}
    )
    if found:
        _fill(entry, found[0])
    else:
        entry.errors.append(_("This record cannot be read."))
    return entry


def _fill(entry: Entry, record: dict[str, Any]) -> None:
    def text(*tags: str) -> str:
        return next((tidy(str(record[tag])) for tag in tags if record.get(tag)), "")

    def several(*tags: str) -> list[str]:
        return [str(value) for tag in tags for value in record.get(tag, [])]

    kind = exact_or(text("m3"), RIS_KINDS.get(text("type_of_reference").upper(), "other"))
    ids = Found(kind)
    for doi in several("do"):
        ids.add("doi", doi)
    for value in several("sn"):
        ids.serial_or_book(value)
    addresses = [ids.web(value) for value in several("ur", "l2")]
    # The second authors of a chapter are the editors of its book; of a book, too.
    entry.content |= {
        "type": kind,
        "title": text("ti", "t1", "ct", "bt"),
        "journal_title": text("t2", "jo", "jf", "ja", "j2", "bt") if text("ti", "t1", "ct") else "",
        "short_description": text("ab", "n2"),
        "published": read_date(text("da", "py", "y1")),
        "url": next(filter(None, addresses), ""),
        "language_code": language_code(text("la")),
        "identifiers": ids.identifiers,
        "contributors": names.contributors(
            [(names.from_inverted(name), "author") for name in several("au", "a1")]
            + [(names.from_inverted(name), "editor") for name in several("ed", "a2")]
        ),
        "citation_type": "ris",
        "citation_value": entry.source,
    }


# --- Writing -------------------------------------------------------------------------------------


def write(works: "Iterable[Work]") -> Iterator[str]:
    """A RIS file in pieces of some hundred records."""
    remaining = iter(works)
    while chunk := list(islice(remaining, _AT_ONCE)):
        records = [_record(work) for work in chunk]
        yield (
            rispy.dumps(
                records,
                implementation=_Writer,
                mapping=_TAGS,
                list_tags=_SEVERAL,
                delimiter_tags_mapping={},
            )
            + "\n"
        )


def _record(work: "Work") -> dict[str, Any]:
    def values(*kinds: str) -> list[str]:
        return [
            each["normalized"] or each["value"]
            for each in work.identifiers
            if each["type"] in kinds
        ]

    year, month, day = [*work.published.split("-"), "", ""][:3]
    addresses = [work.url] + [
        each["url"] for each in work.identifiers if each["type"] not in {"doi", "isbn", "issn"}
    ]
    record = {
        "type_of_reference": RIS_NAMES.get(work.type, "GEN"),
        "ti": work.title,
        "au": [each["name"] for each in work.contributors if each["role"] != "editor"],
        "a2": [each["name"] for each in work.contributors if each["role"] == "editor"],
        "t2": work.journal_title,
        "py": year,
        "da": f"{year}/{month}/{day}/" if year else "",
        "do": values("doi"),
        "sn": values("issn", "isbn"),
        "ur": addresses,
        "ab": work.short_description,
        "la": work.language_code,
        "m3": work.type,
    }
    return {key: _lines(value) for key, value in record.items() if _lines(value)}


def _lines(value: Sequence[str]) -> str | list[str]:
    """Each value in one line, which is all that the format has room for."""
    if isinstance(value, str):
        return " ".join(value.split())
    return [line for line in (" ".join(each.split()) for each in value) if line]
