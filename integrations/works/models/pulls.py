"""How far each connection's works were read."""

from typing import ClassVar

from django.db import models

from integrations.orcid.models import Connection


class Pull(models.Model):
    """What was seen when a record was last read: an unchanged record then costs one call.

    The reading itself is a `Run`, which the person can watch.
    """

    connection = models.OneToOneField(
        Connection, models.CASCADE, primary_key=True, related_name="pull"
    )
    # A digest of the works' list at the last complete reading. ORCID's date of the whole section is
    # not enough: it stays when a work is deleted, or another version preferred.
    fingerprint = models.CharField(max_length=64, blank=True)
    pulled_at = models.DateTimeField(null=True, blank=True)  # the list itself was last read
    looked_at = models.DateTimeField(null=True, blank=True)  # when last asked whether it changed
    # Something (a webhook, the registry's search) hinted at a change since.
    due_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Pull"]] = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="pull_due"),
            models.Index(fields=["looked_at"], name="pull_looked_at"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
