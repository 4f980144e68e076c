"""Rounds, changes by the lead, and reports to ORCID: to read; and the member's switch."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import Confirmation, ConfirmationRound, LeadChange, OrcidReport
from contacts.services.lead_access import set_lead_access
from members.actors import Actor
from members.admin.members import MemberAdmin
from members.admin.operations import Operation, OperationForm, ReadOnlyAdmin
from members.models import Member


class LeadAccessForm(OperationForm):
    intro = gettext_lazy(
        "Managers of the lead desk may then change contacts without protected roles. Only with "
        "the consent of the organisation."
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    allowed = forms.BooleanField(label=gettext_lazy("The lead may manage contacts"), required=False)

    def read(self, target: Member) -> dict[str, Any]:
        return {"version": target.version, "allowed": target.lead_may_manage_contacts}

    def perform(self, by: Actor) -> str:
        set_lead_access(member_id=self.target.pk, by=by, **self.cleaned_data)
        return _("The switch is saved.")


@admin.register(ConfirmationRound)
class ConfirmationRoundAdmin(ReadOnlyAdmin):
    list_display = ["consortium", "started_at", "started_by", "closed_at"]
    list_select_related = ["consortium", "started_by"]
    search_fields = ["consortium__name"]
    fields = ["consortium", "started_at", "started_by", "closed_at"]


@admin.register(Confirmation)
class ConfirmationAdmin(ReadOnlyAdmin):
    list_display = ["member", "round", "stage", "asked_at", "reminders", "confirmed_at"]
    list_select_related = ["member", "round__consortium"]
    list_filter = ["stage", ("confirmed_at", admin.EmptyFieldListFilter)]
    search_fields = ["member__search_key"]
    fields = ["member", "round", "stage", "asked_at", "reminders", "reminded_at", "due_at"]
    fields += ["confirmed_at", "confirmed_by"]


@admin.register(LeadChange)
class LeadChangeAdmin(ReadOnlyAdmin):
    list_display = ["made_at", "member", "person", "made_by", "state"]
    list_select_related = ["member", "contact", "invitation", "made_by"]
    list_filter = ["state"]
    search_fields = ["member__search_key", "contact__search_key", "invitation__email"]
    fields = ["member", "contact", "invitation", "event_id", "made_by", "made_at", "state"]
    fields += ["decided_by", "decided_at", "note"]


@admin.register(OrcidReport)
class OrcidReportAdmin(ReadOnlyAdmin):
    list_display = ["consortium", "sent_at", "sent_by"]
    list_select_related = ["consortium", "sent_by"]
    search_fields = ["consortium__name"]
    fields = ["consortium", "sent_at", "sent_by", "through_event", "members", "text"]


MemberAdmin.operations = [
    *MemberAdmin.operations,
    Operation("lead-access", gettext_lazy("Lead may manage contacts"), LeadAccessForm),
]
