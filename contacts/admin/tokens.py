"""API tokens: who made them, when they were used, and an end to them."""

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import ApiToken
from contacts.services.tokens import revoke_token
from members.actors import Actor
from members.admin.operations import Operation, OperationForm, ServiceAdmin


class RevokeForm(OperationForm):
    is_danger = True
    intro = gettext_lazy("The system that uses it is refused from its next call on.")

    def perform(self, by: Actor) -> str:
        revoke_token(token_id=self.target.pk, by=by)
        return _("The token is revoked.")


@admin.register(ApiToken)
class ApiTokenAdmin(ServiceAdmin):
    list_display = ["prefix", "name", "user", "member", "consortium", "state_label", "last_used_at"]
    list_select_related = ["user", "member", "consortium"]
    list_filter = ["can_write", ("revoked_at", admin.EmptyFieldListFilter)]
    search_fields = ["prefix", "name", "user__name", "user__orcid", "member__search_key"]
    # The hash stays where it is.
    fields = ["name", "prefix", "user", "member", "consortium", "can_write", "state_label"]
    fields += ["created_at", "expires_at", "last_used_at", "revoked_at"]
    operations = [
        Operation(
            "revoke",
            gettext_lazy("Revoke it"),
            RevokeForm,
            applies=lambda token: token.state == ApiToken.State.LIVE,
        )
    ]

    @admin.display(description=gettext_lazy("state"))
    def state_label(self, token: ApiToken) -> str:
        return str(token.state.label)
