"""What a lead writes to contacts. Each delivery is a `Mail` row."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.people import User
from members.models import Consortium


class Announcement(models.Model):
    """A message to contacts of a consortium, chosen by roles and member filter."""

    class Kind(models.TextChoices):
        EVENT = "event", _("Invitation to an event")
        NEWSLETTER = "newsletter", _("Newsletter")
        OFFICIAL = "official", _("Official membership notice")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        SENDING = "sending", _("Being sent")
        STOPPED = "stopped", _("Stopped")
        PAUSED = "paused", _("Paused: its author has left")
        SENT = "sent", _("Sent")

    consortium = models.ForeignKey(Consortium, models.PROTECT, related_name="announcements")
    kind = models.CharField(max_length=10, choices=Kind)
    subject = models.CharField(max_length=200)
    body = models.TextField(help_text=_("Light formatting (Markdown)."))
    # The audience: {"roles": [...], "filters": {...}}, in the words of the lead's contact list.
    audience = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Who pressed send, or scheduled it: judged again when it starts (R5).
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    send_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    # When every delivery had become a row; until then the audience is still being written down.
    queued_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="announcement_kind_known",
                condition=Q(kind__in=["event", "newsletter", "official"]),
            ),
            models.CheckConstraint(
                name="announcement_scheduled_with_time_and_person",
                condition=~Q(state="scheduled") | Q(send_at__isnull=False, sent_by__isnull=False),
            ),
            models.CheckConstraint(
                name="announcement_started_by_somebody",
                condition=~Q(state__in=["sending", "sent"])
                | Q(started_at__isnull=False, sent_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.subject
