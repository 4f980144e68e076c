"""Works, grants and pulls, to look at: a person's list is theirs alone to change."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from integrations.works.models import (
    Authorship,
    DraftMark,
    Grant,
    Keeper,
    MemberWork,
    PermissionRequest,
    Pull,
    Work,
    WorksPolicy,
)
from members.admin.operations import ReadOnlyAdmin


@admin.register(Work)
class WorkAdmin(ReadOnlyAdmin):
    """Public ones only: what is not public at ORCID is seen by its owner alone (O7)."""

    list_display = ["title", "type", "published", "person", "source_name", "origin"]
    list_select_related = ["person"]
    list_filter = ["origin"]
    search_fields = ["search_key", "person__name", "person__orcid"]
    fields = ["person", "origin", "type", "title", "subtitle", "journal_title", "published", "url"]
    fields += ["identifiers", "put_code", "source_name", "edited_fields", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Work]:
        return super().get_queryset(request).filter(pk__in=Work.objects.public().values("pk"))


@admin.register(Grant)
class GrantAdmin(ReadOnlyAdmin):
    list_display = ["person", "member", "purpose", "given_at", "ended_at", "ended_by"]
    list_select_related = ["person", "member"]
    list_filter = ["purpose"]
    search_fields = ["person__name", "person__orcid", "member__display_name"]
    fields = ["person", "member", "purpose", "given_at", "ended_at", "ended_by"]


@admin.register(PermissionRequest)
class PermissionRequestAdmin(ReadOnlyAdmin):
    """Neither token nor words; whether somebody was asked, and what became of it."""

    list_display = ["email", "member", "sent_at", "expires_at", "outcome", "closed_at"]
    list_select_related = ["member"]
    list_filter = ["outcome"]
    search_fields = ["email", "member__display_name"]
    fields = ["email", "member", "purposes", "sent_at", "reminded_at", "expires_at"]
    fields += ["outcome", "closed_at", "sent_by"]


@admin.register(Pull)
class PullAdmin(ReadOnlyAdmin):
    list_display = ["connection", "pulled_at", "looked_at", "due_at"]
    list_select_related = ["connection"]
    search_fields = ["connection__orcid"]
    fields = ["connection", "pulled_at", "looked_at", "due_at"]


@admin.register(MemberWork)
class MemberWorkAdmin(ReadOnlyAdmin):
    list_display = ["title", "member", "type", "published", "state", "origin"]
    list_select_related = ["member"]
    list_filter = ["state", "origin"]
    search_fields = ["search_key", "member__search_key"]
    fields = ["member", "state", "origin", "type", "title", "subtitle", "journal_title"]
    fields += ["published", "url", "identifiers", "contributors", "added_by", "asked_at"]
    fields += ["created_at", "updated_at"]


@admin.register(Authorship)
class AuthorshipAdmin(ReadOnlyAdmin):
    list_display = ["person", "work"]
    list_select_related = ["person", "work"]
    search_fields = ["person__name", "person__orcid", "work__search_key"]
    fields = ["person", "work"]


@admin.register(WorksPolicy)
class WorksPolicyAdmin(ReadOnlyAdmin):
    list_display = ["member", "on_unpublish", "validate_first"]
    list_select_related = ["member"]
    search_fields = ["member__search_key"]
    fields = ["member", "on_unpublish", "validate_first"]


@admin.register(Keeper)
class KeeperAdmin(ReadOnlyAdmin):
    """Who is on publications desks, or was invited; never the token."""

    list_display = ["display_name", "member", "orcid", "added_at", "removed_at"]
    list_select_related = ["member"]
    search_fields = ["name", "email", "orcid", "member__search_key"]
    fields = ["member", "name", "email", "orcid", "added_by", "added_at", "expires_at"]
    fields += ["removed_at"]


@admin.register(DraftMark)
class DraftMarkAdmin(ReadOnlyAdmin):
    list_display = ["grant", "up_to"]
    list_select_related = ["grant"]
    search_fields = ["grant__person__orcid"]
    fields = ["grant", "up_to"]
