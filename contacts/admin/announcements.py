"""Announcements: to read, and to stop. Their deliveries are mails."""

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.models import Announcement
from contacts.services.announcements import stop_announcement
from members.actors import Actor
from members.admin.operations import Operation, OperationForm, RelatedList, ServiceAdmin


class StopForm(OperationForm):
    is_danger = True
    intro = gettext_lazy("What has not left yet stays here; a scheduled one is a draft again.")

    def perform(self, by: Actor) -> str:
        stop_announcement(announcement_id=self.target.pk, by=by)
        return _("It is stopped.")


@admin.register(Announcement)
class AnnouncementAdmin(ServiceAdmin):
    list_display = ["subject", "consortium", "kind", "state", "created_by", "started_at"]
    list_select_related = ["consortium", "created_by"]
    list_filter = ["state", "kind"]
    search_fields = ["subject", "consortium__name"]
    fields = ["consortium", "kind", "subject", "body", "audience", "state", "version"]
    fields += ["created_by", "created_at", "sent_by", "send_at", "started_at", "queued_at"]
    fields += ["finished_at"]
    operations = [
        Operation(
            "stop",
            gettext_lazy("Stop it"),
            StopForm,
            applies=lambda announcement: announcement.state in {"sending", "scheduled"},
        )
    ]
    related_lists = [
        RelatedList(gettext_lazy("Deliveries"), "contacts_mail", "announcement__id__exact"),
    ]
