"""How the lead's list of members is narrowed and ordered; that of contacts is the contacts' own."""

from typing import Any

from django import forms
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from contacts.filters import ROLE_CHOICES, LeadFilter
from contacts.gaps import with_gap_slugs
from contacts.models import RoleAssignment
from members.models import Member, Membership


class MemberFilter(LeadFilter):
    search_label = _("Name or city")
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("Active and starting later")),
            ("active", Membership.Status.ACTIVE.label),
            ("pending", Membership.Status.PENDING.label),
        ],
    )
    missing = forms.ChoiceField(
        label=_("Without a role"), required=False, choices=[("", _("Any")), *ROLE_CHOICES]
    )
    sort = forms.ChoiceField(
        label=_("Sorted by"),
        required=False,
        choices=[
            ("", _("Name")),
            ("gaps", _("Number of gaps, most first")),
            ("start", _("Start of membership, newest first")),
        ],
    )

    def members(self) -> QuerySet[Member, Any]:
        """The members asked for, in the order asked for."""
        found = self._narrow(self._with_status())
        for word in self.words():
            found = found.filter(search_key__contains=word)
        if missing := self.given("missing"):
            holding = RoleAssignment.objects.filter(role=missing)
            found = found.exclude(pk__in=holding.values("member"))
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
            case _:
                return members.order_by("sort_key", "pk")
