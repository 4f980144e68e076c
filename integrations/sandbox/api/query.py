"""The part of Lucene's query language that ORCID clients send.

Terms, "phrases", wildcards, `field:value`, `field:(…)`, AND, OR, NOT, `+`, `-`, brackets and
`*:*`. Words side by side mean OR. A parsed query scores a document: 0 is no match.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from fnmatch import translate

# What a record offers under each field of the index.
Document = Mapping[str, list[str]]
Query = Callable[[Document], int]

DEFAULT_FIELD = "text"
# Plain strings in ORCID's index: compared whole and case by case.
EXACT_FIELDS = frozenset({"email", "orcid", "ror-org-id"})

TOKEN = re.compile(
    r"""\s*(?:
        (?P<mark>[()+!]|-(?=\S)|&&|\|\|)
      | (?P<word>(?:AND|OR|NOT)(?![^\s()]))
      | (?P<field>(?:[\w*]|(?<=\w)-|\\.)+):(?!\s)
      | "(?P<phrase>(?:[^"\\]|\\.)*)"
      | (?P<term>(?:[^\s()"\\]|\\.)+)
    )""",
    re.VERBOSE,
)
OPERATORS = {"&&": "AND", "||": "OR", "!": "NOT", "-": "NOT"}


class QuerySyntaxError(ValueError):
    """The text says what cannot be parsed."""


def parse(text: str) -> Query:
    parser = Parser(text)
    query = parser.either(DEFAULT_FIELD)
    if parser.peek() is not None:
        raise QuerySyntaxError(f"unexpected {parser.peek()!r}")
    return query


def folded(text: str) -> str:
    """Without case and accents, as the index folds its text fields."""
    marks = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in marks if not unicodedata.combining(sign)).casefold()
