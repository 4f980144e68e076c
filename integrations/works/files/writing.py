"""Works as a file of any format."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from integrations.works.files import bibtex, csl, ris, table
from integrations.works.files.entry import Entry

if TYPE_CHECKING:
    from integrations.works.models import Work


@dataclass(frozen=True)
class Format:
    """One format: how a person calls it, how a browser does, who writes it."""

    name: str
    suffix: str
    content_type: str
    write: "Callable[[Iterable[Work]], Iterator[str]]"


FORMATS = {
    "csv": Format("CSV", "csv", "text/csv; charset=utf-8", table.write),
    "bibtex": Format("BibTeX", "bib", "application/x-bibtex; charset=utf-8", bibtex.write),
    "ris": Format("RIS", "ris", "application/x-research-info-systems; charset=utf-8", ris.write),
    "csl": Format("CSL-JSON", "json", "application/vnd.citationstyles.csl+json", csl.write),
}


def failing(form: str, entries: Iterable[Entry]) -> Iterator[str]:
    """What could not be taken, as it stood in the file: to be put right and uploaded again."""
    if form == "csv":
        yield from table.write_again(entries)
    elif form == "csl":
        yield "[\n" + ",\n".join(entry.source for entry in entries) + "\n]\n"
    else:
        for entry in entries:
            # Between entries BibTeX and RIS programs skip what they do not know.
            yield "".join(f"% {problem}\n" for problem in entry.errors)
            yield f"{entry.source}\n\n"
