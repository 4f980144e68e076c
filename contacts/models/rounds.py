"""Confirmation rounds: each year every member says whether its contacts are still right."""

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from contacts.models.people import User
from members.models import Consortium, Member


class ConfirmationRound(models.Model):
    """One round of a consortium, started by a manager or by the calendar."""

    consortium = models.ForeignKey(Consortium, models.PROTECT, related_name="rounds")
    started_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="round_one_open_per_consortium",
                fields=["consortium"],
                condition=models.Q(closed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consortium}, {date_format(timezone.localtime(self.started_at), 'YEAR_MONTH_FORMAT')}"


class Confirmation(models.Model):
    """One member in a round: whom it was asked, and its answer."""

    class Stage(models.TextChoices):
        MAIN = "main", _("Main relationship contact asked")
        OTHERS = "others", _("Other contacts asked")
        LEAD = "lead", _("Lead told")

    round = models.ForeignKey(ConfirmationRound, models.CASCADE, related_name="confirmations")
    member = models.ForeignKey(Member, models.PROTECT, related_name="confirmations")
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.MAIN)
    # None until the first mail of the round is a row: the beat asks, member by member.
    asked_at = models.DateTimeField(null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True, blank=True)
    # When the next reminder, or the next stage, is due; None when nothing is to come.
    due_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="confirmation_once", fields=["round", "member"]),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.round}"
