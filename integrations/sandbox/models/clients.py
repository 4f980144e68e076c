from typing import ClassVar

from django.db import models


class Client(models.Model):
    """An application registered at ORCID."""

    client_id = models.CharField(max_length=40, unique=True)
    # Kept as it stands in the people file: a sandbox secret protects nothing.
    client_secret = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    redirect_uris: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    is_member = models.BooleanField(default=True)
    # What ORCID grants by arrangement only, such as /email/read-private.
    extra_scopes: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)

    objects: ClassVar[models.Manager["Client"]] = models.Manager()

    class Meta:
        ordering = ["name", "client_id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.client_id})"
