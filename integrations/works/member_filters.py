"""How an institution's list of works is narrowed and ordered."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from integrations.push.models import Delivery
from integrations.works.filters import ORDERS, WorksFilter, sort_field
from integrations.works.models import Authorship, MemberWork
from integrations.works.services.pushing import SECTION
from members.keyset import Order
from members.widgets import PlainSelect

_OF_ORCID = {
    "there": ["in_orcid"],
    "waiting": ["queued", "sending", "waiting"],
    "failed": ["failed"],
    "removed": ["removed", "discarded"],
}


class MemberWorkFilter(WorksFilter):
    orders = {name: order for name, order in ORDERS.items() if name != "source"} | {
        "state": Order("state"),
    }
    everything: QuerySet[MemberWork, Any]

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        widget=PlainSelect,
        choices=[
            ("", _("All states")),
            *MemberWork.State.choices,
            ("asked", _("Waiting for you: sent in by researchers")),
        ],
    )
    authors = forms.ChoiceField(
        label=_("Authors"),
        required=False,
        widget=PlainSelect,
        choices=[
            ("", _("All works")),
            ("known", _("With somebody who has signed in here")),
            ("unknown", _("With names alone")),
        ],
    )
    orcid = forms.ChoiceField(
        label=_("On ORCID records"),
        required=False,
        widget=PlainSelect,
        choices=[
            ("", _("Any")),
            ("there", _("On a record")),
            ("waiting", _("On its way, or waiting")),
            ("failed", _("Failed: somebody has to look")),
            ("removed", _("Removed or discarded by the person")),
        ],
    )
    origin = forms.ChoiceField(
        label=_("Where from"),
        required=False,
        widget=PlainSelect,
        choices=[("", _("Any")), *MemberWork.Origin.choices],
    )
    sort = sort_field("state", _("State"))

    def narrowed(self, works: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        found = works
        if (state := self.given("state")) == "asked":
            found = found.exclude(asked_at=None)
        elif state:
            found = found.filter(state=state)
        if authors := self.given("authors"):
            known = Exists(Authorship.objects.filter(work=OuterRef("pk")))
            found = found.filter(known if authors == "known" else ~known)
        if origin := self.given("origin"):
            found = found.filter(origin=origin)
        if orcid := self.given("orcid"):
            sent = Delivery.objects.filter(section=SECTION, state__in=_OF_ORCID[orcid])
            found = found.filter(Exists(sent.filter(item_id=OuterRef("pk"))))
        return found
