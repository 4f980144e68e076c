"""The facts of one work as a form; `forms/editor.py` puts them together with rows."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from integrations.works import content as rules
from integrations.works import vocabulary
from integrations.works.content import EMPTY, Content, date_of, tidy, tidy_lines
from integrations.works.languages import LANGUAGES
from members.widgets import PlainSelect

_LINES = ("title", "subtitle", "translated_title", "journal_title", "url", "citation_type")
_TEXTS = ("short_description", "citation_value")
_CODES = ("type", "language_code", "country", "translated_title_language")


def _line(name: str, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=rules.FIELDS[name],
        max_length=rules.LONGEST[name],
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        **more,
    )


def _text(name: str, rows: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=rules.FIELDS[name],
        max_length=rules.LONGEST[name],
        required=False,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
        **more,
    )


def _one_of(name: str, names: Mapping[str, Any], nothing: vocabulary.Name) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=rules.FIELDS[name],
        choices=[("", nothing), *names.items()],
        required=False,
        widget=PlainSelect,
    )


class WorkForm(forms.Form):
    """Checks the form of what is typed; whether it makes a work, the rules of content say."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    # What each field said when the form was made, so that of two who edit neither undoes the other.
    seen = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)

    type = forms.ChoiceField(
        label=rules.FIELDS["type"],
        choices=[
            ("", _("Choose one")),
            *((group, [*names.items()]) for group, names in vocabulary.WORK_TYPES_BY_GROUP),
        ],
        error_messages={"required": _("Say what kind of work it is.")},
    )
    title = _line("title")
    subtitle = _line("subtitle")
    journal_title = _line("journal_title", help_text=_("Where it appeared, if anywhere."))
    year = forms.CharField(label=_("Year"), max_length=4, required=False)
    month = forms.ChoiceField(
        label=_("Month"), choices=[("", "–"), *MONTHS.items()], required=False, widget=PlainSelect
    )
    day = forms.CharField(label=_("Day"), max_length=2, required=False)
    url = _line("url", help_text=_("Where it can be read or seen. A DOI needs none."))
    translated_title = _line("translated_title")
    translated_title_language = _one_of("translated_title_language", LANGUAGES, _("Not said"))
    language_code = _one_of("language_code", LANGUAGES, _("Not said"))
    country = forms.ChoiceField(
        label=rules.FIELDS["country"],
        # Each time anew: their names are of the language that is spoken then.
        choices=lambda: [("", _("Not said")), *countries],
        required=False,
        widget=PlainSelect,
    )
    short_description = _text("short_description", 5, help_text=_("Up to 5,000 characters."))
    citation_type = _one_of("citation_type", vocabulary.CITATION_TYPES, _("None"))
    citation_value = _text("citation_value", 4)

    def __init__(self, *args: Any, known: Content | None = None, **kwargs: Any) -> None:
        """`known` is what the work says now: what ORCID has added to its lists can stay."""
        super().__init__(*args, **kwargs)
        self._known: Content = known or {**EMPTY}
        for name in ("year", "day"):
            self.fields[name].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}
        self.fields["title"].required = True
        self.fields["title"].error_messages["required"] = _("A work needs a title.")
        self.fields["url"].widget.attrs |= {"inputmode": "url", "dir": "ltr"}
        for name in (*_CODES, "citation_type"):
            field, code = self.fields[name], self._known.get(name, "")
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  # each of them is
            field.error_messages["invalid_choice"] = _("Choose one of the list.")
            if code and not field.valid_value(code):
                field.choices = [*field.choices, (code, vocabulary.readable({}, code))]  # type: ignore[misc]  # choices in groups too

    def facts(self) -> Content:
        """What was typed, as `Work` keeps it; a field at fault says what is known."""
        given = as_typed(self._known) | self.cleaned_data
        facts: Content = {name: tidy(given[name]) for name in _LINES}
        facts |= {name: tidy_lines(given[name]) for name in _TEXTS}
        facts |= {name: given[name] for name in _CODES}
        facts["published"] = self._published()
        if not facts["translated_title"]:
            facts["translated_title_language"] = ""
        if not facts["citation_value"]:
            facts["citation_type"] = ""
        return facts

    def _published(self) -> str:
        if self.errors.keys() & {"year", "month", "day"}:
            return str(self._known["published"])
        year, month, day = (self.cleaned_data[name] for name in ("year", "month", "day"))
        return date_of(year, month, day) if year else ""

    def clean(self) -> Content:
        given = super().clean() or self.cleaned_data
        if not given.get("year") and (given.get("month") or given.get("day")):
            self.add_error("year", _("A month or day needs its year."))
        elif given.get("day") and not given.get("month"):
            self.add_error("month", _("A day needs its month."))
        if self._is_new("citation_value") and not given.get("citation_type"):
            self.add_error("citation_type", _("Say how the citation is written."))
        if self._is_new("translated_title") and not given.get("translated_title_language"):
            self.add_error("translated_title_language", _("Say in which language it is."))
        return given

    def _is_new(self, name: str) -> bool:
        said = tidy_lines(self.cleaned_data.get(name) or "")
        return bool(said) and said != tidy_lines(self._known.get(name, ""))


def as_typed(content: Content) -> dict[str, Any]:
    """What the fields of the form show for a work."""
    year, month, day = [*content["published"].split("-"), "", ""][:3]
    typed = {name: content[name] for name in (*_LINES, *_TEXTS, *_CODES)}
    return typed | {"year": year, "month": month.lstrip("0"), "day": day.lstrip("0")}
