"""What a work says of itself, whoever says it: the checks that form and files share.

*Content* is a mapping from the names of `Work`'s fields to their values.
"""

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.works import vocabulary
from integrations.works.identifiers import match_keys, normalized, web_address
from members.text import search_key, sort_key

Content: TypeAlias = dict[str, Any]
# By title, year and type: so two works are compared that share no identifier.
Likeness: TypeAlias = tuple[str, str, str]

# Names of fields as a person reads them, in the order of the form.
FIELDS: dict[str, vocabulary.Name] = {
    "type": gettext_lazy("Type"),
    "title": gettext_lazy("Title"),
    "subtitle": gettext_lazy("Subtitle"),
    "translated_title": gettext_lazy("Translated title"),
    "translated_title_language": gettext_lazy("Language of the translated title"),
    "journal_title": gettext_lazy("Journal, book or series"),
    "published": gettext_lazy("Date"),
    "url": gettext_lazy("Web address"),
    "identifiers": gettext_lazy("Identifiers"),
    "contributors": gettext_lazy("People"),
    "short_description": gettext_lazy("Description"),
    "language_code": gettext_lazy("Language"),
    "country": gettext_lazy("Country"),
    "citation_type": gettext_lazy("Kind of citation"),
    "citation_value": gettext_lazy("Citation"),
}
EMPTY: Content = {name: [] if name in {"identifiers", "contributors"} else "" for name in FIELDS}
# The one means nothing without the other.
PAIRS = (
    {"translated_title", "translated_title_language"},
    {"citation_type", "citation_value"},
)
# As ORCID has them: what is longer could never be sent there.
LONGEST = {
    "title": 1000,
    "subtitle": 1000,
    "translated_title": 1000,
    "journal_title": 1000,
    "short_description": 5000,
    "url": 2000,
    "citation_value": 100_000,
}
LONGEST_IDENTIFIER = 2000
LONGEST_NAME = 150

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.A)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def problems(content: Mapping[str, Any]) -> dict[str, list[str]]:
    """What is wrong, in words, by field; nothing for a work that can be kept."""
    found: dict[str, list[str]] = {}

    def note(field: str, words: str) -> None:
        if words:
            found.setdefault(field, []).append(words)

    if not content.get("title", "").strip():
        note("title", _("A work needs a title."))
    note("type", type_problem(content.get("type", "")))
    note("published", date_problem(content.get("published", "")))
    if content.get("url") and not web_address(content["url"]):
        note("url", _("A web address starts with http:// or https://."))
    for field, longest in LONGEST.items():
        if len(content.get(field, "")) > longest:
            note(field, too_long(longest))
    for each in content.get("identifiers", []):
        note("identifiers", identifier_problem(**_named(each)))
    for each in content.get("contributors", []):
        if len(each["name"]) > LONGEST_NAME:
            note("contributors", too_long(LONGEST_NAME))
    return found


def _named(identifier: Mapping[str, str]) -> dict[str, str]:
    return {
        "kind": identifier["type"],
        "value": identifier["value"],
        "relationship": identifier["relationship"],
    }


def too_long(longest: int) -> str:
    """In words, that a text has more characters than ORCID takes."""
    return _("This is longer than %(n)s characters.") % {
        "n": number_format(longest, force_grouping=True)
    }


def type_problem(kind: str) -> str:
    """What is wrong with a work type: "" when nothing is."""
    if not kind:
        return _("Say what kind of work it is.")
    if kind not in vocabulary.WORK_TYPES:
        return _("“%(type)s” is not a kind of work that ORCID knows.") % {"type": kind[:40]}
    return ""


def date_problem(published: str) -> str:
    """What is wrong with a date of which year, month and day may be known: "" when nothing is."""
    if not published:
        return ""
    found = _DATE.fullmatch(published)
    if not found or int(found[1]) < 1000:
        return _("“%(date)s” is no date. Write the year, or year-month-day: 2024-07-31.") % {
            "date": published[:40]
        }
    try:
        datetime.date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return _("There is no such day as %(date)s.") % {"date": published}
    return ""


def date_of(year: str, month: str = "", day: str = "") -> str:
    """Year, month and day as the field `published` keeps them, whether or not there is such a day."""
    parts = [year.strip(), month.strip().zfill(2) if month.strip() else ""]
    if parts[1]:
        parts.append(day.strip().zfill(2) if day.strip() else "")
    return "-".join(part for part in parts if part)


def identifier_problem(kind: str, value: str, relationship: str) -> str:
    """What is wrong with an identifier: "" when nothing is."""
    name = vocabulary.identifier_type_name(kind)
    if len(value) > LONGEST_IDENTIFIER:
        return too_long(LONGEST_IDENTIFIER)
    if kind not in vocabulary.IDENTIFIER_TYPES:
        return _("“%(type)s” is not a kind of identifier that ORCID knows.") % {"type": kind[:40]}
    if relationship not in vocabulary.RELATIONSHIPS:
        return _("Say how %(value)s belongs to the work.") % {"value": value[:80]}
    if relationship == "funded-by" and kind not in vocabulary.FUNDING_TYPES:
        return _(
            "%(type)s cannot name funding: a grant number, proposal number, DOI or URI can."
        ) % {"type": name}
    if not normalized(kind, value) or (kind == "uri" and not web_address(value)):
        return _("“%(value)s” is no %(type)s. %(form)s") % {
            "value": value[:80],
            "type": name,
            "form": _form_of(kind),
        }
    return ""


def _form_of(kind: str) -> str:
    return {
        "doi": _("It starts with 10. and has a slash: 10.1000/182."),
        "isbn": _("It has 10 or 13 digits, and the last one must fit the others."),
        "issn": _("It has eight digits, and the last one must fit the others: 0317-8471."),
        "uri": _("It starts with http:// or https://."),
        "pmid": _("It is a number: 22368089."),
        "pmc": _("It is PMC and a number: PMC3531190."),
        "arxiv": _("It looks like 2101.00001 or math/0309136."),
        "handle": _("It has a number, a slash and a name: 2027/mdp.39015."),
        "wosuid": _("It looks like WOS:000285416000014."),
        "eid": _("It looks like 2-s2.0-77952345678."),
    }.get(kind, "")


def tidy(text: str) -> str:
    """One line of text as it is kept: spaces squeezed, nothing that no page can show."""
    return " ".join(_UNPRINTABLE.sub("", text).split())


def tidy_lines(text: str) -> str:
    """The same of a text that may have several lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(tidy(line) for line in lines).strip()


def likeness(content: Mapping[str, Any]) -> Likeness:
    """By what two works without a common identifier are taken for perhaps the same."""
    words = re.sub(r"\W+", " ", search_key(content["title"])).strip()
    kind = content["type"] if content["type"] in vocabulary.WORK_TYPES else "other"
    return (words or content["title"], content["published"][:4], kind)


def may_be_same(one: Iterable[Mapping[str, str]], other: Iterable[Mapping[str, str]]) -> bool:
    """Whether identifiers leave it open: two DOIs that differ name two works."""
    ours, theirs = match_keys(one), match_keys(other)
    return not {kind for kind, _value in ours} & {kind for kind, _value in theirs}


def with_orcid(people: list[dict[str, str]], orcid: str, name: str) -> list[dict[str, str]]:
    """The people of a work, with one of them named by the iD they proved: where their name stands,
    whichever part of it comes first, or at the end."""
    found = [{**each} for each in people]
    if any(each.get("orcid") == orcid for each in found):
        return found
    own = _parts(name)
    for each in found:
        if not each.get("orcid") and _parts(each["name"]) == own:
            each["orcid"] = orcid
            return found
    sequence = "additional" if found else "first"
    return [*found, {"name": name, "orcid": orcid, "role": "author", "sequence": sequence}]


def _parts(name: str) -> list[str]:
    return sorted(sort_key(name).split())
