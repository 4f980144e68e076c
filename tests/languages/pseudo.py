"""A language that is none: whatever is marked for translation stands in ⟦…⟧, in every language.

What stands outside, and is no data, was forgotten; also what is put into a sentence.
"""

import re
from typing import Any

import pytest
from django.utils.translation.trans_real import CONTEXT_SEPARATOR, DjangoTranslation

# Where a sentence names something: that must be marked by itself, or be data.
_PLACE = re.compile(r"%(?:\(\w+\))?[sd]")


def marked(msgid: str) -> str:
    text = msgid.rpartition(CONTEXT_SEPARATOR)[2]
    return "⟦" + _PLACE.sub(r"⟧\g<0>⟦", text) + "⟧"


def _one(_self: Any, message: str) -> str:
    return marked(message)


def _one_or_many(_self: Any, singular: str, plural: str, n: int) -> str:
    return marked(singular if n == 1 else plural)


def speak_pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DjangoTranslation, "gettext", _one)
    monkeypatch.setattr(DjangoTranslation, "ngettext", _one_or_many)
