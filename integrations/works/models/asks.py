"""What an institution asks of people: the mailed link to `/permissions/<token>/`."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models import Mail, User
from integrations.works.models.grants import Grant
from integrations.works.querysets import PermissionRequestQuerySet
from members.models import Member


class PermissionRequest(models.Model):
    """A member asks one person, by mail, for some of the three switches. Never a grant itself (O2).

    Of the link's token only the hash is stored; it is new with every mail.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting for an answer")
        EXPIRED = "expired", _("Expired")
        GIVEN = "given", _("Permission given")
        DENIED = "denied", _("Said no")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    member = models.ForeignKey(Member, models.PROTECT, related_name="permission_requests")
    email = models.EmailField(max_length=254)
    # Who it is, where that is known: by an address proved here, and whoever gave permission. Not
    # told to the member before the answer (A8).
    person = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="permission_requests"
    )
    purposes: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    # The institution's own words, and the language they are in.
    words = models.TextField(blank=True)
    language = models.CharField(max_length=10, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    reminded_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    mail = models.ForeignKey(Mail, models.SET_NULL, null=True, blank=True, related_name="+")
    # How it ended, if it did.
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Status, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["PermissionRequest"]] = PermissionRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "member",
                Lower("email"),
                condition=Q(closed_at=None),
                name="permission_request_one_open_per_address",
            ),
            models.CheckConstraint(
                name="permission_request_closed_with_outcome",
                condition=Q(closed_at=None, outcome="")
                | Q(closed_at__isnull=False, outcome__in=["given", "denied", "withdrawn"]),
            ),
        ]
        indexes = [
            models.Index(fields=["member", "-sent_at"], name="permission_request_by_member"),
            # Those to remind, and those over.
            models.Index(fields=["closed_at", "sent_at"], name="permission_request_waiting"),
        ]
        ordering = ["-sent_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.member} → {self.email}"

    @property
    def status(self) -> "PermissionRequest.Status":
        if self.outcome:
            return self.Status(self.outcome)
        return self.Status.EXPIRED if self.expires_at <= timezone.now() else self.Status.OPEN

    @property
    def purpose_names(self) -> list[str]:
        """What is asked for, in the order of the switches."""
        return [str(one.label) for one in Grant.Purpose if one in self.purposes]

    @property
    def purposes_in_own_words(self) -> list[str]:
        """The same, as the person who is asked reads it."""
        return [str(words) for one, words in Grant.OWN_WORDS.items() if one in self.purposes]
