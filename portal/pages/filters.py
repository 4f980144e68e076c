"""How the lead's list of members is narrowed and ordered; that of contacts is the contacts' own."""

from typing import Any

from django import forms
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from contacts.filters import ROLE_CHOICES, LeadFilter
from contacts.gaps import with_gap_slugs
from contacts.models import Contact, RoleAssignment
from members.dates import start_of
from members.models import Member, Membership


class MemberFilter(LeadFilter):
    search_label = _("Name")
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("Active and starting later")),
            ("active", Membership.Status.ACTIVE.label),
            ("pending", Membership.Status.PENDING.label),
            ("ended", Membership.Status.ENDED.label),
        ],
    )
    missing = forms.ChoiceField(
        label=_("Without a role"), required=False, choices=[("", _("Any")), *ROLE_CHOICES]
    )
    unconfirmed_since = forms.DateField(
        label=_("Not confirmed since"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    sort = forms.ChoiceField(
        label=_("Sorted by"),
        required=False,
        choices=[
            ("", _("Name")),
            ("start", _("Start of membership, newest first")),
            ("contacts", _("Number of contacts, fewest first")),
            ("gaps", _("Number of gaps, most first")),
            ("confirmed", _("Last confirmed, longest ago first")),
        ],
    )

    @property
    def asks_for_former(self) -> bool:
        """Of former members there is only the period: the other filters do not hold for them."""
        return bool(self.given("status") == Membership.Status.ENDED)

    def members(self) -> QuerySet[Member, Any]:
        """The members asked for, in the order asked for."""
        found = self._narrow(self._with_status())
        for word in self.words():
            found = found.filter(search_key__contains=word)
        if missing := self.given("missing"):
            holding = RoleAssignment.objects.filter(role=missing)
            found = found.exclude(pk__in=holding.values("member"))
        if day := self.given("unconfirmed_since"):
            since = start_of(day)
            found = found.filter(Q(confirmed_at=None) | Q(confirmed_at__lt=since))
        return self._sorted(found)

    def _with_status(self) -> QuerySet[Member, Any]:
        status = self.given("status")
        active = Membership.objects.active().filter(consortium=self.consortium).values("member")
        if status == Membership.Status.ACTIVE:
            return self.everyone.filter(pk__in=active)
        if status == Membership.Status.PENDING:
            return self.everyone.exclude(pk__in=active)
        return self.everyone

    def _sorted(self, members: QuerySet[Member, Any]) -> QuerySet[Member, Any]:
        match self.given("sort"):
            case "gaps":
                return with_gap_slugs(members).order_by(F("gap_count").desc(), "sort_key", "pk")
            case "start":
                periods = Membership.objects.current().filter(
                    consortium=self.consortium, member=OuterRef("pk")
                )
                starts = periods.order_by("start").values("start")[:1]
                started = members.annotate(_start=Subquery(starts))
                # An unknown start counts as long ago.
                return started.order_by(F("_start").desc(nulls_last=True), "sort_key", "pk")
            case "contacts":
                numbers = Contact.objects.current().filter(member=OuterRef("pk")).order_by()
                number = numbers.values("member").annotate(number=Count("pk")).values("number")
                counted = members.annotate(_contacts=Coalesce(Subquery(number), 0))
                return counted.order_by("_contacts", "sort_key", "pk")
            case "confirmed":
                longest = F("confirmed_at").asc(nulls_first=True)
                return members.order_by(longest, "sort_key", "pk")
            case _:
                return members.order_by("sort_key", "pk")
