"""Mails: rows first (H6)."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.contacts import Contact
from contacts.models.invitations import Invitation
from contacts.querysets import MailQuerySet
from integrations.orcid.crypto import EncryptedTextField
from members.models import Member


class Mail(models.Model):
    """A mail to be delivered, a row before anything is sent (H6).

    Bodies are encrypted, as they may hold a single-use link, and emptied when sent.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("Not known whether it was sent")
        WITHDRAWN = "withdrawn", _("Withdrawn before it was sent")

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("Invitation")
        CONTACT_ADDED = "contact_added", _("Added as contact")
        CONTACT_REMOVED = "contact_removed", _("Removed as contact")
        CONTACT_DISOWNED = "contact_disowned", _("Contact said: this is not me")
        ROLE_HANDED_OVER = "role_handed_over", _("Role handed over")
        ROLES_LEFT_OUT = "roles_left_out", _("Role already taken at acceptance")
        ADDRESS_TO_PROVE = "address_to_prove", _("Address to prove")
        ADDRESS_CHANGED = "address_changed", _("Address changed")
        ADDRESS_CHANGE_ASKED = "address_change_asked", _("Contact’s new address to prove")
        NOBODY_IN_CHARGE = "nobody_in_charge", _("Nobody in charge")
        LEAD_CHANGED = "lead_changed", _("The lead changed a contact")
        LEAD_CHANGE_DISPUTED = "lead_change_disputed", _("A change by the lead is disputed")
        ROUND_ASKED = "round_asked", _("Are these contacts still right?")
        ROUND_REMINDED = "round_reminded", _("Reminder: are these contacts still right?")
        ROUND_UNANSWERED = "round_unanswered", _("A member has not answered")
        ANNOUNCEMENT = "announcement", _("Announcement")
        REQUEST_TO_PROVE = "request_to_prove", _("Help request: address to prove")
        REQUEST_RECEIVED = "request_received", _("Help request received")
        REQUEST_CHANGED = "request_changed", _("Help request: news")
        REQUEST_FOR_DESK = "request_for_desk", _("Help request for the desk")
        RECOVERY_STARTED = "recovery_started", _("A new Main is to be named")
        RECOVERY_OBJECTED = "recovery_objected", _("Objection to a new Main")
        RECOVERY_DONE = "recovery_done", _("A new Main is named")
        MEMBERSHIP_ENDS = "membership_ends", _("A membership ends, or goes on")
        SIGN_IN_CHANGED = "sign_in_changed", _("The way to sign in has changed")
        PERMISSION_ASKED = "permission_asked", _("An institution asks for permission")
        KEEPER_ADDED = "keeper_added", _("Added to the publications desk")
        KEEPER_INVITED = "keeper_invited", _("Invited to the publications desk")
        ACCOUNT_CLOSED = "account_closed", _("The account is deleted")

    # Not gone yet, or just going.
    UNDER_WAY = (State.QUEUED, State.SENDING)

    kind = models.CharField(max_length=30, choices=Kind)
    to = models.EmailField(max_length=254)
    reply_to = models.EmailField(blank=True)
    subject = models.CharField(max_length=255)
    text = EncryptedTextField(blank=True)
    html = EncryptedTextField("HTML", blank=True)
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="mails")
    invitation = models.ForeignKey(
        Invitation, models.SET_NULL, null=True, blank=True, related_name="mails"
    )
    announcement = models.ForeignKey(
        "Announcement", models.PROTECT, null=True, blank=True, related_name="deliveries"
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="mails"
    )
    # Further headers by name, such as List-Unsubscribe.
    headers = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    message_id = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MailQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            # Nobody gets an announcement twice, however many roles or members they have.
            models.UniqueConstraint(
                "announcement", Lower("to"), name="mail_once_per_announcement_and_address"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="mail_due", condition=Q(state__in=["queued", "sending"])
            ),
            # Whether an address has been written to before (H7).
            models.Index(Lower("to"), name="mail_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.to}"
