"""Consortia, and their membership periods."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.actors import Actor
from members.admin.operations import Operation, OperationForm, RelatedList, ServiceAdmin
from members.models import Consortium, Member, Membership
from members.services import memberships
from members.services.consortia import save_consortium


class Day(forms.DateField):
    """A date with the browser's own calendar: no script is needed."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class NameLeadForm(OperationForm):
    intro = gettext_lazy(
        "The lead’s Main sits on the lead desk from then on and reads every member."
    )
    member = forms.ModelChoiceField(Member.objects.none(), label=gettext_lazy("Lead"))

    def read(self, target: Consortium) -> dict[str, Any]:
        return {"member": target.lead_id}

    def adapt(self) -> None:
        self.fields["member"].queryset = Member.objects.current_in(self.target)  # type: ignore[attr-defined]  # a ModelChoiceField

    def perform(self, by: Actor) -> str:
        member = self.cleaned_data["member"]
        memberships.name_consortium_lead(consortium_id=self.target.pk, member_id=member.pk, by=by)
        return _("%(member)s leads the consortium now.") % {"member": member}


class EndMembershipForm(OperationForm):
    is_danger = True
    intro = gettext_lazy(
        "After the last day the member is no longer public. Its contacts read and export for a "
        "while, then nobody does."
    )
    end = Day(label=gettext_lazy("Last day"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=255)

    def read(self, target: Membership) -> dict[str, Any]:
        return {"end": target.end, "reason": target.end_reason}

    def perform(self, by: Actor) -> str:
        memberships.end_membership(membership_id=self.target.pk, by=by, **self.cleaned_data)
        return _("The membership ends on that day.")


class CorrectMembershipForm(OperationForm):
    intro = gettext_lazy("Put wrong dates right, also of a period that is over.")
    start = Day(label=gettext_lazy("First day"), required=False)
    end = Day(label=gettext_lazy("Last day"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason for the end"), max_length=255, required=False
    )

    def read(self, target: Membership) -> dict[str, Any]:
        return {"start": target.start, "end": target.end, "reason": target.end_reason}

    def perform(self, by: Actor) -> str:
        memberships.correct_membership(membership_id=self.target.pk, by=by, **self.cleaned_data)
        return _("The dates are saved.")


@admin.register(Consortium)
class ConsortiumAdmin(ServiceAdmin):
    list_display = ["name", "lead", "helpdesk_email"]
    list_select_related = ["lead"]
    search_fields = ["name", "slug", "helpdesk_email"]
    fields = [
        "name", "slug", "lead", "helpdesk_email", "reply_to_email", "privacy_notice",
        "lead_may_recover",
    ]  # fmt: skip
    readonly_fields = ["lead"]
    prepopulated_fields = {"slug": ["name"]}
    operations = [Operation("lead", gettext_lazy("Name the lead"), NameLeadForm)]
    related_lists = [
        RelatedList(gettext_lazy("Memberships"), "members_membership", "consortium__id__exact"),
        RelatedList(gettext_lazy("Events"), "members_event", "consortium__id__exact"),
    ]

    # A form of its own suffices here: nothing but these fields, each an event (`save_model`).
    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._has_right(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._has_right(request, "change")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"slug": ["name"]}

    def save_model(self, request: Any, obj: Consortium, form: Any, change: Any) -> None:
        fields = {name: form.cleaned_data[name] for name in form.cleaned_data}
        saved = save_consortium(consortium_id=obj.pk, by=Actor.operator(request.user), **fields)
        obj.pk = saved.pk


@admin.register(Membership)
class MembershipAdmin(ServiceAdmin):
    list_display = ["member", "consortium", "start", "end", "status_label"]
    list_select_related = ["member", "consortium"]
    list_filter = ["consortium"]
    date_hierarchy = "start"
    search_fields = ["member__search_key", "consortium__name"]
    fields = ["member", "consortium", "start", "end", "end_reason", "status_label", "created_at"]
    operations = [
        Operation(
            "end",
            gettext_lazy("End it"),
            EndMembershipForm,
            applies=lambda period: period.status != Membership.Status.ENDED,
        ),
        Operation("correct", gettext_lazy("Correct the dates"), CorrectMembershipForm),
    ]

    @admin.display(description=gettext_lazy("status"))
    def status_label(self, membership: Membership) -> str:
        return str(membership.status.label)
