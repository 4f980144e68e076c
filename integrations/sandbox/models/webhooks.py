from typing import ClassVar

from django.db import models
from django.utils import timezone

from integrations.sandbox.models.clients import Client
from integrations.sandbox.models.people import Person


class Webhook(models.Model):
    """An address to call when somebody's record changes, whichever client asked first."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="webhooks")
    uri = models.TextField()
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="webhooks")
    created_at = models.DateTimeField(default=timezone.now)
    # The record's last-modified date, in milliseconds, that was told last.
    told_ms = models.BigIntegerField()
    failures = models.PositiveSmallIntegerField(default=0)
    # On the clock of webhooks (`webhooks.clock`), which tests turn forward.
    failed_at = models.DateTimeField(null=True, blank=True)
    # For the page of switches: what the last call met.
    last_answer = models.CharField(max_length=200, blank=True, default="")

    objects: ClassVar[models.Manager["Webhook"]] = models.Manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "uri"], name="webhook_once_per_record")
        ]

    def __str__(self) -> str:
        return f"{self.person.orcid} → {self.uri}"
