"""Offers to become a contact."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.contacts import Contact, Role
from contacts.models.people import User
from contacts.querysets import InvitationQuerySet
from integrations.orcid.ids import validate_orcid
from members.models import Consortium, Member


class ContactImport(models.Model):
    """One file of contacts that a lead brought in: nothing is mailed until the lead sends it."""

    consortium = models.ForeignKey(Consortium, models.PROTECT, related_name="contact_imports")
    file_name = models.CharField(max_length=255)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # When the lead pressed send; until then its invitations and mails wait.
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.created_at:%Y-%m-%d})"


class Invitation(models.Model):
    """An offer to become a contact; never one itself (C3). Only the token's hash is stored."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Not sent yet")
        OPEN = "open", _("Waiting for an answer")
        EXPIRED = "expired", _("Expired")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    member = models.ForeignKey(Member, models.PROTECT, related_name="invitations")
    email = models.EmailField(max_length=254)
    roles = models.JSONField(default=list)
    outside_domains = models.BooleanField(default=False)
    # None until it is first sent: an imported one waits for the lead.
    token_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    sent_as = models.CharField(max_length=10, default="contact")  # Event.Capacity of the sender
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # None, with token and expiry, while it waits for the lead.
    sent_at = models.DateTimeField(default=timezone.now, null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    # What a file said of the person: offered at acceptance, and a hint that is compared (C4).
    given_names = models.CharField(max_length=40, blank=True)
    family_name = models.CharField(max_length=80, blank=True)
    job_title = models.CharField(max_length=128, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    orcid_hint = models.CharField(max_length=19, blank=True, validators=[validate_orcid])
    contact_import = models.ForeignKey(
        ContactImport, models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    # How it ended, if it did.
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Status, blank=True)
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="invitations"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                "member",
                Lower("email"),
                name="invitation_one_open_per_address",
                condition=Q(closed_at=None),
            ),
            models.CheckConstraint(
                name="invitation_sent_with_token_and_end",
                condition=Q(sent_at=None, expires_at=None, token_hash=None)
                | Q(sent_at__isnull=False, expires_at__isnull=False, token_hash__isnull=False),
            ),
            models.CheckConstraint(
                name="invitation_closed_with_outcome",
                condition=Q(closed_at=None, outcome="")
                | Q(closed_at__isnull=False, outcome__in=["accepted", "declined", "withdrawn"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} → {self.member}"

    @property
    def status(self) -> "Invitation.Status":
        if self.outcome:
            return self.Status(self.outcome)
        if self.sent_at is None or self.expires_at is None:
            return self.Status.DRAFT
        return self.Status.EXPIRED if self.expires_at <= timezone.now() else self.Status.OPEN

    @property
    def role_names(self) -> list[str]:
        return [Role(role).label for role in self.roles]
