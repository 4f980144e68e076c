"""Keys by which names are ordered and found, the same on SQLite and PostgreSQL."""

import unicodedata

# Letters that NFKD leaves whole though readers look them up under a plain one.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)
# By how much a key may be longer than its text (`ß` → `ss`); the columns have as much to spare.
_SPARE = 80


def search_key(text: str) -> str:
    """Casefold, drop marks and squeeze spaces: `Universität  Zürich` → `universitat zurich`."""
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    # A ligature may unfold to eighteen letters: a key fits its column whatever the text holds.
    return " ".join(plain.split())[: len(text) + _SPARE].rstrip()


def sort_key(text: str) -> str:
    """Like `search_key`, with everything that is not a letter or digit out of the way."""
    return "".join(char for char in search_key(text) if char.isalnum() or char == " ").strip()


def initial(text: str) -> str:
    """The letter under which a name is listed; `#` for whatever is not a–z."""
    first = sort_key(text)[:1]
    return first.upper() if first.isascii() and first.isalpha() else "#"
