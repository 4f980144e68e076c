"""Every text in a template is marked for translation, in branches too that no test reaches."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template.base import Lexer, Token, TokenType

from tests.languages.reading import NAMES, READ_ALOUD

FOLDER = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(path for path in FOLDER.rglob("*") if path.suffix in {".html", ".txt"})
VARIABLE = "\N{OBJECT REPLACEMENT CHARACTER}"
# Columns of files that people bring in, whose names are the same in every language; a class of CSS.
NO_WORDS = {
    "Member, Name, Email, ORCID iD, Voting contact, Role",
    "Member, Main contact name, Main contact e-mail, Licencee name, Licencee e-mail, …",
    "Type, Title, Journal, Date, DOI, ISBN, People",
    "app- model- change-form",
}
# Tags whose own words are code; those of others are shown.
CODE = {"load", "extends", "url", "static", "block", "translate", "blocktranslate", "elif", "if"}


def own_texts(source: str) -> tuple[str, list[str]]:
    """A template without its tags and what is marked; and the words that it hands to other tags."""
    texts, handed = [], []
    inside = 0
    comment = 0
    for token in Lexer(source).tokenize():
        first = token.contents.split()[0] if token.contents.split() else ""
        if token.token_type is TokenType.BLOCK:
            inside += (first == "blocktranslate") - (first == "endblocktranslate")
            comment += (first == "comment") - (first == "endcomment")
            texts.append(VARIABLE)
            handed += list(_words_handed(token)) if first not in CODE and not comment else []
        elif token.token_type is TokenType.VAR:
            texts.append(VARIABLE)
            handed += list(_words_handed(token))
        elif token.token_type is TokenType.TEXT and not inside and not comment:
            texts.append(token.contents)
    return "".join(texts), handed


def _words_handed(token: Token) -> Iterator[str]:
    """Literals with a space or a capital letter, as words to read have, outside of `_()`."""
    for marked, text in re.findall(r"""(_\()?["']([^"']*)["']""", token.contents):
        if not marked and re.search(r"[a-z]{2} [a-z]|^[A-Z][a-z]", text):
            yield text


def unmarked(source: str) -> list[str]:
    text, found = own_texts(source)
    text = re.sub(r"<(style|script)\b.*?</\1>", "", text, flags=re.DOTALL)
    aloud = "|".join(READ_ALOUD)
    found += re.findall(rf'\s(?:{aloud})="([^"]*)"', text)
    found += re.findall(r'<input type="submit"[^>]*\svalue="([^"]*)"', text)
    found += re.sub(r"<[^>]*>", "\n", text).splitlines()
    return [piece.strip() for piece in found if _has_words(piece)]


def _has_words(piece: str) -> bool:
    if piece.replace(VARIABLE, "").strip() in NO_WORDS:
        return False
    for name in sorted(NAMES, key=len, reverse=True):
        piece = piece.replace(name, "")
    return bool(re.search(r"[^\W\d_]{2,}", re.sub(r"&\w+;", "", piece)))


def test_every_text_is_marked() -> None:
    found = {str(path.relative_to(FOLDER)): unmarked(path.read_text()) for path in TEMPLATES}

    assert {name: pieces for name, pieces in found.items() if pieces} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>{% translate 'Marked' %}: {{ name }}</p>", []),
        ("<p>Not marked, {{ name }}</p>", ["Not marked, " + VARIABLE]),
        ('<a title="Nor this" href="/x y">{% translate "In" %}</a>', ["Nor this"]),
        ('{% include "x.html" with label=_("In") %}', []),
        ('{% include "x.html" with label="Left out" %}', ["Left out"]),
        ("{{ day|default:'Not known' }}", ["Not known"]),
        ("{% blocktranslate %}All <b>in</b>{% endblocktranslate %} <b>out</b>", ["out"]),
        ("{% comment %}For whoever reads the code{% endcomment %}", []),
    ],
)
def test_what_counts_as_marked(source: str, found: list[str]) -> None:
    assert unmarked(source) == found


def test_blocks_to_translate_are_trimmed_or_of_one_line() -> None:
    """Translators would have to keep the line breaks and indents of our templates."""
    block = re.compile(r"{% blocktranslate((?:(?!%}).)*)%}((?:(?!{% endblock).)*)", re.DOTALL)

    loose = [
        str(path.relative_to(FOLDER))
        for path in TEMPLATES
        for options, words in block.findall(path.read_text())
        if "\n" in words and "trimmed" not in options
    ]

    assert loose == []


def test_dates_are_written_as_the_locale_does() -> None:
    """`c`, ISO and what else machines read aside, formats have the names that locales fill."""
    used = re.compile(r"""\|(?:date|time):["']([^"']+)["']""")
    machines = {"c", "Y-m-d", "Y-m-d\\TH:i", "T", "e"}

    fixed = {
        (str(path.relative_to(FOLDER)), form)
        for path in TEMPLATES
        for form in used.findall(path.read_text())
        if form not in machines
        and not form.endswith(("DATE_FORMAT", "TIME_FORMAT", "MONTH_FORMAT"))
    }

    assert fixed == set()
