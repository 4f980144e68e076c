import time
from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.hashers import check_password, make_password
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from integrations.sandbox.models.activities import Activity


def now_ms() -> int:
    """Milliseconds since 1970: how ORCID dates every change."""
    return time.time_ns() // 1_000_000


class Visibility(models.TextChoices):
    PUBLIC = "public", "Everyone"
    LIMITED = "limited", "Trusted parties"
    PRIVATE = "private", "Only me"


class PersonManager(models.Manager["Person"]):
    def active(self) -> models.QuerySet["Person"]:
        return self.filter(status=Person.Status.ACTIVE)

    def with_record(self) -> models.QuerySet["Person"]:
        return self.active().prefetch_related("emails")


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
    # What new items get, whatever the one who adds them asks for.
    default_visibility = models.CharField(
        max_length=10, choices=Visibility, default=Visibility.PUBLIC
    )
    # Whether organisations may ask for permission in the inbox.
    takes_requests = models.BooleanField(default=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    moved_to = models.CharField(max_length=19, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    # Any change to the record, in milliseconds: `history.last-modified-date`, which webhooks tell.
    modified_ms = models.BigIntegerField(default=now_ms, db_index=True)

    activities: "RelatedManager[Activity]"
    # Where a query asks for them (api/search.py).
    public_affiliations: "list[Activity]"
    emails: "RelatedManager[Email]"
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

    def touch(self) -> None:
        """The record has changed. No two changes have the same date, however fast they come."""
        later = Greatest(
            F("modified_ms") + 1, Value(now_ms()), output_field=models.BigIntegerField()
        )
        Person.objects.filter(pk=self.pk).update(modified_ms=later)
        self.refresh_from_db(fields=["modified_ms"])

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
