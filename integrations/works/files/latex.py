"""Text as LaTeX writes it, by pylatexenc."""

import re

from pylatexenc.latex2text import (
    LatexNodes2Text,
    MacroTextSpec,
    get_default_latex_context_db,
)
from pylatexenc.latexencode import (
    RULE_DICT,
    RULE_REGEX,
    UnicodeToLatexConversionRule,
    UnicodeToLatexEncoder,
)

_CONTEXT = get_default_latex_context_db()
_CONTEXT.add_context_category(
    "texts",
    prepend=True,
    macros=[
        MacroTextSpec("url", simplify_repl="%s"),
        MacroTextSpec("textasciicircum", simplify_repl="^"),
        MacroTextSpec("textasciitilde", simplify_repl="~"),
    ],
)
# Formulas stay as they are written: `$H_2O$` says more than what could be made of it.
_READER = LatexNodes2Text(latex_context=_CONTEXT, math_mode="verbatim", keep_comments=False)
_MEANS_SOMETHING = re.compile(r"[\\{}$%~&#]|--|''|``|[!?]`")
_LONGEST = 20_000  # longer than anything that is kept: not worth minutes of a processor
_TO_ESCAPE = re.compile(r"[\\{}$%&#_^~]|[-'`<>,][-'`<>,]|[!?]`")
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "%": r"\%",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
}
_WRITER = UnicodeToLatexEncoder(
    conversion_rules=[
        # What LaTeX makes one character of: dashes, quotes, `¡` and `¿`.
        UnicodeToLatexConversionRule(
            RULE_REGEX,
            [
                (re.compile(r"[-'`<>,](?=[-'`<>,])"), r"\g<0>{}"),
                (re.compile(r"[!?](?=`)"), r"\g<0>{}"),
            ],
        ),
        UnicodeToLatexConversionRule(
            RULE_DICT, {ord(char): code for char, code in _SPECIAL.items()}
        ),
    ],
    replacement_latex_protection="none",
    unknown_char_policy="keep",
    unknown_char_warning=False,
    non_ascii_only=False,
)


def from_latex(text: str) -> str:
    """The text a reader sees: `G{\\"o}del` is `Gödel`. What is no LaTeX is given back as it is."""
    if not _MEANS_SOMETHING.search(text):
        return text
    if len(text) > _LONGEST:
        return re.sub(r"[{}]", "", text)
    try:
        return str(_READER.latex_to_text(text, tolerant_parsing=True))
    except Exception:  # noqa: BLE001 - the library meets any text people upload
        return text.replace("{", "").replace("}", "")


def to_latex(text: str) -> str:
    """The text with what LaTeX would take for a command escaped; accents stay letters."""
    return str(_WRITER.unicode_to_latex(text)) if _TO_ESCAPE.search(text) else text


def verbatim(text: str, *, write: bool = False) -> str:
    """Of addresses and identifiers, which stand in BibTeX as they are; a bracket would end them."""
    if write:
        return re.sub(r"[{}\\]", lambda found: f"%{ord(found[0]):02X}", " ".join(text.split()))
    bare = re.sub(r"\\url\s*", "", text)
    return re.sub(r"[{}]", "", re.sub(r"\\([_%&#$~{}])", r"\1", bare)).strip()
