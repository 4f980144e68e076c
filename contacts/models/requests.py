"""The way back in: help requests, and naming a new Main for a member whose Main cannot act."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.contacts import Contact
from contacts.models.invitations import Invitation
from contacts.models.people import User
from members.models import Consortium, Member


class HelpRequest(models.Model):
    """Somebody asks for access or for a change; nothing is done before the address is proved."""

    class Kind(models.TextChoices):
        NO_WAY_IN = "no_way_in", _("Nobody here has access any more")
        CHANGE = "change", _("A change I cannot make myself")
        DATA = "data", _("My personal data: to object, or to have something put right")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        UNPROVED = "unproved", _("Waiting for the address to be proved")
        OPEN = "open", _("With the consortium’s lead")
        ANSWERED = "answered", _("Answered")
        ESCALATED = "escalated", _("With the operator")
        RESOLVED = "resolved", _("Resolved")
        DECLINED = "declined", _("Declined")

    CLOSED = (State.RESOLVED, State.DECLINED)

    consortium = models.ForeignKey(
        Consortium, models.PROTECT, null=True, blank=True, related_name="help_requests"
    )
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="help_requests"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.UNPROVED)
    organisation = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254)
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    proved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="help_request_handled_when_proved",
                condition=Q(state="unproved", proved_at=None) | Q(proved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"

    @property
    def email_domain(self) -> str:
        """What the desk is shown of the proof: the part after the @."""
        return self.email.rpartition("@")[2]


class HelpMessage(models.Model):
    """One step of a request: what was asked, answered or decided, and by whom."""

    request = models.ForeignKey(HelpRequest, models.CASCADE, related_name="messages")
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # Event.Capacity, or "asker" for the one who asked.
    capacity = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=HelpRequest.State)
    text = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.request}: {self.get_state_display()}"


class Recovery(models.Model):
    """Naming a new Main (A5): told to everybody, in effect after three working days."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for objections")
        OBJECTED = "objected", _("Somebody has objected")
        INVITED = "invited", _("The new Main is invited")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    # Under way: it can be objected to and called off.
    OPEN = (State.WAITING, State.INVITED)

    member = models.ForeignKey(Member, models.PROTECT, related_name="recoveries")
    help_request = models.ForeignKey(
        HelpRequest, models.SET_NULL, null=True, blank=True, related_name="recoveries"
    )
    # The new Main: one of the contacts, or an address that is invited when it takes effect.
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="recoveries"
    )
    email = models.EmailField(max_length=254, blank=True)
    invitation = models.ForeignKey(
        Invitation, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.TextField()
    # How the operator checked who it is; then it takes effect at once.
    identity_checked = models.TextField(blank=True)
    objection = models.TextField(blank=True)
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    started_as = models.CharField(max_length=10)
    started_at = models.DateTimeField(default=timezone.now)
    takes_effect_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "recoveries"
        constraints = [
            models.UniqueConstraint(
                name="recovery_one_open_per_member",
                fields=["member"],
                condition=Q(state__in=["waiting", "invited"]),
            ),
            models.CheckConstraint(
                name="recovery_names_one_person",
                condition=Q(contact=None) ^ Q(email=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.get_state_display()}"
