"""People, contacts and their roles, invitations, the lead desk, and the mails that tell of them."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.querysets import ContactQuerySet, InvitationQuerySet, MailQuerySet
from integrations.orcid.crypto import EncryptedTextField
from integrations.orcid.ids import orcid_check, validate_orcid
from members import text as keys
from members.models import Consortium, Member


class Role(models.TextChoices):
    """ORCID's eight, names verbatim."""

    MAIN = "main", "Main relationship contact (OFFICIAL)"
    SIGNATORY = "signatory", "Agreement signatory (OFFICIAL)"
    VOTING = "voting", "Voting contact"
    TECHNICAL = "technical", "Technical contact"
    INVOICE = "invoice", "Invoice contact"
    COMMS = "comms", "Comms contact"
    PRODUCT = "product", "Product contact"
    OTHER = "other", "Other contact"


PROTECTED_ROLES = frozenset({Role.MAIN, Role.SIGNATORY, Role.VOTING})


def _role_is_known(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(role__in=[str(role) for role in Role]))


class PortalUserManager(UserManager["User"]):
    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        extra.setdefault("username", str(uuid.uuid4()))
        return super().create_superuser(email=email, password=password, **extra)


def _opaque_username() -> str:
    return str(uuid.uuid4())


class User(AbstractUser):
    """A person who signs in: with ORCID (then `orcid` is proved), or as operator with a password.

    Never deleted: history points here; erasure empties it.
    """

    username = models.CharField(
        max_length=36, unique=True, default=_opaque_username, editable=False
    )
    orcid = models.CharField(
        "ORCID iD", max_length=19, unique=True, null=True, blank=True, validators=[validate_orcid]
    )
    # The public name at ORCID, as given at the last sign-in; empty when it is not public.
    name = models.CharField(max_length=200, blank=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]
    objects: ClassVar[PortalUserManager] = PortalUserManager()  # type: ignore[assignment]  # own manager

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="user_orcid_valid", condition=Q(orcid=None) | orcid_check("orcid")
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name to greet with; the iD, or the address, for those who show none."""
        return self.name or self.get_full_name() or self.orcid or self.email or "?"

    @property
    def initials(self) -> str:
        words = [word for word in self.display_name.split() if word[0].isalpha()]
        return (words[0][0] + words[-1][0] if len(words) > 1 else self.display_name[:2]).upper()


class Contact(models.Model):
    """A person acting for a member, always linked to an ORCID iD (C1).

    Access follows the iD proved at sign-in. Rows of removed contacts stay, with `removed_at`.
    """

    member = models.ForeignKey(Member, models.PROTECT, related_name="contacts")
    orcid = models.CharField("ORCID iD", max_length=19, validators=[validate_orcid])
    given_names = models.CharField(max_length=40, blank=True)
    family_name = models.CharField(max_length=80, blank=True)
    job_title = models.CharField(max_length=128, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    # C6: takes the place of `email` when its owner has proved it.
    pending_email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    search_key = models.CharField(max_length=500, editable=False)
    sort_key = models.CharField(max_length=260, editable=False, db_index=True)
    # C7: the address lay outside the member's e-mail domains when it was confirmed.
    outside_domains = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["sort_key", "pk"]
        constraints = [
            models.CheckConstraint(name="contact_orcid_valid", condition=orcid_check("orcid")),
            models.UniqueConstraint(
                name="contact_once_per_member",
                fields=["member", "orcid"],
                condition=Q(removed_at=None),
                violation_error_message=_("This person is already a contact."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["orcid"], name="contact_current_by_orcid", condition=Q(removed_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = keys.sort_key(f"{self.family_name} {self.given_names}")
        self.search_key = keys.search_key(f"{self.display_name} {self.email} {self.orcid}")
        super().save(*args, **kwargs)

    @property
    def display_name(self) -> str:
        """As the person is shown; the iD for those whose name is not public."""
        return f"{self.given_names} {self.family_name}".strip() or self.orcid

    @property
    def roles(self) -> list[Role]:
        """In ORCID's order. Prefetch `role_assignments` for lists."""
        held = {assignment.role for assignment in self.role_assignments.all()}
        return [role for role in Role if role in held]


class RoleAssignment(models.Model):
    """One role of one contact. `member` repeats the contact's, for R1's constraints."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="role_assignments")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="role_assignments")
    role = models.CharField(max_length=10, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            _role_is_known("role_assignment_role_known"),
            models.UniqueConstraint(name="role_once_per_contact", fields=["contact", "role"]),
            *(
                models.UniqueConstraint(
                    name=f"role_one_{role}_per_member",
                    fields=["member"],
                    condition=Q(role=str(role)),
                    violation_error_message=_("This role is already taken."),
                )
                for role in (Role.MAIN, Role.SIGNATORY, Role.VOTING)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact}: {self.get_role_display()}"


class DeskSeat(models.Model):
    """Makes a contact of the lead reader or manager of the consortium. The lead's Main needs none."""

    class Level(models.TextChoices):
        READER = "reader", _("Reader")
        MANAGER = "manager", _("Manager")

    consortium = models.ForeignKey(Consortium, models.CASCADE, related_name="desk_seats")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="desk_seats")
    level = models.CharField(max_length=10, choices=Level)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="desk_seat_once", fields=["consortium", "contact"]),
            models.CheckConstraint(
                name="desk_seat_level_known", condition=Q(level__in=["reader", "manager"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact}: {self.get_level_display()} of {self.consortium}"


class Invitation(models.Model):
    """An offer to become a contact; never one itself (C3). Only the token's hash is stored."""

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting for an answer")
        EXPIRED = "expired", _("Expired")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    member = models.ForeignKey(Member, models.PROTECT, related_name="invitations")
    email = models.EmailField(max_length=254)
    roles = models.JSONField(default=list)
    outside_domains = models.BooleanField(default=False)
    token_hash = models.CharField(max_length=64, unique=True)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    sent_as = models.CharField(max_length=10, default="contact")  # Event.Capacity of the sender
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
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
        return self.Status.EXPIRED if self.expires_at <= timezone.now() else self.Status.OPEN

    @property
    def role_names(self) -> list[str]:
        return [Role(role).label for role in self.roles]


class AgreementRecord(models.Model):
    """Who signed the agreement, where that person has no iD. Not a contact, no access."""

    member = models.OneToOneField(Member, models.CASCADE, related_name="agreement_record")
    name = models.CharField(max_length=121)
    position = models.CharField(max_length=128)
    email = models.EmailField(max_length=254, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.name}, {self.position}"


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

    kind = models.CharField(max_length=30, choices=Kind)
    to = models.EmailField(max_length=254)
    reply_to = models.EmailField(blank=True)
    subject = models.CharField(max_length=255)
    text = EncryptedTextField(blank=True)
    html = EncryptedTextField(blank=True)
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="mails")
    invitation = models.ForeignKey(
        Invitation, models.SET_NULL, null=True, blank=True, related_name="mails"
    )
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
        indexes = [
            models.Index(
                fields=["due_at"], name="mail_due", condition=Q(state__in=["queued", "sending"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.to}"
