"""CSV (and XLSX, which is the same table), read by `members.sheets`, written by `members.cells`."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _
from django_countries import countries

from integrations.works.content import tidy, tidy_lines
from integrations.works.files import names
from integrations.works.files.dates import read_date
from integrations.works.files.entry import Entry
from integrations.works.files.found import Found
from integrations.works.files.kinds import exact_or
from integrations.works.languages import language_code
from integrations.works.vocabulary import (
    CONTRIBUTOR_ROLES,
    IDENTIFIER_TYPES,
    RELATIONSHIPS,
    WORK_TYPES,
)
from members.cells import csv_lines
from members.sheets import Row, plain_name, read_table

if TYPE_CHECKING:
    from integrations.works.models import Work

# The words of the header are for other programs: they are not translated.
HEADER = {
    "type": "Type",
    "title": "Title",
    "subtitle": "Subtitle",
    "translated_title": "Translated title",
    "translated_title_language": "Translated title language",
    "journal_title": "Journal",
    "published": "Date",
    "doi": "DOI",
    "identifiers": "Identifiers",
    "url": "URL",
    "contributors": "People",
    "short_description": "Description",
    "language_code": "Language",
    "country": "Country",
    "citation_type": "Citation type",
    "citation_value": "Citation",
}
_ALSO = {
    "work_type": "type",
    "journal_title": "journal_title",
    "journal_or_book": "journal_title",
    "source_title": "journal_title",
    "publication": "journal_title",
    "year": "published",
    "publication_date": "published",
    "publication_year": "published",
    "published": "published",
    "link": "url",
    "web_address": "url",
    "authors": "contributors",
    "author": "contributors",
    "contributors": "contributors",
    "abstract": "short_description",
    "isbn": "isbn",
    "issn": "issn",
    "pmid": "pmid",
    "pmcid": "pmc",
    "pmc": "pmc",
    "arxiv": "arxiv",
}
NAMES = {plain_name(header): column for column, header in HEADER.items()} | _ALSO
_MOST_READ = 32_000  # what a spreadsheet's cell can hold
_TYPES_BY_NAME = {"".join(filter(str.isalnum, code)): code for code in WORK_TYPES}
_KINDS = "|".join(sorted(IDENTIFIER_TYPES, key=len, reverse=True))
_BETWEEN = re.compile(rf"\n|;\s+(?=(?:{_KINDS})[:\s])", re.I)
_IDENTIFIER = re.compile(
    rf"({_KINDS})[:\s]\s*(.*?)(?:\s+\(({'|'.join(RELATIONSHIPS)})\))?", re.I | re.S
)
_ROLES = {code.rstrip("/").rpartition("/")[2]: code for code in CONTRIBUTOR_ROLES}
_PERSON = re.compile(rf"(.*?)(?:\s*\(({'|'.join(_ROLES)})\))?", re.S)


# --- Reading -------------------------------------------------------------------------------------


def read(content: bytes) -> list[Entry]:
    """The rows of a table in order. Raises `ValidationError` when it cannot be read."""
    table = read_table(BytesIO(content), NAMES)
    return [_entry(number, row) for number, row in enumerate(table.rows, 1)]


def _entry(number: int, row: Row) -> Entry:
    entry = Entry(number, row.number, errors=list(row.errors), cells=row.cells)

    def text(column: str) -> str:
        return tidy(row.cells.get(column, ""))

    kind = _kind(text("type"))
    ids = Found(kind)
    ids.add("doi", text("doi"))
    for part in _BETWEEN.split(row.cells.get("identifiers", "")):
        _identifier(entry, ids, part.strip())
    ids.isbn(text("isbn"))
    ids.issn(text("issn"))
    for column in ("pmid", "pmc", "arxiv"):
        ids.add(column, text(column))
    entry.content |= {
        column: text(column)
        for column in ("title", "subtitle", "translated_title", "journal_title", "citation_type")
    }
    entry.content |= {
        "type": kind,
        "translated_title_language": language_code(text("translated_title_language")),
        "published": read_date(text("published")),
        "url": ids.web(text("url")),
        "identifiers": ids.identifiers,
        "contributors": names.contributors(_people(row.cells.get("contributors", ""))),
        "short_description": tidy_lines(row.cells.get("short_description", "")),
        "language_code": language_code(text("language_code")),
        "country": _country(entry, text("country")),
        "citation_value": tidy_lines(row.cells.get("citation_value", "")),
    }
    return entry


def _kind(said: str) -> str:
    """The code, whether its parts are joined by hyphens, spaces or nothing."""
    plain = "".join(filter(str.isalnum, said.casefold()))
    return _TYPES_BY_NAME.get(plain, exact_or(said, said))


def _identifier(entry: Entry, ids: Found, part: str) -> None:
    found = _IDENTIFIER.fullmatch(" ".join(part.split()))
    if found:
        ids.add(found[1].lower(), found[2], (found[3] or "self").lower())
    elif part:
        entry.errors.append(
            _("“%(part)s”: write an identifier as its kind and its value: doi 10.1000/182.")
            % {"part": part[:80]}
        )


def _people(cell: str) -> list[tuple[str, str]]:
    found = []
    for part in re.split(r"[;\n]", cell):
        person = _PERSON.fullmatch(" ".join(part.split()))
        if person:
            name = names.from_inverted(person[1]) if person[1].count(",") == 1 else person[1]
            found.append((name, _ROLES.get(person[2] or "", "author")))
    return found


@cache
def _country_codes() -> dict[str, str]:
    """By code, and by English name, former ones too: looked up once, not for each row."""
    with translation.override("en"):
        now = {code: str(name) for code, name in countries}
    former = ((code, str(name)) for code, some in countries.OLD_NAMES.items() for name in some)
    names = [*former, *now.items()]
    found = {name.casefold(): code for code, name in names if code in now}
    return found | {code: code for code in now}


def _country(entry: Entry, said: str) -> str:
    if not said:
        return ""
    codes = _country_codes()
    code = codes.get(said.upper()) or codes.get(said.casefold())
    if not code:
        entry.errors.append(
            _("“%(cell)s” is no country. Write its two-letter code, such as CL.")
            % {"cell": said[:40]}
        )
        return ""
    return code


# --- Writing -------------------------------------------------------------------------------------


def write(works: "Iterable[Work]") -> Iterator[str]:
    """A CSV file in pieces; no cell is taken for a formula (rule H5)."""
    return csv_lines(list(HEADER.values()), (_row(work) for work in works))


def write_again(entries: Iterable[Entry]) -> Iterator[str]:
    """The rows as they were read, each with what is wrong with it."""
    failing = list(entries)
    columns = list(dict.fromkeys(column for entry in failing for column in entry.cells))
    rows = ([*(e.cells.get(c, "") for c in columns), " ".join(e.errors)] for e in failing)
    return csv_lines([*(HEADER.get(column, column) for column in columns), "Problem"], rows)


def _row(work: "Work") -> list[str]:
    """The first DOI of the work itself has a column: the others stand with their kind."""
    own = [
        each for each in work.identifiers if (each["type"], each["relationship"]) == ("doi", "self")
    ]
    others = [each for each in work.identifiers if each not in own[:1]]
    cells = {name: getattr(work, name) for name in HEADER if name not in {"doi", "identifiers"}}
    cells["doi"] = own[0]["normalized"] or own[0]["value"] if own else ""
    cells["identifiers"] = "\n".join(
        f"{each['type']} {each['value']} ({each['relationship']})" for each in others
    )
    cells["contributors"] = "; ".join(_person(each) for each in work.contributors if each["name"])
    cells["citation_value"] = work.citation_value[:_MOST_READ]
    return [cells[column] for column in HEADER]


def _person(person: dict[str, str]) -> str:
    role = person["role"].rstrip("/").rpartition("/")[2]
    name = person["name"].replace(";", ",")
    return name if role in {"", "author"} else f"{name} ({role})"
