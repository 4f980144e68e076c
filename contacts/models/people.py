"""A person who signs in."""

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

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
    orcid = models.CharField(  # noqa: DJ001  # unique, where there is one
        "ORCID iD", max_length=19, null=True, blank=True, validators=[validate_orcid]
    )
    # The public name at ORCID, as given at the last sign-in; empty when it is not public.
    name = models.CharField(max_length=200, blank=True)
    # What every page of theirs needs of what they chose; the rest is in their `Profile`.
    known_as = models.CharField(_("name"), max_length=120, blank=True)
    picture = models.ImageField(_("picture"), upload_to="people/", blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    # C8: two accounts turned out to be one person's; this one is closed, its history is theirs.
    became = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="former", editable=False
    )
    # Being deleted: what was asked for, until all of it is done (`services/erasing.py`).
    closing = models.JSONField(null=True, blank=True, editable=False)
    # Since when nothing in it names anybody (H4).
    emptied_at = models.DateTimeField(null=True, blank=True, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="user_orcid_valid", condition=Q(orcid=None) | orcid_check("orcid")
            ),
            # With a condition it is none of the row's keys for PostgreSQL: while the iD changes,
            # others can store rows that name the person.
            models.UniqueConstraint(
                name="user_orcid_once", fields=["orcid"], condition=Q(orcid__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name that others know them by, in histories and mails: ORCID's, never one typed here.

        The iD, or the address, for those who show none.
        """
        return self.name or self.get_full_name() or self.orcid or self.email or "?"

    @property
    def own_name(self) -> str:
        """The name they chose: in their own menu, and on their public profile."""
        return self.known_as or self.display_name

    @property
    def initials(self) -> str:
        words = [word for word in self.own_name.split() if word[0].isalpha()]
        return (words[0][0] + words[-1][0] if len(words) > 1 else self.own_name[:2]).upper()
