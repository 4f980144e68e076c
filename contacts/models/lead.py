"""What the lead does with a member's contacts, and what it has told ORCID."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from contacts.models.contacts import Contact
from contacts.models.invitations import Invitation
from contacts.models.people import User
from members.models import Consortium, Member


class LeadChange(models.Model):
    """A change of a contact "by the lead" (A3), which the member's Main accepts or disputes."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for the Main relationship contact")
        ACCEPTED = "accepted", _("Accepted")
        DISPUTED = "disputed", _("Disputed")

    member = models.ForeignKey(Member, models.PROTECT, related_name="lead_changes")
    # Whom it concerns: a contact, or somebody who has only been invited.
    contact = models.ForeignKey(
        Contact, models.CASCADE, null=True, blank=True, related_name="lead_changes"
    )
    invitation = models.ForeignKey(
        Invitation, models.CASCADE, null=True, blank=True, related_name="lead_changes"
    )
    # Of the event that tells what was changed.
    event_id = models.BigIntegerField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="lead_change_decided_when_not_open",
                condition=Q(state="open", decided_at=None)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="lead_change_of_contact_or_invitation",
                condition=Q(contact=None, invitation__isnull=False)
                | Q(contact__isnull=False, invitation=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_state_display()}"

    @property
    def person(self) -> str:
        """Whom it concerns; an invited person is known by the address alone."""
        if self.contact:
            return self.contact.display_name
        return self.invitation.email if self.invitation else ""


class OrcidReport(models.Model):
    """*Tell ORCID*: what has changed since the last report, as it was sent."""

    consortium = models.ForeignKey(Consortium, models.PROTECT, related_name="orcid_reports")
    # The feed's cursors after which, and up to which, it tells; the next report starts there.
    since_event = models.BigIntegerField()
    through_event = models.BigIntegerField()
    text = models.TextField()
    members = models.ManyToManyField(Member, related_name="orcid_reports", blank=True)
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("ORCID report")
        verbose_name_plural = _("ORCID reports")
        ordering = ["-pk"]
        constraints = [
            # Two managers who report the same at once: one of them has.
            models.UniqueConstraint(name="orcid_report_once", fields=["consortium", "since_event"]),
        ]

    def __str__(self) -> str:
        return f"{self.consortium}, {date_format(timezone.localtime(self.sent_at), 'SHORT_DATE_FORMAT')}"


class DeskVisit(models.Model):
    """When a person last looked at a consortium's overview, for *what changed since*."""

    consortium = models.ForeignKey(Consortium, models.CASCADE, related_name="visits")
    user = models.ForeignKey(User, models.CASCADE, related_name="desk_visits")
    # The visit before this one ended at `before`; the page tells what happened since.
    before = models.DateTimeField(null=True, blank=True)
    latest = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="desk_visit_once", fields=["consortium", "user"]),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.consortium}"
