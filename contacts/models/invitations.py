"""Offers to become a contact."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.formats import date_format
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
    # When everybody in the file was brought in; a worker may take several steps.
    finished_at = models.DateTimeField(null=True, blank=True)
    # Whoever was there already, and how many rows were left out.
    present = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    # Those rows with what is wrong with them, to be downloaded; emptied after a while (H7).
    left_out_rows = models.JSONField(default=list, blank=True)
    # When the lead pressed send, and who; until then its invitations and mails wait.
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    sent_as = models.CharField(max_length=10, blank=True)  # Event.Capacity of whoever sent it
    # Invitations sent before this and not answered are sent again.
    remind_before = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="contact_import_sent_when_finished",
                condition=Q(sent_at=None) | (Q(finished_at__isnull=False) & ~Q(sent_as="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({date_format(timezone.localtime(self.created_at), 'SHORT_DATE_FORMAT')})"


class ImportedContact(models.Model):
    """Somebody of a file whose iD was found at ORCID: a contact at once, told when the lead sends."""

    contact_import = models.ForeignKey(ContactImport, models.CASCADE, related_name="added")
    contact = models.OneToOneField(Contact, models.CASCADE, related_name="imported")
    # When the mail that tells them became a row.
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.contact)


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
    orcid_hint = models.CharField(
        _("ORCID iD in the file"), max_length=19, blank=True, validators=[validate_orcid]
    )
    # At acceptance: whether the iD that was proved is the hint; None without a hint.
    hint_matched = models.BooleanField(null=True, blank=True)
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
