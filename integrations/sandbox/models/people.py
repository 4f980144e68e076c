from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.hashers import check_password, make_password
from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Visibility(models.TextChoices):
    PUBLIC = "public", "Everyone"
    LIMITED = "limited", "Trusted parties"
    PRIVATE = "private", "Only me"


class PersonManager(models.Manager["Person"]):
    def active(self) -> models.QuerySet["Person"]:
        return self.filter(status=Person.Status.ACTIVE)

    def with_record(self) -> models.QuerySet["Person"]:
        return self.active().prefetch_related("emails", "employments")


class Person(models.Model):
    """Somebody's ORCID record."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        DEACTIVATED = "deactivated"
        LOCKED = "locked"
        MOVED = "moved"

    orcid = models.CharField(max_length=19, unique=True)
    password = models.CharField(max_length=200)
    # The password of a seeded person, which the sign-in page shows; never one that somebody typed.
    shown_password = models.CharField(max_length=200, blank=True, default="")
    given_names = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100, blank=True, default="")
    credit_name = models.CharField(max_length=150, blank=True, default="")
    name_visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PUBLIC)
    # Public, as the people file gives no visibility for them.
    other_names: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    moved_to = models.CharField(max_length=19, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    emails: "RelatedManager[Email]"
    employments: "RelatedManager[Employment]"
    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        ordering = ["family_name", "given_names", "orcid"]

    def __str__(self) -> str:
        return f"{self.display_name} ({self.orcid})"

    @property
    def full_name(self) -> str:
        return f"{self.given_names} {self.family_name}".strip()

    @property
    def display_name(self) -> str:
        return self.credit_name or self.full_name

    @property
    def public_name(self) -> str | None:
        """The name as everybody sees it; None when the person hides it."""
        return self.display_name if self.has_public_name else None

    @property
    def has_public_name(self) -> bool:
        return self.name_visibility == Visibility.PUBLIC and self.status == self.Status.ACTIVE

    def set_password(self, raw: str) -> None:
        self.password = make_password(raw)

    def check_password(self, raw: str) -> bool:
        return check_password(raw, self.password)


class Email(models.Model):
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="emails")
    # Stored as typed: ORCID's index compares addresses exactly.
    email = models.CharField(max_length=254)
    verified = models.BooleanField(default=True)
    primary = models.BooleanField(default=False)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PRIVATE)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["Email"]] = models.Manager()

    class Meta:
        ordering = ["-primary", "pk"]

    def __str__(self) -> str:
        return self.email


class Employment(models.Model):
    """Always public: the people file gives organisations for searching only."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="employments")
    organization = models.CharField(max_length=250)
    ror = models.CharField(max_length=100, blank=True, default="")
    current = models.BooleanField(default=True)

    objects: ClassVar[models.Manager["Employment"]] = models.Manager()

    class Meta:
        ordering = ["-current", "organization"]

    def __str__(self) -> str:
        return self.organization
