"""Connections and the state of the rate limiter, to look at: no token is ever shown (O1)."""

from typing import Any, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from integrations.orcid.models import Connection, Credential, RateBucket, UnwantedToken

Row = TypeVar("Row", bound=Model)


class LookOnlyAdmin(admin.ModelAdmin[Row]):
    """Only the person connects and disconnects; all else follows from what ORCID says."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Credential)
class CredentialAdmin(LookOnlyAdmin[Credential]):
    list_display = ["client_id"]
    search_fields = ["client_id"]
    fields = ["client_id"]


@admin.register(Connection)
class ConnectionAdmin(LookOnlyAdmin[Connection]):
    list_display = ["orcid", "name", "state", "connected_at", "state_changed_at"]
    list_filter = ["state"]
    search_fields = ["orcid", "name"]
    fields = ["credential", "orcid", "name", "state", "state_changed_at", "connected_at"]
    fields += ["scopes", "expires_at", "record_checked_at", "webhook_registered_at"]


@admin.register(UnwantedToken)
class UnwantedTokenAdmin(LookOnlyAdmin[UnwantedToken]):
    list_display = ["pk", "connection", "attempts", "due_at", "created_at"]
    list_select_related = ["connection"]
    search_fields = ["connection__orcid"]
    fields = ["credential", "connection", "attempts", "due_at", "created_at"]


@admin.register(RateBucket)
class RateBucketAdmin(LookOnlyAdmin[RateBucket]):
    list_display = ["name", "full_at"]
    search_fields = ["name"]
