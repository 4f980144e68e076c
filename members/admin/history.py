"""The history: to read, never to edit."""

from django.contrib import admin

from members.admin.operations import ReadOnlyAdmin
from members.models import Event


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "kind", "member", "consortium", "actor", "capacity"]
    list_select_related = ["member", "consortium", "actor"]
    list_filter = ["capacity", "kind"]
    date_hierarchy = "created_at"
    search_fields = ["member__search_key", "consortium__name", "actor__name", "actor__orcid"]
    ordering = ["-pk"]
    fields = ["created_at", "kind", "member", "consortium", "actor", "capacity"]
    fields += ["changes", "personal"]
