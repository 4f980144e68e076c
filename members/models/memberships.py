"""The periods in which members belong to a consortium."""

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.dates import today
from members.models.organisations import Consortium, Member
from members.querysets import MembershipQuerySet


class Membership(models.Model):
    """A period in which a member belongs to a consortium, or is a direct member (no consortium).

    An unknown start counts as long ago (and is a gap); no end means it goes on.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Starts later")
        ACTIVE = "active", _("Active")
        ENDED = "ended", _("Ended")

    member = models.ForeignKey(Member, models.PROTECT, related_name="memberships")
    consortium = models.ForeignKey(
        Consortium, models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True, help_text=_("The last day."))
    end_reason = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["start", "pk"]
        constraints = [
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(start=None) | Q(end=None) | Q(end__gte=F("start")),
                violation_error_message=_("The end must not lie before the start."),
            ),
            # Together with the exclusion constraint on PostgreSQL (migration 0002) and the check
            # under the member's lock: periods of a member do not overlap.
            models.UniqueConstraint(
                name="membership_one_open_per_member", fields=["member"], condition=Q(end=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.start or '?'} – {self.end or '…'}"

    @property
    def status(self) -> "Membership.Status":
        return self.status_on(today())

    def status_on(self, day: datetime.date) -> "Membership.Status":
        if self.start and self.start > day:
            return self.Status.PENDING
        if self.end and self.end < day:
            return self.Status.ENDED
        return self.Status.ACTIVE
