from typing import ClassVar

from django.db import models


class Organization(models.Model):
    """An identifier in the registry's table of organisations; no other is taken (9045)."""

    class Source(models.TextChoices):
        ROR = "ROR"
        GRID = "GRID"
        FUNDREF = "FUNDREF"
        RINGGOLD = "RINGGOLD"
        LEI = "LEI"

    source = models.CharField(max_length=8, choices=Source)
    # As ORCID stores it (orcid-api.md, 7): compared as it stands.
    identifier = models.CharField(max_length=200)
    name = models.CharField(max_length=250)

    objects: ClassVar[models.Manager["Organization"]] = models.Manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "identifier"], name="organization_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.identifier})"
