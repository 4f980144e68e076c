"""The directory's filters, the same for the page and the API: they combine and live in the URL."""

import datetime
import string
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from members.identifiers import normalise
from members.models import Identifier, Member, Membership

if TYPE_CHECKING:
    from members.querysets import MemberQuerySet

LETTERS = [*string.ascii_uppercase, "#"]


class DirectoryFilter(django_filters.FilterSet):  # type: ignore[misc]  # untyped library
    search = django_filters.CharFilter(
        method="by_words",
        label=_("Name"),
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    country = django_filters.ChoiceFilter(
        choices=lambda: list(countries), label=_("Country"), empty_label=_("All countries")
    )
    community = django_filters.ChoiceFilter(
        choices=Member.Community.choices,
        label=_("Community"),
        empty_label=_("All communities"),
    )

    class Meta:
        model = Member
        fields: list[str] = []

    def by_words(self, members: "MemberQuerySet", name: str, words: str) -> "MemberQuerySet":
        return members.search(words)


class DirectoryPageFilter(DirectoryFilter):
    """With the letters of the page; offers only countries in which there are members."""

    initial = django_filters.ChoiceFilter(
        method="by_letter",
        choices=[(letter, letter) for letter in LETTERS],
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = set(Member.objects.public().order_by().values_list("country", flat=True).distinct())
        offered = [(code, name) for code, name in countries if code in codes]
        self.filters["country"].extra["choices"] = offered

    def by_letter(self, members: "MemberQuerySet", name: str, letter: str) -> "MemberQuerySet":
        return members.starting_with(letter)


class DirectoryApiFilter(DirectoryFilter):
    ror = django_filters.CharFilter(
        method="by_ror", label="ROR", help_text=_("A ROR id, bare or as its address.")
    )

    def by_ror(self, members: "MemberQuerySet", name: str, value: str) -> "MemberQuerySet":
        try:
            ror = normalise(Identifier.Scheme.ROR, value)
        except forms.ValidationError:
            return members.none()
        return members.filter(identifiers__scheme=Identifier.Scheme.ROR, identifiers__value=ror)


class MemberApiFilter(DirectoryApiFilter):
    """For those who see more than the directory: by consortium, and what was not confirmed."""

    consortium = django_filters.CharFilter(
        method="by_consortium", label=_("Slug of a consortium."), max_length=80
    )
    status = django_filters.ChoiceFilter(
        method="by_status",
        choices=Membership.Status.choices,
        label=_("Whether a membership is active today, is to come, or has ended."),
    )
    updated_after = django_filters.IsoDateTimeFilter(
        method="by_update", label=_("Changed after that moment.")
    )

    def by_consortium(self, members: "MemberQuerySet", name: str, slug: str) -> "MemberQuerySet":
        periods = Membership.objects.current().filter(consortium__slug=slug)
        return members.filter(pk__in=periods.values("member"))

    def by_update(
        self, members: "MemberQuerySet", name: str, moment: datetime.datetime
    ) -> "MemberQuerySet":
        try:
            # PostgreSQL does not know every offset from UTC that can be written.
            return members.filter(updated_at__gt=moment.astimezone(datetime.UTC))
        except OverflowError:  # before the first of all years, or after the last
            return members if moment.year == 1 else members.none()

    def by_status(self, members: "MemberQuerySet", name: str, status: str) -> "MemberQuerySet":
        active = Membership.objects.active().values("member")
        if status == Membership.Status.ACTIVE:
            return members.filter(pk__in=active)
        current = Membership.objects.current().values("member")
        if status == Membership.Status.PENDING:
            return members.filter(pk__in=current).exclude(pk__in=active)
        return members.exclude(pk__in=current)


def letters_in_use(members: "MemberQuerySet") -> set[str]:
    """The initials under which there is somebody, `#` for everything that is not a–z."""
    firsts = members.order_by().values_list(Substr("sort_key", 1, 1), flat=True).distinct()
    return {first.upper() if first.upper() in LETTERS[:-1] else "#" for first in firsts}
