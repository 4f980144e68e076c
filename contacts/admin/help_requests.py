"""Help requests that reached the operator, and recovery."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.forms.help import HandleForm, RecoveryForm
from contacts.models import HelpMessage, HelpRequest, Recovery
from contacts.services import recovery, requests
from members.actors import Actor
from members.admin.members import MemberAdmin
from members.admin.operations import (
    Operation,
    OperationForm,
    ReadOnlyAdmin,
    ReadOnlyInline,
    ServiceAdmin,
)


class HandleOperation(OperationForm):
    intro = gettext_lazy("The one who asked reads what you write, and the new state.")
    state = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        choices=HandleForm.base_fields["state"].choices,  # type: ignore[attr-defined]
    )
    text = forms.CharField(label=gettext_lazy("Words"), widget=forms.Textarea, required=False)

    def read(self, target: Any) -> dict[str, Any]:
        return {}

    def perform(self, by: Actor) -> str:
        state = HelpRequest.State(self.cleaned_data["state"])
        text = self.cleaned_data["text"]
        requests.handle(request_id=self.target.pk, state=state, text=text, by=by)
        return _("Saved. The one who asked is told by e-mail.")


class StartRecovery(OperationForm):
    intro = gettext_lazy(
        "Names a new Main for a member whose Main cannot act. Every contact and the public e-mail "
        "are told. It takes effect after three working days unless somebody objects, or at once "
        "where you record how you checked who the person is."
    )
    is_danger = True
    contact_id = forms.TypedChoiceField(
        label=gettext_lazy("A contact who has signed in"),
        required=False,
        coerce=int,
        empty_value=None,
    )
    email = forms.EmailField(label=gettext_lazy("Or an address to invite"), required=False)
    reason = forms.CharField(label=gettext_lazy("Why"), widget=forms.Textarea)
    identity_checked = forms.CharField(
        label=gettext_lazy("How identity was checked"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Filled in, it takes effect at once."),
    )

    def read(self, target: Any) -> dict[str, Any]:
        return {}

    def adapt(self) -> None:
        choices = RecoveryForm(member=self.target).fields["contact_id"].choices  # type: ignore[attr-defined]
        self.fields["contact_id"].choices = choices  # type: ignore[attr-defined]

    def perform(self, by: Actor) -> str:
        started = recovery.start_recovery(member_id=self.target.pk, by=by, **self.cleaned_data)
        return str(started.get_state_display())


class CancelRecovery(OperationForm):
    is_danger = True

    def perform(self, by: Actor) -> str:
        recovery.cancel_recovery(recovery_id=self.target.pk, by=by)
        return _("It is called off.")


class MessageInline(ReadOnlyInline):
    model = HelpMessage
    fields = ["created_at", "capacity", "author", "state", "text"]


@admin.register(HelpRequest)
class HelpRequestAdmin(ServiceAdmin):
    list_display = ["name", "kind", "state", "organisation", "consortium", "created_at"]
    list_filter = ["state", "kind", "consortium"]
    search_fields = ["name", "email", "organisation"]
    list_select_related = ["consortium"]
    inlines = [MessageInline]
    operations = [
        Operation(
            "handle",
            gettext_lazy("Answer, resolve or decline"),
            HandleOperation,
            applies=lambda asked: bool(asked.proved_at and not asked.closed_at),
        ),
    ]


@admin.register(HelpMessage)
class HelpMessageAdmin(ReadOnlyAdmin):
    list_display = ["request", "capacity", "state", "created_at"]
    search_fields = ["request__name", "text"]
    list_select_related = ["request"]


@admin.register(Recovery)
class RecoveryAdmin(ServiceAdmin):
    list_display = ["member", "state", "started_at", "takes_effect_at", "started_as"]
    list_filter = ["state"]
    search_fields = ["member__search_key", "email"]
    list_select_related = ["member"]
    operations = [
        Operation(
            "cancel",
            gettext_lazy("Call it off"),
            CancelRecovery,
            applies=lambda found: found.state in Recovery.OPEN,
        ),
    ]


MemberAdmin.operations = [
    *MemberAdmin.operations,
    Operation("recover", gettext_lazy("Name a new Main (recovery)"), StartRecovery),
]
