"""Contacts, their roles, the seats of the lead desk, and who signed the agreement."""

from collections.abc import Collection
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.people import User
from contacts.querysets import ContactQuerySet
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


class Contact(models.Model):
    """A person acting for a member, always linked to an ORCID iD (C1).

    Access follows the iD proved at sign-in. Rows of removed contacts stay, with `removed_at`.
    """

    class RecordState(models.TextChoices):
        FINE = "fine", _("In order")
        DEACTIVATED = "deactivated", _("Deactivated at ORCID")
        LOCKED = "locked", _("Locked at ORCID")

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
    sort_key = models.CharField(max_length=260, editable=False)
    # What the person wants to hear of; official notices cannot be declined.
    wants_events = models.BooleanField(default=True)
    wants_newsletters = models.BooleanField(default=True)
    # C8: what the weekly look at the record found.
    record_state = models.CharField(max_length=12, choices=RecordState, default=RecordState.FINE)
    record_checked_at = models.DateTimeField(null=True, blank=True, editable=False)
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
            # The lead's list of contacts, page by page.
            models.Index(
                fields=["sort_key", "id"], name="contact_in_order", condition=Q(removed_at=None)
            ),
            models.Index(
                fields=["orcid"], name="contact_current_by_orcid", condition=Q(removed_at=None)
            ),
            # In which language to write to an address.
            models.Index(
                Lower("email"), name="contact_current_by_address", condition=Q(removed_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = keys.sort_key(f"{self.family_name} {self.given_names}")
        self.search_key = keys.search_key(f"{self.display_name} {self.email} {self.orcid}")
        super().save(*args, **kwargs)

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        for name in ("given_names", "family_name", "job_title", "phone"):
            setattr(self, name, keys.one_line(getattr(self, name)))
        super().clean_fields(exclude=exclude)

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
        return f"{self.contact}: {self.get_level_display()}, {self.consortium}"


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
