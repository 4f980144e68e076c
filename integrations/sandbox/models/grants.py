import datetime as dt
import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from integrations.sandbox.models.clients import Client
from integrations.sandbox.models.people import Person


def new_uuid() -> str:
    return str(uuid.uuid4())


class Token(models.Model):
    """An access token with its refresh token; `person` is null for a two-legged one."""

    class Reason(models.TextChoices):
        """Why a token was disabled, in ORCID's words."""

        AUTH_CODE_REUSED = "AUTH_CODE_REUSED"
        CLIENT_REVOKED = "CLIENT_REVOKED"
        USER_REVOKED = "USER_REVOKED"

    access_token = models.CharField(max_length=36, unique=True, default=new_uuid)
    refresh_token = models.CharField(max_length=36, unique=True, default=new_uuid)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="tokens")
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="tokens", null=True, blank=True
    )
    scopes: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    # The user left "keep this permission" ticked; only such a grant is remembered.
    persistent = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=20, choices=Reason, blank=True, default="")

    objects: ClassVar[models.Manager["Token"]] = models.Manager()

    def __str__(self) -> str:
        return f"token {self.pk}"

    @property
    def is_live(self) -> bool:
        return self.disabled_at is None and self.expires_at > timezone.now()

    @property
    def only_deletes(self) -> bool:
        was_revoked = self.disabled_reason == self.Reason.USER_REVOKED
        return was_revoked and self.expires_at > timezone.now()

    def disable(self, reason: Reason) -> None:
        if self.disabled_at is None:
            self.disabled_at = timezone.now()
            self.disabled_reason = reason
            self.save(update_fields=["disabled_at", "disabled_reason"])


class AuthorizationCode(models.Model):
    LIFETIME = dt.timedelta(hours=24)

    code = models.CharField(max_length=6, unique=True)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="codes")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="codes")
    scopes: "models.JSONField[list[str], list[str]]" = models.JSONField(default=list)
    redirect_uri = models.TextField()
    nonce = models.TextField(blank=True, default="")
    persistent = models.BooleanField(default=True)
    # When the person last typed a password: `auth_time` of the id_token.
    authenticated_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)
    token = models.ForeignKey(
        Token, on_delete=models.SET_NULL, related_name="codes", null=True, blank=True
    )

    objects: ClassVar[models.Manager["AuthorizationCode"]] = models.Manager()

    def __str__(self) -> str:
        return f"code {self.pk}"

    @property
    def is_expired(self) -> bool:
        return self.created_at + self.LIFETIME < timezone.now()
