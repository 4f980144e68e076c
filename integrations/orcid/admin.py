"""The state of the rate limiter, to look at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from integrations.orcid.models import RateBucket


@admin.register(RateBucket)
class RateBucketAdmin(admin.ModelAdmin[RateBucket]):
    list_display = ["name", "full_at"]
    search_fields = ["name"]
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
