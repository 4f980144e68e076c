"""Any file of works: what format it has, and the works in it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from integrations.works.files import bibtex, csl, ris, table
from integrations.works.files.entry import MAX_ENTRIES, Entry, too_many
from members.sheets import decoded

MAX_BYTES = 10 * 1024 * 1024
_TABLES = {".csv", ".tsv", ".xlsx"}
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
# What begins like text and is none.
_NO_TEXT = (b"%PDF-", b"{\\rtf")


@dataclass(frozen=True)
class WorksFile:
    """What was read: the format's name in `files.writing.FORMATS`, and the entries in order."""

    format: str
    entries: list[Entry]


def read_works(file: IO[bytes], name: str) -> WorksFile:
    """The works of a file of any format; errors stand with their entries.

    Raises `ValidationError` when the file as a whole cannot be read.
    """
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValidationError(_("The file is larger than 10 MB."))
    if not content.strip():
        raise ValidationError(_("The file is empty."))
    text = "" if content.startswith((b"PK\x03\x04", _OLD_EXCEL)) else decode(content)
    form = _format_of(text, PurePath(name).suffix.lower())
    entries = _READERS[form](text) if form != "csv" else table.read(content)
    if not entries:
        raise ValidationError(_("No works were found in the file."))
    if len(entries) > MAX_ENTRIES:
        raise too_many()
    for entry in entries:
        if not entry.errors:
            entry.check()
    return WorksFile(form, entries)


def decode(content: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it, else Windows-1252; line ends as `\\n`.

    Raises `ValidationError` for what is no text.
    """
    # Latin 1 takes the few bytes that mean nothing in Windows-1252.
    text = decoded(content, ["utf-8-sig", "cp1252", "latin-1"])
    if text is None or content.startswith(_NO_TEXT):
        raise ValidationError(
            _("This is not a text file. BibTeX, RIS, CSL-JSON and CSV can be read.")
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


_READERS: dict[str, Callable[[str], list[Entry]]] = {
    "bibtex": bibtex.read,
    "ris": ris.read,
    "csl": csl.read,
}


def _format_of(text: str, suffix: str) -> str:
    """By what the file holds; its name only says that a table is one."""
    if not text or (
        suffix in _TABLES and not _looks_like_ris(text) and not _looks_like_bibtex(text)
    ):
        return "csv"
    if text.lstrip()[:1] in {"[", "{"}:
        return "csl"
    if _looks_like_ris(text):
        return "ris"
    return "bibtex" if _looks_like_bibtex(text) else "csv"


def _looks_like_ris(text: str) -> bool:
    return bool(re.search(r"^TY {1,2}- ?\w", text[:20_000], re.M))


def _looks_like_bibtex(text: str) -> bool:
    return bool(re.search(r"^[ \t]{0,99}@\s{0,9}\w{1,99}\s{0,9}[{(]", text, re.M))
