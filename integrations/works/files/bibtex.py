"""BibTeX (and what BibLaTeX adds), read and written by bibtexparser.

Written as UTF-8, as every program of today reads it; only what LaTeX would take for a command is
escaped. Read with accents as LaTeX writes them, too.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from bibtexparser.entrypoint import parse_string, write_string
from bibtexparser.library import Library
from bibtexparser.middlewares import default_unparse_stack
from bibtexparser.middlewares.names import (
    InvalidNameError,
    parse_single_name_into_parts,
    split_multiple_persons_names,
)
from bibtexparser.model import Entry as Block
from bibtexparser.model import Field, ParsingFailedBlock
from bibtexparser.writer import BibtexFormat
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from integrations.works.content import date_of, tidy, tidy_lines
from integrations.works.files import names
from integrations.works.files.dates import month_number, read_date
from integrations.works.files.entry import MAX_ENTRIES, Entry, too_many
from integrations.works.files.found import Found
from integrations.works.files.kinds import BIBTEX_KINDS, BIBTEX_NAMES, exact_or
from integrations.works.files.latex import from_latex, to_latex, verbatim
from integrations.works.languages import language_code
from members.text import sort_key

if TYPE_CHECKING:
    from integrations.works.models import Work

_AT_ONCE = 200
_STARTS = re.compile(r"@\s{0,9}\w{1,99}\s{0,9}[{(]")
# What LaTeX gives a meaning to: each takes the readers some 30 microseconds.
_MOST_LATEX = 1_000_000
_LONGEST_PEOPLE = 300_000  # characters: thousands of people
# What `Work` has no field for, kept in the citation and given back from there.
_EXTRAS = (
    "volume", "number", "pages", "publisher", "address", "edition", "series", "chapter", "school",
    "institution", "organization", "howpublished",
)  # fmt: skip
# Of a citation that cannot be read it logs each time; what fails is said on the page.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)


# --- Reading -------------------------------------------------------------------------------------


def read(text: str) -> list[Entry]:
    """The entries of a BibTeX file in order; what cannot be read stands there with its error.

    Raises `ValidationError` for far too many.
    """
    if len(_STARTS.findall(text)) > 2 * MAX_ENTRIES:  # with comments and abbreviations
        raise too_many()
    if sum(text.count(char) for char in "\\{}$") > _MOST_LATEX:
        raise ValidationError(_("The file holds too much LaTeX to be read at once. Split it."))
    found: list[Entry] = []
    for block in parse_string(text).blocks:
        # A key or field that is there twice is no reason to leave the work out.
        kept = block.ignore_error_block if isinstance(block, ParsingFailedBlock) else block
        entry = Entry(len(found) + 1, (block.start_line or 0) + 1, source=block.raw or "")
        if isinstance(kept, Block):
            _fill(entry, kept)
        elif isinstance(block, ParsingFailedBlock):
            entry.errors.append(
                _("This cannot be read as BibTeX: perhaps a bracket, quote or comma is missing.")
            )
        else:
            continue
        found.append(entry)
    return found


def _fill(entry: Entry, block: Block) -> None:
    raw = {field.key.casefold(): str(field.value) for field in reversed(block.fields)}
    if any(len(raw.get(key, "")) > _LONGEST_PEOPLE for key in ("author", "editor")):
        entry.errors.append(_("The list of people is too long to be read."))
        return

    def text(*keys: str) -> str:
        """The first of these fields that says something."""
        return next((tidy(from_latex(raw[key])) for key in keys if raw.get(key)), "")

    def plain(key: str) -> str:
        return verbatim(raw.get(key, ""))

    kind = exact_or(text("orcid-type"), BIBTEX_KINDS.get(block.entry_type.casefold(), "other"))
    ids = Found(kind)
    ids.add("doi", plain("doi"))
    ids.add("pmid", plain("pmid"))
    ids.add("pmc", plain("pmcid"))
    ids.add("handle", plain("hdl"))
    _eprint(ids, plain("eprint"), plain("eprinttype") or plain("archiveprefix"))
    ids.isbn(plain("isbn"))
    ids.issn(plain("issn"))
    url = ids.web(plain("url") or _address_in(raw.get("howpublished", "")))
    entry.content |= {
        "type": kind,
        "title": text("title"),
        "subtitle": text("subtitle"),
        "journal_title": text("journal", "journaltitle", "booktitle", "maintitle"),
        "short_description": tidy_lines(from_latex(raw.get("abstract", ""))),
        "published": _date(raw),
        "url": url,
        "language_code": language_code(text("langid", "language")),
        "identifiers": ids.identifiers,
        "contributors": names.contributors(
            [(name, "author") for name in _people(raw.get("author", ""))]
            + [(name, "editor") for name in _people(raw.get("editor", ""))]
        ),
        "citation_type": "bibtex",
        "citation_value": entry.source,
    }


def _eprint(ids: Found, number: str, archive: str) -> None:
    kind = {"": "arxiv", "arxiv": "arxiv", "pubmed": "pmid", "hdl": "handle", "jstor": "jstor"}
    if number and archive.casefold() in kind:
        ids.add(kind[archive.casefold()], number)


def _address_in(howpublished: str) -> str:
    found = re.search(r"https?://[^\s{}]+", howpublished)
    return verbatim(found[0]) if found else ""


def _date(raw: dict[str, str]) -> str:
    if raw.get("date"):
        return read_date(from_latex(raw["date"]))
    year = read_date(from_latex(raw.get("year", "")))
    month = month_number(from_latex(raw.get("month", "")))
    return date_of(year, month, raw.get("day", "") if month else "") if len(year) == 4 else year


def _people(value: str) -> list[str]:
    found = []
    for one in split_multiple_persons_names(" ".join(value.split())):
        if (one.startswith("{") and one.endswith("}")) or one.casefold() == "others":
            name = "" if one.casefold() == "others" else one
        else:
            try:
                name = parse_single_name_into_parts(one, strict=False).merge_first_name_first
            except InvalidNameError:
                name = one
        found.append(tidy(from_latex(name)))
    return found


# --- Writing -------------------------------------------------------------------------------------


def write(works: "Iterable[Work]") -> Iterator[str]:
    """A BibTeX file in pieces of some hundred entries."""
    form, stack = BibtexFormat(), default_unparse_stack(allow_inplace_modification=True)  # type: ignore[no-untyped-call]  # the library's
    form.indent, form.block_separator = "  ", "\n"
    remaining = iter(works)
    while chunk := list(islice(remaining, _AT_ONCE)):
        library = Library([_block(work) for work in chunk])
        yield write_string(library, unparse_stack=stack, bibtex_format=form) + "\n"


def _block(work: "Work") -> Block:
    by_kind: dict[str, list[str]] = {}
    for each in work.identifiers:
        by_kind.setdefault(each["type"], []).append(each["normalized"] or each["value"])
    named = [each for each in work.contributors if each["name"]]
    people = {
        "author": [_person(each["name"]) for each in named if each["role"] != "editor"],
        "editor": [_person(each["name"]) for each in named if each["role"] == "editor"],
    }
    name = BIBTEX_NAMES.get(work.type, "misc")
    container = "booktitle" if name in {"incollection", "inproceedings"} else "journal"
    year, month, day = [*work.published.split("-"), "", ""][:3]
    texts = {
        "title": work.title,
        "subtitle": work.subtitle,
        container: work.journal_title,
        "year": year,
        "month": month,
        "day": day,
        "abstract": " ".join(work.short_description.split()),
        "language": work.language_code,
        "orcid-type": work.type,
    }
    exact = {
        "doi": _first(by_kind, "doi"),
        "isbn": ", ".join(by_kind.get("isbn", [])),
        "issn": ", ".join(by_kind.get("issn", [])),
        "pmid": _first(by_kind, "pmid"),
        "pmcid": _first(by_kind, "pmc"),
        "hdl": _first(by_kind, "handle"),
        "eprint": _first(by_kind, "arxiv"),
        "eprinttype": "arxiv" if by_kind.get("arxiv") else "",
        "url": work.url,
    }
    fields = {key: to_latex(value) for key, value in texts.items()}
    fields |= {key: " and ".join(some) for key, some in people.items()}
    fields |= {key: verbatim(value, write=True) for key, value in exact.items()}
    for key, value in _extras(work).items():
        fields.setdefault(key, value)
    kept = [Field(key, value) for key, value in fields.items() if value]
    return Block(name, _key(work), kept)


def _first(by_kind: dict[str, list[str]], kind: str) -> str:
    return next(iter(by_kind.get(kind, [])), "")


def _person(name: str) -> str:
    """In brackets where BibTeX would take it for several people, or for parts of a name."""
    written = to_latex(name)
    words = f" {name.casefold()} "
    is_taken_apart = " and " in words or words == " others " or name.count(",") > 1
    return f"{{{written}}}" if is_taken_apart else written


def _key(work: "Work") -> str:
    first = next((each["name"] for each in work.contributors), "")
    family = "".join(char for char in sort_key(first.rpartition(" ")[2]) if char.isascii())
    return f"{family or 'work'}{work.published[:4]}-{work.pk}"


def _extras(work: "Work") -> dict[str, str]:
    """Volume, pages and the like out of the BibTeX citation. Anybody may have written it: what
    it would have LaTeX do, such as `\\input`, is not handed on."""
    if work.citation_type != "bibtex" or not work.citation_value.lstrip().startswith("@"):
        return {}
    blocks = parse_string(work.citation_value).entries[:1]
    values = {field.key.casefold(): str(field.value) for block in blocks for field in block.fields}
    return {key: _harmless(values[key]) for key in _EXTRAS if values.get(key)}


def _harmless(value: str) -> str:
    """As it is written, unless it commands: then the text that a reader would see."""
    is_text = not re.search(r"\\|\^\^", value)
    if is_text and value.count("{") == value.count("}") and "}" not in value.partition("{")[0]:
        return value
    return to_latex(tidy(from_latex(value))).replace("–", "--")
