"""What this app keeps: clients at ORCID, people's connections, the state of the rate limiter."""

import math
import time
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations.orcid.crypto import EncryptedTextField
from integrations.orcid.ids import orcid_check, validate_orcid


class CredentialManager(models.Manager["Credential"]):
    def own(self) -> "Credential":
        """The deployment's own client; its secret stays in the settings."""
        return self.get_or_create(client_id=settings.ORCID_CLIENT_ID)[0]


class Credential(models.Model):
    """A client registered at ORCID: what it writes stands there with it as *source*."""

    client_id = models.CharField(max_length=40, unique=True)
    # Empty for the deployment's own client: its secret is a setting (O1).
    client_secret = EncryptedTextField(blank=True)

    objects: ClassVar[CredentialManager] = CredentialManager()

    def __str__(self) -> str:
        return self.client_id


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def own(self) -> "ConnectionQuerySet":
        """Those by this deployment's own client."""
        # Not by a join: a value that is looked up once is quicker to plan.
        clients = Credential.objects.filter(client_id=settings.ORCID_CLIENT_ID)
        return self.filter(credential=clients.values("pk")[:1])

    def active(self) -> "ConnectionQuerySet":
        """Those whose token may be used."""
        return self.filter(state=Connection.State.ACTIVE)

    def of(self, orcid: str | None) -> "ConnectionQuerySet":
        """The connections of one person, by the iD they signed in with; none without one."""
        return self.filter(orcid=orcid) if orcid else self.none()


class Connection(models.Model):
    """A person's link to ORCID here: iD, scopes, tokens, state. One for each client at ORCID.

    The person is whoever signs in with this iD (C4): this app knows no users.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Connected")
        # ORCID no longer takes the token: the person withdrew it there (O4).
        WITHDRAWN = "withdrawn", _("Reconnect needed")
        # The record is deactivated or locked at ORCID.
        CLOSED = "closed", _("Record closed at ORCID")
        # Disconnected here, and ORCID not told of it yet: the sweep tries again (O6).
        ENDING = "ending", _("Disconnecting")
        ENDED = "ended", _("Not connected")

    # No index of its own: the constraint's begins with it, and without statistics PostgreSQL would
    # take the one by which it finds everybody's.
    credential = models.ForeignKey(
        Credential, models.PROTECT, related_name="connections", db_index=False
    )
    orcid = models.CharField("ORCID iD", max_length=19, validators=[validate_orcid])
    # As ORCID gave it with the token; empty when it is not public.
    name = models.CharField(max_length=200, blank=True)
    access_token = EncryptedTextField(blank=True)
    refresh_token = EncryptedTextField(blank=True)
    # What was granted, which may be less than what was asked for.
    scopes: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    connected_at = models.DateTimeField(default=timezone.now)
    state_changed_at = models.DateTimeField(default=timezone.now)
    # When a closed record was last looked at: it may have been opened again, or have moved (C8).
    record_checked_at = models.DateTimeField(null=True, blank=True)
    # The unguessable part of the address that ORCID calls when the record changes.
    webhook_key = EncryptedTextField(blank=True)
    webhook_registered_at = models.DateTimeField(null=True, blank=True)

    # When this object was last read: seconds of a clock that only goes forward.
    read_at = -math.inf

    objects: ClassVar[models.Manager["Connection"]] = ConnectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "credential", "orcid", name="connection_one_per_credential_and_orcid"
            ),
            models.CheckConstraint(name="connection_orcid_valid", condition=orcid_check("orcid")),
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.orcid} ({self.get_state_display()})"

    @classmethod
    def from_db(cls, *args: Any, **options: Any) -> "Connection":
        row = super().from_db(*args, **options)
        row.read_at = time.monotonic()
        return row

    def refresh_from_db(self, *args: Any, **options: Any) -> None:
        super().refresh_from_db(*args, **options)
        self.read_at = time.monotonic()

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE

    @property
    def can_be_ended(self) -> bool:
        return self.state not in {self.State.ENDING, self.State.ENDED}


class UnwantedToken(models.Model):
    """A token to be revoked at ORCID, and good for nothing else (O6): a row until that has worked.

    Of a person who disconnected, or connected anew, or came with another iD than their own.
    """

    credential = models.ForeignKey(Credential, models.PROTECT, related_name="unwanted_tokens")
    # None where the token never became a connection.
    connection = models.ForeignKey(
        Connection, models.CASCADE, null=True, blank=True, related_name="unwanted_tokens"
    )
    token = EncryptedTextField()
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["UnwantedToken"]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="unwanted_token_due")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class RateBucket(models.Model):
    """One token bucket shared by all workers, where there is no Redis (rule O5).

    `full_at` is the moment, in microseconds since 1970, at which the bucket will be full again:
    all that the algorithm (GCRA) needs to know.
    """

    name = models.CharField(max_length=50, primary_key=True)
    full_at = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name
