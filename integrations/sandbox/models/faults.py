from typing import ClassVar

from django.db import models


class Fault(models.Model):
    """An answer that the next matching requests get instead of the real one."""

    path_prefix = models.CharField(max_length=200)
    # Null: only delay, then answer as usual.
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    body = models.TextField(blank=True, default="")
    content_type = models.CharField(max_length=100, default="text/html")
    headers: "models.JSONField[dict[str, str], dict[str, str]]" = models.JSONField(default=dict)
    delay_ms = models.PositiveIntegerField(default=0)
    times_left = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager["Fault"]] = models.Manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.path_prefix} → {self.status or 'delay'}"
