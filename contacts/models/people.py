"""A person who signs in."""

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from integrations.orcid.ids import orcid_check, validate_orcid


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
