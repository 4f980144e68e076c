"""The part of Lucene's query language that ORCID clients send.

Terms, "phrases", wildcards, `field:value`, `field:(…)`, AND, OR, NOT, `+`, `-`, brackets and
`*:*`. Words side by side mean OR, as at ORCID. A parsed query scores a document: 0 is no match.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from enum import Enum, auto

# What a record offers under each field of the index.
Document = Mapping[str, list[str]]
Query = Callable[[Document], int]

DEFAULT_FIELD = "text"
# Plain strings in ORCID's index: compared whole and case by case.
EXACT_FIELDS = frozenset({"email", "orcid", "ror-org-id"})


class QuerySyntaxError(ValueError):
    """The text says what cannot be parsed."""


class Occur(Enum):
    MUST = auto()
    SHOULD = auto()
    MUST_NOT = auto()


Clause = tuple[Occur, Query]


def parse(text: str) -> Query:
    parser = Parser(text)
    query = parser.clauses(DEFAULT_FIELD)
    parser.expect(r"$")
    return query


class Parser:
    """Recursive descent over the query text; `field` is what unnamed values are sought in."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def accept(self, pattern: str) -> re.Match[str] | None:
        found = re.compile(r"\s*" + pattern).match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def expect(self, pattern: str) -> None:
        if not self.accept(pattern):
            raise QuerySyntaxError(f"unexpected {self.text[self.at :].strip()[:20] or 'end'!r}")

    def clauses(self, field: str) -> Query:
        found = [self.conjunction(field)]
        while not re.compile(r"\s*(?:\)|$)").match(self.text, self.at):
            self.accept(r"(?:OR(?=[\s(]|$)|\|\|)")
            found.append(self.conjunction(field))
        return combined(found)

    def conjunction(self, field: str) -> Clause:
        found = [self.clause(field)]
        while self.accept(r"(?:AND(?=[\s(]|$)|&&)"):
            found.append(self.clause(field))
        if len(found) == 1:
            return found[0]
        required: list[Clause] = [
            (Occur.MUST if occur == Occur.SHOULD else occur, query) for occur, query in found
        ]
        return Occur.SHOULD, combined(required)

    def clause(self, field: str) -> Clause:
        if self.accept(r"(?:NOT(?=[\s(])|!|-)"):
            return Occur.MUST_NOT, self.value(field)
        occur = Occur.MUST if self.accept(r"\+") else Occur.SHOULD
        return occur, self.value(field)

    def value(self, field: str) -> Query:
        named = self.accept(r"([\w*][\w*-]*):(?=\S)") if field == DEFAULT_FIELD else None
        field = named[1] if named else field
        if self.accept(r"\("):
            query = self.clauses(field)
            self.expect(r"\)")
        elif phrase := self.accept(r'"((?:[^"\\]|\\.)*)"'):
            query = matcher(field, unescaped(phrase[1]), wildcards=False)
        elif term := self.accept(r'((?:[^\s()"\\^~\[\]{}]|\\.)+)'):
            query = matcher(field, term[1], wildcards=True)
        else:
            raise QuerySyntaxError(f"unexpected {self.text[self.at :].strip()[:20] or 'end'!r}")
        # Boosts and fuzziness change ORCID's ranking; the sandbox reads over them.
        self.accept(r"(?:[\^~][\d.]*)+")
        return query


def combined(clauses: list[Clause]) -> Query:
    def score(document: Document) -> int:
        total = 0
        wanted = False
        for occur, query in clauses:
            found = query(document)
            if occur == Occur.MUST_NOT:
                if found:
                    return 0
                continue
            if occur == Occur.MUST and not found:
                return 0
            wanted = True
            total += found
        # Only exclusions: everything else matches.
        return total if wanted else 1

    return score


def matcher(field: str, value: str, *, wildcards: bool) -> Query:
    """Scores 1 for a document with the value in the field. Wildcard terms come still escaped."""
    if wildcards and value == "*":
        return lambda document: int(field == "*" or bool(document.get(field)))
    if field in EXACT_FIELDS:
        exact = re.compile(pattern(value) if wildcards else re.escape(value))
        return lambda document: int(any(map(exact.fullmatch, document.get(field, []))))
    words = folded(value if wildcards else re.sub(r"[*?]", " ", value))
    parts = [pattern(word) for word in re.findall(r"(?:[\w*?]|\\[*?])+", words)]
    if not parts:
        return lambda _document: 0
    sequence = re.compile(r"(?<!\S)" + " ".join(parts) + r"(?!\S)")
    return lambda document: int(
        any(sequence.search(tokens(text)) for text in document.get(field, []))
    )


def pattern(term: str) -> str:
    """A regular expression for a term with `*`, `?` and backslash escapes."""
    expressions = {"*": r"\S*", "?": r"\S"}
    return "".join(
        expressions.get(sign, re.escape(sign.removeprefix("\\") or sign))
        for sign in re.findall(r"\\.|.", term)
    )


def unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def tokens(text: str) -> str:
    return " ".join(re.findall(r"\w+", folded(text)))


def folded(text: str) -> str:
    """Without case and accents, as the index folds its text fields."""
    signs = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in signs if not unicodedata.combining(sign)).casefold()
