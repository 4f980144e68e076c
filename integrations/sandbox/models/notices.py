from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from integrations.sandbox.models.clients import Client
from integrations.sandbox.models.people import Person

Json = dict[str, Any]


class Notice(models.Model):
    """What stands in a person's inbox: a client changed the record, or asks for permission to."""

    class Kind(models.TextChoices):
        AMENDED = "amended"
        PERMISSION = "permission"

    class Action(models.TextChoices):
        """What a client did to the items."""

        CREATE = "create", "added"
        UPDATE = "update", "changed"
        DELETE = "delete", "deleted"

    # `put-code` in the API.
    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12, choices=Kind)
    action = models.CharField(max_length=6, choices=Action, blank=True, default="")
    # Each with `item-type`, `item-name`, `put-code` and, as the client sent it, `external-id`.
    items: "models.JSONField[list[Json], list[Json]]" = models.JSONField(default=list)
    subject = models.TextField(blank=True, default="")
    intro = models.TextField(blank=True, default="")
    # `uri`, `path`, `host`: where to say yes to a request.
    authorization: "models.JSONField[Json, Json]" = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    actioned_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Notice"]] = models.Manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["person", "kind"], name="notice_person_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.client}"
