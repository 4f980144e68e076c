"""A language that is none: whatever is marked for translation stands in ⟦…⟧, in every language.

What stands outside, and is no data, was forgotten.
"""

from typing import Any

import pytest
from django.utils.translation.trans_real import CONTEXT_SEPARATOR, DjangoTranslation


def marked(msgid: str) -> str:
    return f"⟦{msgid.rpartition(CONTEXT_SEPARATOR)[2]}⟧"


def _one(_self: Any, message: str) -> str:
    return marked(message)


def _one_or_many(_self: Any, singular: str, plural: str, n: int) -> str:
    return marked(singular if n == 1 else plural)


def speak_pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DjangoTranslation, "gettext", _one)
    monkeypatch.setattr(DjangoTranslation, "ngettext", _one_or_many)
