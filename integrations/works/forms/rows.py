"""Rows of the work's form: identifiers and people. An empty row is no row."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from integrations.works import vocabulary
from integrations.works.content import LONGEST_IDENTIFIER, LONGEST_NAME, identifier_problem, tidy
from integrations.works.identifiers import identifier
from members.widgets import PlainSelect

# More people than this are kept as they are: nobody edits the author list of a detector here.
MOST_PEOPLE = 100
MOST_IDENTIFIERS = 50


class Row(forms.Form):
    """One row; `known` are the rows of the work as it is, which need no check."""

    names: tuple[str, ...]
    main: str  # the field without which the row says nothing

    def __init__(self, *args: Any, known: tuple[dict[str, str], ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        for name, field in self.fields.items():
            said = {each[name] for each in known if name in each}
            if isinstance(field, forms.ChoiceField):
                field.error_messages["invalid_choice"] = _("Choose one of the list.")
                extra = [code for code in sorted(said) if code and not field.valid_value(code)]
                added = [(code, vocabulary.readable({}, code)) for code in extra]
                field.choices = [*field.choices, *added]  # type: ignore[misc]  # as they were, and more

    @property
    def is_empty(self) -> bool:
        return not tidy(self.cleaned_data.get(self.main) or "")

    def entry(self) -> dict[str, str]:
        """As `Work` keeps it."""
        raise NotImplementedError

    def _before(self, given: Mapping[str, str]) -> dict[str, str] | None:
        same = (each for each in self.known if all(each.get(n, "") == given[n] for n in self.names))
        return next(same, None)


class IdentifierRow(Row):
    names = ("type", "value", "relationship")
    main = "value"
    type = forms.ChoiceField(
        label=_("Kind"), choices=[*vocabulary.IDENTIFIER_TYPES.items()], widget=PlainSelect
    )
    value = forms.CharField(
        label=_("Identifier"),
        max_length=LONGEST_IDENTIFIER,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    relationship = forms.ChoiceField(
        label=_("What it names"), choices=[*vocabulary.RELATIONSHIPS.items()], widget=PlainSelect
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        given["value"] = tidy(given.get("value") or "")
        if given["value"] and {"type", "relationship"} <= set(given) and not self._before(given):
            words = identifier_problem(given["type"], given["value"], given["relationship"])
            if words:
                self.add_error("value", words)
        return given

    def entry(self) -> dict[str, str]:
        given = {name: self.cleaned_data[name] for name in self.names}
        return self._before(given) or identifier(**given)


class PersonRow(Row):
    names: tuple[str, ...] = ("name", "role")
    main = "name"
    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[("", _("Not said")), *vocabulary.CONTRIBUTOR_ROLES.items()],
        required=False,
        widget=PlainSelect,
    )

    def entry(self) -> dict[str, str]:
        """iDs are never typed: one that ORCID gave stays with the name it came with."""
        name, role = tidy(self.cleaned_data["name"]), self.cleaned_data["role"]
        of_name = (each for each in self.known if each["name"] == name)
        before = self._before({"name": name, "role": role}) or next(of_name, {})
        return {
            "name": name,
            "orcid": before.get("orcid", ""),
            "role": role,
            "sequence": before.get("sequence", "additional"),
        }


class KnownAuthorForm(forms.Form):
    """Of more people than there are rows for: one who has signed in here."""

    known_author = forms.ChoiceField(
        label=_("Who of them has signed in here"),
        required=False,
        widget=PlainSelect,
        help_text=_(
            "One at a time: choose, and save. They are found among the people by their name; whoever "
            "is not, is added at the end."
        ),
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["known_author"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # it is, above
        field.choices = [("", _("Nobody more")), *people]
        self.names = dict(people)

    @property
    def chosen(self) -> tuple[str, str] | None:
        """iD and name."""
        orcid = self.cleaned_data.get("known_author", "") if self.is_valid() else ""
        return (orcid, self.names[orcid]) if orcid else None


class AuthorRow(PersonRow):
    """Somebody of an institution's work: an iD is chosen among those who have signed in here."""

    names = ("name", "role", "orcid")
    orcid = forms.ChoiceField(label=_("Who it is here"), required=False, widget=PlainSelect)
    # The iD that the row had when the work was opened.
    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["orcid"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # it is, above
        listed = {orcid for orcid, _name in people}
        kept = {each["orcid"]: each["name"] for each in self.known if each.get("orcid")}
        others = [(orcid, f"{name} ({orcid})") for orcid, name in kept.items()]
        field.choices = [
            ("", _("Only a name")),
            *people,
            *(pair for pair in others if pair[0] not in listed),
        ]
        self.fields["was"].initial = self.initial.get("orcid", "")
        self._names = dict(people) | kept

    @property
    def is_empty(self) -> bool:
        """Whoever is chosen needs no name typed beside; taking the name of one away takes them away."""
        is_chosen = self.cleaned_data.get("orcid", "") not in {"", self.cleaned_data.get("was")}
        return super().is_empty and not is_chosen

    def entry(self) -> dict[str, str]:
        given = {name: self.cleaned_data[name] for name in self.names}
        given["name"] = tidy(given["name"]) or self._names[given["orcid"]]
        of_name = (each for each in self.known if each["name"] == given["name"])
        before = self._before(given) or next(of_name, {})
        return given | {"sequence": before.get("sequence", "additional")}
