"""What a field of a work says, in words for a page."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django_countries import countries

from integrations.works import vocabulary
from integrations.works.languages import LANGUAGES
from integrations.works.rows import date_in_words

_CODES = {
    "type": vocabulary.WORK_TYPES,
    "language_code": LANGUAGES,
    "translated_title_language": LANGUAGES,
    "citation_type": vocabulary.CITATION_TYPES,
}
_MOST = 300


def in_words(field: str, content: Mapping[str, Any]) -> str:
    """The value of one field as a person reads it, cut where it is long."""
    said = content[field]
    if not said:
        return _("empty")
    if field == "identifiers":
        text = "; ".join(_identifier(each) for each in said)
    elif field == "contributors":
        text = "; ".join(each["name"] for each in said)
    elif field == "published":
        text = date_in_words(said)
    elif field == "country":
        text = str(countries.name(said) or said)
    else:
        text = str(vocabulary.readable(_CODES[field], said)) if field in _CODES else said
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"


def _identifier(found: Mapping[str, str]) -> str:
    relation = vocabulary.relation_name(found.get("relationship", "self"))
    text = f"{vocabulary.identifier_type_name(found['type'])}: {found['value']}"
    return f"{relation} {text}" if relation else text
