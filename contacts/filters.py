"""How lists of contacts are narrowed: the filters combine, live in the address, and hold for the
list, its export, and whom an announcement is for."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from django_stubs_ext import StrOrPromise

from contacts.gaps import CONFIRMED_FOR, GAPS, lacking, with_gaps
from contacts.models import AgreementRecord, Contact, Role, RoleAssignment
from contacts.voting import voter_keys
from members import text
from members.forms.narrowing import NarrowingForm
from members.models import Consortium, Member, Membership
from members.widgets import PlainCheckboxes, PlainSelect

if TYPE_CHECKING:
    from django.utils.datastructures import MultiValueDict

# Each word is a condition; whoever pastes a page of text is served by its first words.
MOST_WORDS = 8
VOTES = "votes"
ROLE_CHOICES = [(str(role), role.label) for role in Role]
# Whose contacts are read one member after the other.
FEW_MEMBERS = 200
_ORCID_HOSTS = ("https://orcid.org/", "http://orcid.org/", "orcid.org/")


class LeadFilter(NarrowingForm):
    """What both lists of the lead are narrowed by: facts about the member."""

    search_label: ClassVar[StrOrPromise]
    search = forms.CharField(
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    gap = forms.ChoiceField(
        label=_("Gap"),
        required=False,
        widget=PlainSelect,
        choices=[("", _("Any or none")), *((gap.slug, gap.label) for gap in GAPS)],
    )
    community = forms.ChoiceField(
        label=_("Community"),
        required=False,
        widget=PlainSelect,
        choices=[("", _("All communities")), *Member.Community.choices],
    )
    country = forms.ChoiceField(label=_("Country"), required=False, widget=PlainSelect)

    def __init__(self, data: "MultiValueDict[str, Any]", *, consortium: Consortium) -> None:
        super().__init__(data)
        self.consortium = consortium
        self.everyone = Member.objects.current_in(consortium)
        codes = set(self.everyone.order_by().values_list("country", flat=True).distinct())
        names = [(code, str(countries.name(code))) for code in codes]
        offered = sorted(names, key=lambda choice: text.sort_key(choice[1]))
        self.fields["search"].label = self.search_label
        for name, field in self.fields.items():
            if isinstance(field, forms.ChoiceField):
                field.error_messages["invalid_choice"] = _("Choose one of the list.")
                if name == "country":
                    field.choices = [("", _("All countries")), *offered]
        self.full_clean()

    def for_history(self) -> dict[str, Any]:
        """The same for an event, where `role` would be one that changed."""
        return {"roles" if name == "role" else name: value for name, value in self.chosen().items()}

    def words(self) -> list[str]:
        search = self.given("search")
        for prefix in _ORCID_HOSTS:
            search = search.replace(prefix, " ")
        return text.search_key(search).split()[:MOST_WORDS]

    def _narrow(self, members: QuerySet[Member, Any]) -> QuerySet[Member, Any]:
        exact = {name: self.given(name) for name in ("community", "country")}
        members = members.filter(**{name: value for name, value in exact.items() if value})
        return lacking(with_gaps(members), self.given("gap")) if self.given("gap") else members


class ContactFilter(LeadFilter):
    search_label = _("Name, e-mail, iD or organisation")
    field_order = ["search", "gap", "community", "country", "confirmed", "role"]
    role = forms.MultipleChoiceField(
        label=_("Roles, any of them"),
        required=False,
        widget=PlainCheckboxes,
        choices=[(VOTES, _("Votes: the Voting contact, else the Main")), *ROLE_CHOICES],
    )
    confirmed = forms.ChoiceField(
        label=_("Organisation confirmed"),
        required=False,
        widget=PlainSelect,
        choices=[
            ("", _("Any time or never")),
            ("year", _("Within the last year")),
            ("older", _("Longer ago")),
            ("never", _("Never")),
        ],
    )

    def contacts(self) -> QuerySet[Contact, Any]:
        """The contacts asked for; the order is the caller's."""
        found = Contact.objects.current().filter(member__in=self._members)
        for word in self.words():
            found = found.filter(Q(search_key__contains=word) | Q(member__in=self._named(word)))
        roles = self.given("role")
        return found.filter(self._with(roles)) if roles else found

    def _with(self, roles: list[str]) -> Q:
        wanted = Q()
        if VOTES in roles:
            # One for each member at most: their keys, too, are looked up first.
            wanted |= Q(pk__in=voter_keys(self._members))
        if held := [role for role in roles if role != VOTES]:
            assigned = RoleAssignment.objects.filter(role__in=held).order_by()
            wanted |= Q(pk__in=assigned.values("contact"))
        return wanted

    def records(self) -> QuerySet[AgreementRecord]:
        """Agreement records that belong to the list: their person signed, and has no iD."""
        found = AgreementRecord.objects.filter(member__in=self._members)
        roles = self.given("role")
        if roles and Role.SIGNATORY not in roles:
            return found.none()
        if words := self.words():
            # One for each member at most, and no key to search by: judged here.
            with_names = found.values_list("pk", "name", "email", "member__search_key")
            return found.filter(pk__in=[row[0] for row in with_names if _has_all(words, row[1:])])
        return found

    @cached_property
    def _members(self) -> Any:
        """The members that qualify. With a filter their keys are looked up first: a planner that
        knows that they are few reads their contacts, rather than all contacts in order."""
        if not any(self.given(name) for name in ("gap", "community", "country", "confirmed")):
            periods = Membership.objects.current().filter(consortium=self.consortium)
            return periods.order_by().values("member")
        narrowed = _confirmed(self._narrow(self.everyone), self.given("confirmed"))
        keys = narrowed.order_by().values_list("pk", flat=True)
        some = list(keys[: FEW_MEMBERS + 1])
        return some if len(some) <= FEW_MEMBERS else keys

    def _named(self, word: str) -> list[int]:
        named = self.everyone.order_by().filter(search_key__contains=word)
        return list(named.values_list("pk", flat=True))


def _confirmed(members: QuerySet[Member, Any], when: str) -> QuerySet[Member, Any]:
    since = timezone.now() - CONFIRMED_FOR
    match when:
        case "year":
            return members.filter(confirmed_at__gte=since)
        case "older":
            return members.filter(confirmed_at__lt=since)
        case "never":
            return members.filter(confirmed_at=None)
        case _:
            return members


def _has_all(words: list[str], texts: tuple[str, ...]) -> bool:
    haystack = text.search_key(" ".join(texts))
    return all(word in haystack for word in words)
