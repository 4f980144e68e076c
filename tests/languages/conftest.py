import pytest
from django.urls import get_resolver
from django_countries import countries

from tests.languages.pseudo import speak_pseudo


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on everything marked stands in ⟦…⟧.

    What was put into words when modules were imported, once for everybody, does not: they are before.
    """
    assert get_resolver().url_patterns
    # Their names are kept for each language, of which this one is none.
    monkeypatch.setattr(countries, "_iter_cache", {}, raising=False)
    speak_pseudo(monkeypatch)
