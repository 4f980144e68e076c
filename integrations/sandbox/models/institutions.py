from typing import ClassVar

from django.db import models
from django.utils import timezone

from integrations.sandbox.models.people import Person


class Institution(models.Model):
    """An organisation whose people can sign in at ORCID with their account there."""

    name = models.CharField(max_length=250, unique=True)

    objects: ClassVar[models.Manager["Institution"]] = models.Manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class InstitutionalAccount(models.Model):
    """An account at an institution that its owner has linked to a record."""

    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, related_name="accounts")
    user_name = models.CharField(max_length=100)
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="institutional_accounts"
    )
    linked_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["InstitutionalAccount"]] = models.Manager()

    class Meta:
        ordering = ["institution__name", "user_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "user_name"], name="institutional_account_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_name} at {self.institution}"
