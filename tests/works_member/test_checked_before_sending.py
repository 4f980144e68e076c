"""What ORCID would refuse is said here first, each thing in its own words; who reads them: test_pushing."""

from typing import Any

import pytest

from integrations.works.models import MemberWork
from integrations.works.push_source import problems
from tests.works_member.conftest import doi

LONG = 1001 * "a"


def complete(**but: Any) -> MemberWork:
    """A work that lacks nothing, but for what is said."""
    fields: dict[str, Any] = {
        "type": "journal-article", "title": "On whales", "published": "2020",
        "translated_title": "Über Wale", "translated_title_language": "de", "language_code": "en",
        "citation_type": "ris", "citation_value": "TY  - JOUR", "url": "https://uni.example/1",
        "identifiers": [doi("10.5555/1")],
        "contributors": [{"name": "Ada Lovelace", "orcid": "", "role": "author"}],
    }  # fmt: skip
    return MemberWork(**(fields | but))


def person(**but: str) -> dict[str, list[dict[str, str]]]:
    return {"contributors": [{"name": "Ada Lovelace", "orcid": "", "role": "author"} | but]}


def named(kind: str, value: str, relationship: str = "self") -> dict[str, str]:
    return {"type": kind, "value": value, "relationship": relationship}


@pytest.mark.parametrize(
    ("but", "said"),
    [
        ({}, []),
        (person(name="", orcid="0000-0002-1825-0097"), []),
        ({"title": " "}, ["Title: A work needs a title."]),
        ({"type": ""}, ["Type: Say what kind of work it is."]),
        ({"type": "leaflet"}, ["Type: “leaflet” is not a kind of work that ORCID knows."]),
        ({"published": ""}, ["The date is missing: at least the year."]),
        ({"published": "2021-02-30"}, ["Date: There is no such day as 2021-02-30."]),
        (
            {"published": "lately"},
            ["Date: “lately” is no date. Write the year, or year-month-day: 2024-07-31."],
        ),
        ({"url": "uni.example"}, ["Web address: A web address starts with http:// or https://."]),
        ({"title": LONG}, ["Title: This is longer than 1,000 characters."]),
        (person(name=LONG), ["People: This is longer than 150 characters."]),
        (
            {"identifiers": []},
            ["It has no identifier of its own, such as a DOI or an ISBN."],
        ),
        (
            {"identifiers": [doi("10.5555/1", "part-of")]},
            ["It has no identifier of its own, such as a DOI or an ISBN."],
        ),
        (
            {"identifiers": [doi("10.5555/1"), named("doi", "whales")]},
            ["Identifiers: “whales” is no DOI. It starts with 10. and has a slash: 10.1000/182."],
        ),
        (
            {"identifiers": [doi("10.5555/1"), named("shelfmark", "1")]},
            ["Identifiers: “shelfmark” is not a kind of identifier that ORCID knows."],
        ),
        (
            {"identifiers": [doi("10.5555/1"), named("isbn", "9780141439600", "")]},
            ["Identifiers: Say how 9780141439600 belongs to the work."],
        ),
        (
            {"translated_title_language": ""},
            ["The language of the translated title is missing."],
        ),
        ({"language_code": "tlh"}, ["ORCID does not know the language “tlh”."]),
        ({"citation_type": ""}, ["The kind of the citation is missing."]),
        (person(name=""), ["One of the people has no name."]),
        (person(role="muse"), ["ORCID does not know the role of Ada Lovelace."]),
        (
            {"title": "", "published": "", "identifiers": []},
            [
                "Title: A work needs a title.",
                "The date is missing: at least the year.",
                "It has no identifier of its own, such as a DOI or an ISBN.",
            ],
        ),
    ],
)
def test_what_orcid_would_refuse_has_its_own_words(but: dict[str, Any], said: list[str]) -> None:
    assert list(problems(complete(**but))) == said
