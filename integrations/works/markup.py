"""Titles as publishers send them: `CO<sub>2</sub>`, `<i>Daphnia</i>`, `T &lt; 4 °C`.

They are kept as they came, and are read and found as they were meant.
"""

import html
import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# Only in pairs: a title about the tag `<b>` is left alone. Attributes are dropped.
_MARKS = "i|b|em|strong|sub|sup"
_PAIR = re.compile(rf"<({_MARKS})(?:\s[^<>]*)?>(.*?)</\1>", re.IGNORECASE | re.DOTALL)
_ESCAPED_PAIR = re.compile(
    rf"&lt;({_MARKS})(?:\s(?:(?!&lt;|&gt;).)*)?&gt;(.*?)&lt;/\1&gt;", re.IGNORECASE | re.DOTALL
)
# An entity is one character of text, whatever it names.
_ESCAPED_ENTITY = re.compile(r"&amp;(#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
# Marks within marks; deeper ones stay as they came.
_DEEPEST = 4


def plain(title: str) -> str:
    """As it is read aloud: without marks, entities as the characters they name."""
    if "<" in title:
        title = _unwrapped(_PAIR, r"\2", title)
    return html.unescape(title) if "&" in title else title


def marked(title: str) -> SafeString:
    """For a page: everything escaped but the few marks."""
    shown = str(escape(title))
    if "&lt;" in shown:
        shown = _unwrapped(_ESCAPED_PAIR, r"<\1>\2</\1>", shown)
    if "&amp;" in shown:
        shown = _ESCAPED_ENTITY.sub(r"&\1;", shown)
    return mark_safe(shown)  # noqa: S308  # escaped above; what is let through is named there


def _unwrapped(pair: re.Pattern[str], by: str, text: str) -> str:
    for _depth in range(_DEEPEST):
        text, number = pair.subn(by, text)
        if not number:
            break
    return text
