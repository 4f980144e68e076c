"""Keys by which names are ordered and found, the same on SQLite and PostgreSQL."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

# Letters that NFKD leaves whole though readers look them up under a plain one.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
# Overrides and isolates of the direction of writing; the mere marks stand in names that need them.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# What is no letter, digit or space.
_NEITHER = re.compile(r"[^\w ]|_")
# By how much a key may be longer than its text (`ß` → `ss`); the columns have as much to spare.
_SPARE = 80


def search_key(text: str) -> str:
    """Casefold, drop marks and squeeze spaces: `Universität  Zürich` → `universitat zurich`."""
    if text.isascii():  # the same at once
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    # A ligature may unfold to eighteen letters: a key fits its column whatever the text holds.
    return " ".join(plain.split())[: len(text) + _SPARE].rstrip()


def sort_key(text: str) -> str:
    """Like `search_key`, with everything that is not a letter or digit out of the way."""
    return _NEITHER.sub("", search_key(text)).strip()


def one_line(text: str) -> str:
    """In one line, without control characters.

    Names stand in mails, where a line of its own would be read as ours; and what turns the direction
    of writing makes one name look like another.
    """
    seen = (char for char in " ".join(text.split()) if char not in _TURNS)
    return "".join(char for char in seen if unicodedata.category(char) != "Cc").strip()


def initial(text: str) -> str:
    """The letter under which a name is listed; `#` for whatever is not a–z."""
    first = sort_key(text)[:1]
    return first.upper() if first.isascii() and first.isalpha() else "#"


def is_email(text: str) -> bool:
    """Whether it is an e-mail address that a column of ours can take."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254
