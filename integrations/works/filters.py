"""How a list of works is narrowed and ordered: all of it lives in the address."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from contacts.models import User
from integrations.works import identifiers, vocabulary
from integrations.works.markup import plain
from integrations.works.models import Work
from members import text
from members.forms.narrowing import NarrowingForm
from members.keyset import Order
from members.widgets import PlainSelect

if TYPE_CHECKING:
    from django.utils.datastructures import MultiValueDict

# Each word is a condition; whoever pastes a page of text is served by its first words.
MOST_WORDS = 8
MOST_SOURCES = 100
# No source is called so: ORCID's have no surrounding spaces.
HERE = " here "
ORDERS = {
    "": Order("published", is_down=True),
    "oldest": Order("published"),
    "title": Order("sort_key"),
    "title-down": Order("sort_key", is_down=True),
    "type": Order("type"),
    "journal": Order("journal_title"),
    "source": Order("source_name"),
}
# Whoever pastes an identifier finds the work, in whichever of its forms.
_SEARCHED = ("doi", "isbn", "issn", "arxiv", "handle")


def sort_field(last: str, label: vocabulary.Name) -> forms.ChoiceField:
    """How a list can be ordered; by `last`, too, which not every list has."""
    return forms.ChoiceField(
        label=_("Order"),
        required=False,
        widget=PlainSelect,
        choices=[
            ("", _("Newest first")),
            ("oldest", _("Oldest first")),
            ("title", _("Title, A to Z")),
            ("title-down", _("Title, Z to A")),
            ("type", _("Type")),
            ("journal", _("Journal")),
            (last, label),
        ],
    )


class WorksFilter(NarrowingForm):
    """What every list of works can be narrowed by; each has its own `sort` with `orders`."""

    orders: ClassVar[dict[str, Order]]

    search = forms.CharField(
        label=_("Title, journal, person or identifier"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    type = forms.ChoiceField(
        label=_("Type"),
        required=False,
        widget=PlainSelect,
        choices=[("", _("All types")), *vocabulary.WORK_TYPES.items()],
    )
    year = forms.RegexField(
        r"(?a)^\d{4}$",
        label=_("Year"),
        required=False,
        error_messages={"invalid": _("A year has four digits.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4, "autocomplete": "off"}),
    )

    def __init__(self, data: "MultiValueDict[str, Any]", *, everything: QuerySet[Any, Any]) -> None:
        super().__init__(data)
        self.everything = everything
        for field in self.fields.values():
            if isinstance(field, forms.ChoiceField):
                field.error_messages["invalid_choice"] = _("Choose one of the list.")
        self.offer_choices()
        self.full_clean()
        # Any type is understood; offered is what the list has. Asked when the form is shown: a part
        # of the page comes without it.
        kind = self.fields["type"].widget
        assert isinstance(kind, forms.Select)  # noqa: S101  # it is, above
        kind.choices = lambda: self._types_here  # type: ignore[assignment]  # Django takes a callable

    def offer_choices(self) -> None:
        """Those that depend on what the list holds."""

    @cached_property
    def _types_here(self) -> list[tuple[str, Any]]:
        here = set(self.everything.order_by().values_list("type", flat=True).distinct())
        here.add(self.given("type"))
        known = [(name, words) for name, words in vocabulary.WORK_TYPES.items() if name in here]
        return [("", _("All types")), *known]

    @property
    def order(self) -> Order:
        return self.orders[self.given("sort")]

    def works(self) -> QuerySet[Any, Any]:
        """The works asked for; the order is the caller's."""
        found = self.narrowed(self.everything)
        if kind := self.given("type"):
            found = found.filter(type=kind)
        if year := self.given("year"):
            found = found.filter(published__startswith=year)
        for word in plain(self.given("search")).split()[:MOST_WORDS]:
            found = found.filter(_has(word))
        return found

    def narrowed(self, works: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """By what this list alone can be narrowed by."""
        return works


class WorkFilter(WorksFilter):
    """A person's own list."""

    orders = ORDERS
    everything: QuerySet[Work, Any]

    source = forms.ChoiceField(label=_("Source"), required=False, widget=PlainSelect)
    visibility = forms.ChoiceField(
        label=_("Who sees it at ORCID"),
        required=False,
        widget=PlainSelect,
        choices=[("", _("Any")), *Work.Visibility.choices],
    )
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        widget=PlainSelect,
        choices=[
            ("", _("All but hidden works")),
            ("hidden", _("Hidden works")),
            ("left", _("No longer on ORCID")),
        ],
    )
    sort = sort_field("source", _("Source"))

    def __init__(self, data: "MultiValueDict[str, Any]", *, person: User) -> None:
        super().__init__(data, everything=Work.objects.of(person))

    def offer_choices(self) -> None:
        named = self.everything.exclude(source_name="").order_by("source_name")
        sources = list(named.values_list("source_name", flat=True).distinct()[:MOST_SOURCES])
        here = (HERE, _("Added here"))
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # it is, above
        # Spaces are part of what is chosen.
        field.choices = [("", _("All sources")), here, *((name, name) for name in sources)]

    def narrowed(self, works: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        found = self._shown(works)
        if visibility := self.given("visibility"):
            found = found.filter(visibility=visibility)
        if (source := self.given("source")) == HERE:
            return found.exclude(origin=Work.Origin.ORCID)
        return found.filter(source_name=source) if source else found

    def _shown(self, works: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        match self.given("show"):
            case "hidden":
                return works.exclude(hidden_at=None)
            case "left":
                return works.exclude(left_orcid_at=None)
            case _:
                return works.filter(hidden_at=None)


def _has(word: str) -> Q:
    forms_of_it = (
        {identifiers.normalized(kind, word) for kind in _SEARCHED} if _has_digit(word) else set()
    )
    condition = Q(search_key__contains=text.search_key(word))
    for form in forms_of_it - {"", word}:
        condition |= Q(search_key__contains=text.search_key(form))
    return condition


def _has_digit(word: str) -> bool:
    return any(char.isdigit() for char in word)
