"""Runs: background jobs a person can watch."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.people import User
from members.models import Consortium


class Run(models.Model):
    """One background job: a row before it starts, with its progress and what came of it.

    Of a consortium, and then its desk may see it; without one, the own of whoever started it.
    """

    class Kind(models.TextChoices):
        MEMBER_IMPORT = "member_import", _("Import of members")
        CONTACT_IMPORT = "contact_import", _("Import of contacts")
        WORKS_PULL = "works_pull", _("Reading works from ORCID")
        WORKS_IMPORT = "works_import", _("Import of works")
        MEMBER_WORKS = "member_works", _("Import of an institution’s works")

    class State(models.TextChoices):
        # Its file was looked through, and whoever uploaded it has not said go.
        DRAFT = "draft", _("Not started yet")
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    # A worker has it, or will.
    OPEN: ClassVar = (State.QUEUED, State.RUNNING)

    kind = models.CharField(max_length=20, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    consortium = models.ForeignKey(
        Consortium, models.PROTECT, null=True, blank=True, related_name="runs"
    )
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    # What it works on, and what came of it; never secrets.
    subject = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=dict, blank=True)
    file = models.FileField(upload_to="runs/", blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    # How often a worker has begun: one that dies each time is not begun for ever.
    attempts = models.PositiveSmallIntegerField(default=0)
    # Not begun before this; how often it was put off, because what it needs could not be reached.
    due_at = models.DateTimeField(null=True, blank=True)
    delays = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["started_by"],
                condition=Q(kind="works_pull", state__in=["queued", "running"]),
                name="run_one_open_pull_per_person",
            ),
        ]
        indexes = [
            # What the sweep looks for, among everything that is over.
            models.Index(
                fields=["id"], condition=Q(state__in=["queued", "running"]), name="run_open"
            ),
        ]
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN
