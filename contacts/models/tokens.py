"""API tokens: shown once, stored hashed."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.people import User
from members.models import Consortium, Member


class ApiToken(models.Model):
    """A key to the API for one member, or for one consortium's desk."""

    class State(models.TextChoices):
        LIVE = "live", _("Valid")
        EXPIRED = "expired", _("Expired")
        REVOKED = "revoked", _("Revoked")

    name = models.CharField(max_length=80)
    # The first characters, to recognise it by.
    prefix = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="api_tokens")
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="api_tokens"
    )
    consortium = models.ForeignKey(
        Consortium, models.PROTECT, null=True, blank=True, related_name="api_tokens"
    )
    can_write = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="api_token_for_one",
                condition=Q(member=None) ^ Q(consortium=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"

    @property
    def state(self) -> "ApiToken.State":
        if self.revoked_at:
            return self.State.REVOKED
        return self.State.EXPIRED if self.expires_at <= timezone.now() else self.State.LIVE
