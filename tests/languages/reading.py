"""What a reader sees and hears of a page that is in no translation."""

import re
from html.parser import HTMLParser
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import CharField, JSONField, TextField

from contacts.localisation import time_zones
from contacts.models import Role

READ_ALOUD = {"aria-label", "title", "alt", "placeholder", "data-label", "data-done", "data-copied"}
# What other programs are told, and what people typed.
SILENT = {"script", "style", "template", "code", "pre", "textarea", "blockquote"}
BLOCKS = {"p", "div", "li", "dt", "dd", "td", "th", "h1", "h2", "h3", "option", "label", "button"}
# Names of their own, and what is written the same everywhere.
NAMES = (
    "ORCID iD", "ORCID", "Member Tools", "ROR", "Crossref Funder ID", "Funder ID", "GRID", "Ringgold",
    "ISNI", "LEI", "CSV", "XLSX", "Excel", "DOI", "ISBN", "ISSN", "BibTeX", "RIS", "JSON", "CSL-JSON",
    "iD", "Google", "LinkedIn", "Facebook", "WeChat", "OpenID Connect", "SAML 2.0", "UTC",
)  # fmt: skip
_CODES = re.compile(
    r"https?://\S+|[\w.+-]+@[\w.-]+|\b10\.\d{4,}/\S+|\bror\.org/\S+|\b[\da-f]{8,}(?:-[\da-f]{4,})*\b|\btestserver/\S*"
    r"|\d{4}-\d{4}-\d{4}-\d{3}[\dX]|[\w/-]+\.(?:csv|xlsx|webp)\b"
)


class _Reader(HTMLParser):
    """Collects, piece by piece, what stands outside of ⟦…⟧, also where tags stand between."""

    def __init__(self) -> None:
        super().__init__()
        self.outside: list[str] = [""]
        self._depth = 0
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        if tag in BLOCKS:
            self.outside.append("")
        if self._depth:
            return
        values = dict(attrs)
        aloud = [text for name, text in attrs if name in READ_ALOUD and text]
        if tag == "input" and values.get("type") in {"submit", "button", "reset"}:
            aloud.append(values.get("value") or "")
        self.outside += [*(text_outside(text) for text in aloud), ""]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT
        if tag in BLOCKS:
            self.outside.append("")

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        for char in data:
            self._depth += (char == "⟦") - (char == "⟧")
            if char == "⟦":
                self.outside[-1] += " "
            elif not self._depth and char != "⟧":
                self.outside[-1] += char


def text_outside(text: str) -> str:
    """The same of a text without tags."""
    reader = _Reader()
    reader.handle_data(text)
    return reader.outside[0]


def pieces_outside(html: str) -> list[str]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [" ".join(piece.split()) for piece in reader.outside if piece.strip()]


def data_in_the_tables() -> set[str]:
    """What people typed, or ORCID said; states and kinds are words of ours."""
    found: set[str] = set()
    for model in apps.get_models():
        names = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, CharField | TextField | JSONField) and not field.choices
        ]
        if names and model._meta.managed:
            for row in model._default_manager.values_list(*names):
                found |= set(_texts(list(row)))
    return found


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [line for whole in value.splitlines() if (line := " ".join(whole.split()))]
    if isinstance(value, list | dict):
        inner = value.values() if isinstance(value, dict) else value
        return [text for each in inner for text in _texts(each)]
    return []


class Unmarked:
    """Finds words that are neither marked nor data."""

    def __init__(self, *more: str) -> None:
        known = {*data_in_the_tables(), *more, settings.SITE_URL, settings.HELPDESK_EMAIL}
        # Roles bear ORCID's own names; places those of the time zone database.
        known |= {str(role.label) for role in Role} | {name for _zone, name in time_zones()}
        known |= set(NAMES)
        longest_first = sorted((text for text in known if len(text) > 1), key=len, reverse=True)
        self._known = re.compile(
            r"(?<!\w)(?:" + "|".join(re.escape(text) for text in longest_first) + r")(?!\w)"
        )

    def in_html(self, html: str) -> list[str]:
        return [piece for piece in pieces_outside(html) if self.in_text(piece)]

    def in_text(self, piece: str) -> bool:
        rest = self._known.sub(" ", _CODES.sub(" ", piece))
        return bool(re.search(r"[^\W\d_]{2,}", rest))
