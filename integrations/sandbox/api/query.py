"""The part of Lucene's query language that ORCID clients send.

Terms, "phrases", wildcards, `field:value`, `field:(…)`, `field:[from TO to]`, AND, OR, NOT, `+`,
`-`, brackets and `*:*`. Words side by side mean OR, as at ORCID. A parsed query scores a document:
0 is no match.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

# What a record offers under each field of the index.
Document = Mapping[str, list[str]]
Score = Callable[[Document], int]


@dataclass(frozen=True)
class Query:
    """`score` rates a document, 0 for no match; only records of `orcids` can match (None: any)."""

    score: Score
    orcids: frozenset[str] | None = None

    def __call__(self, document: Document) -> int:
        return self.score(document)


DEFAULT_FIELD = "text"
# Plain strings in ORCID's index: compared whole and case by case.
EXACT_FIELDS = frozenset({"email", "orcid", "ror-org-id"})
DATE_FIELDS = frozenset({"profile-last-modified-date", "profile-submission-date"})


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
        if span := self.accept(r"([\[{])\s*([^\s\]}]+)\s+TO\s+([^\s\]}]+)\s*([\]}])"):
            query = between(field, span[2], span[3], closed=(span[1] == "[", span[4] == "]"))
        elif self.accept(r"\("):
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

    return Query(score, possible(clauses))


def possible(clauses: list[Clause]) -> frozenset[str] | None:
    """The records that can match at all, where the clauses name them: it spares reading others."""
    required = [query.orcids for occur, query in clauses if occur == Occur.MUST]
    optional = [query.orcids for occur, query in clauses if occur == Occur.SHOULD]
    if named := [orcids for orcids in required if orcids is not None]:
        return frozenset.intersection(*named)
    if required or not optional:
        return None
    known = [orcids for orcids in optional if orcids is not None]
    return frozenset().union(*known) if len(known) == len(optional) else None


def matcher(field: str, value: str, *, wildcards: bool) -> Query:
    """Scores 1 for a document with the value in the field. Wildcard terms come still escaped."""
    if wildcards and value == "*":
        return Query(lambda document: int(field == "*" or bool(document.get(field))))
    if field in EXACT_FIELDS:
        return exactly(field, value, wildcards=wildcards)
    words = folded(value if wildcards else re.sub(r"[*?]", " ", value))
    parts = [pattern(word) for word in re.findall(r"(?:[\w*?]|\\[*?])+", words)]
    if not parts:
        return Query(lambda _document: 0)
    sequence = re.compile(r"(?<!\S)" + " ".join(parts) + r"(?!\S)")
    return Query(
        lambda document: int(any(sequence.search(tokens(text)) for text in document.get(field, [])))
    )


def exactly(field: str, value: str, *, wildcards: bool) -> Query:
    if wildcards and re.search(r"[*?\\]", value):
        exact = re.compile(pattern(value))
        return Query(lambda document: int(any(map(exact.fullmatch, document.get(field, [])))))
    return Query(
        lambda document: int(value in document.get(field, [])),
        frozenset({value}) if field == "orcid" else None,
    )


def between(field: str, low: str, high: str, *, closed: tuple[bool, bool]) -> Query:
    """`[low TO high]`, braces for without the ends; `*` is no end. Values compare as strings."""
    first, last = bound(field, low), bound(field, high)

    def fits(value: str) -> bool:
        above = first is None or first < value or (closed[0] and first == value)
        below = last is None or value < last or (closed[1] and value == last)
        return above and below

    return Query(lambda document: int(any(map(fits, document.get(field, [])))))


def bound(field: str, text: str) -> str | None:
    if text == "*":
        return None
    return instant(text) if field in DATE_FIELDS else text


def instant(text: str) -> str:
    """A date of a query, as the index writes them: `NOW`, `NOW-7DAYS`, ISO 8601."""
    if relative := re.fullmatch(r"NOW(?:([+-])(\d+)(SECOND|MINUTE|HOUR|DAY)S?)?", text):
        sign, count, unit = relative.groups()
        distance = dt.timedelta(**{f"{unit.lower()}s": int(count)}) if unit else dt.timedelta()
        now = dt.datetime.now(dt.UTC)
        return indexed_date(now - distance if sign == "-" else now + distance)
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        raise QuerySyntaxError(f"unexpected date {text!r}") from None
    return indexed_date(at if at.tzinfo else at.replace(tzinfo=dt.UTC))


def indexed_date(at: dt.datetime) -> str:
    """To the millisecond and of one length, so that the order of strings is that of time."""
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


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
