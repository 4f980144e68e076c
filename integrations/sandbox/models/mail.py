from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Message(models.Model):
    """A mail as the SMTP sink received it; headers and parts are read from `raw`."""

    sender = models.CharField(max_length=320, blank=True, default="")
    subject = models.TextField(blank=True, default="")
    raw = models.BinaryField()
    received_at = models.DateTimeField(default=timezone.now)

    recipients: "RelatedManager[Recipient]"
    objects: ClassVar[models.Manager["Message"]] = models.Manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.subject


class Recipient(models.Model):
    """An envelope recipient, in lower case."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="recipients")
    address = models.CharField(max_length=320, db_index=True)

    objects: ClassVar[models.Manager["Recipient"]] = models.Manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.address
