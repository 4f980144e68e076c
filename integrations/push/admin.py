"""The outbox for the operator: what became of each delivery, *send it again* and *discard*."""

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.push.models import Attempt, Delivery, Lane
from integrations.push.services import queueing
from members.actors import Actor
from members.admin.operations import (
    Operation,
    OperationForm,
    ReadOnlyAdmin,
    ReadOnlyInline,
    ServiceAdmin,
)

_State = Delivery.State
_SENT_AGAIN = {_State.FAILED, _State.DISCARDED, _State.REMOVED, _State.WAITING, _State.QUEUED}
_DISCARDED = {_State.FAILED, _State.WAITING, _State.QUEUED, _State.COVERED}


class SendAgainForm(OperationForm):
    intro = gettext_lazy(
        "At the person’s wish only: what they discarded, or removed at ORCID, is added again."
    )

    def perform(self, by: Actor) -> str:
        queueing.send_now(delivery_id=self.target.pk, by=by)
        return _("It is queued, and goes at once if it may.")


class DiscardForm(OperationForm):
    intro = gettext_lazy("It is never sent. What the record has already stays there.")
    is_danger = True

    def perform(self, by: Actor) -> str:
        queueing.discard(delivery_id=self.target.pk, by=by)
        return _("It is discarded.")


class AttemptInline(ReadOnlyInline):
    model = Attempt
    show_change_link = False
    fields = ["at", "kind", "status", "code", "answer", "put_code"]


@admin.register(Delivery)
class DeliveryAdmin(ServiceAdmin):
    list_display = ["item_id", "section", "connection", "member", "state", "problem", "changed_at"]
    list_select_related = ["connection", "member"]
    list_filter = ["state", "want", "section"]
    search_fields = ["connection__orcid", "member__search_key"]
    ordering = ["-pk"]
    fields = ["section", "item_id", "connection", "member", "want", "state", "problem", "advice"]
    fields += ["error_code", "put_code", "payload_hash", "covered_by", "attempts", "alone"]
    fields += ["created_at", "changed_at", "in_orcid_at"]
    inlines = [AttemptInline]
    operations = [
        Operation(
            "send-again",
            gettext_lazy("Send it again"),
            SendAgainForm,
            applies=lambda row: row.state in _SENT_AGAIN,
        ),
        Operation(
            "discard",
            gettext_lazy("Discard it"),
            DiscardForm,
            applies=lambda row: row.state in _DISCARDED,
        ),
    ]


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ["at", "delivery", "kind", "status", "answer"]
    list_select_related = ["delivery"]
    list_filter = ["kind"]
    search_fields = ["delivery__connection__orcid"]
    fields = ["at", "delivery", "kind", "status", "code", "answer", "put_code"]


@admin.register(Lane)
class LaneAdmin(ReadOnlyAdmin):
    list_display = ["connection", "due_at", "held_until", "delays"]
    list_select_related = ["connection"]
    search_fields = ["connection__orcid"]
    fields = ["connection", "due_at", "held_until", "delays", "ends_connection"]
