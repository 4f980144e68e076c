"""Background jobs, and when somebody was last at a lead desk: to look at."""

from django.contrib import admin

from contacts.models import DeskVisit, Run
from members.admin.operations import ReadOnlyAdmin


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "kind", "state", "consortium", "started_by", "done", "total"]
    list_select_related = ["consortium", "started_by"]
    list_filter = ["state", "kind"]
    date_hierarchy = "created_at"
    search_fields = ["consortium__name", "started_by__name", "started_by__orcid", "error"]
    fields = ["kind", "state", "consortium", "started_by", "done", "total", "error", "result"]
    fields += ["attempts", "delays", "due_at", "created_at", "claimed_at", "finished_at"]


@admin.register(DeskVisit)
class DeskVisitAdmin(ReadOnlyAdmin):
    list_display = ["user", "consortium", "latest"]
    list_select_related = ["user", "consortium"]
    search_fields = ["user__name", "user__orcid", "consortium__name"]
    fields = ["user", "consortium", "before", "latest"]
