"""Works: publications and other outputs, as a person has them here."""

from copy import deepcopy
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.models import User
from integrations.works import content as rules
from integrations.works.models.content import WorkContent
from integrations.works.querysets import WorkQuerySet


class Work(WorkContent):
    """A publication or other output in a person's list: read from ORCID, or typed or filed here."""

    class Visibility(models.TextChoices):
        """ORCID's, in ORCID's words. What is not public is seen by its owner alone (O7)."""

        PUBLIC = "public", _("Everyone")
        LIMITED = "limited", _("Trusted parties")
        PRIVATE = "private", _("Only me")

    class Origin(models.TextChoices):
        ORCID = "orcid", _("ORCID")
        FORM = "form", _("Typed here")
        FILE = "file", _("From a file")

    # No index of its own: those below begin with the person, and each costs every pull.
    person = models.ForeignKey(User, models.PROTECT, related_name="works", db_index=False)
    origin = models.CharField(max_length=10, choices=Origin)

    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PRIVATE)

    # What ORCID has of it: the preferred version of the group, the other versions, whose it is.
    put_code = models.BigIntegerField(null=True, blank=True)
    group_put_codes: "models.JSONField[list[int], list[int]]" = models.JSONField(
        default=list, blank=True
    )
    # Milliseconds since 1970.
    orcid_modified = models.BigIntegerField(_("changed at ORCID"), null=True, blank=True)
    source_name = models.CharField(max_length=255, blank=True)
    # It was on the record once and is not, or not visible to us, any more. Kept for its owner alone.
    left_orcid_at = models.DateTimeField(_("left ORCID at"), null=True, blank=True)

    # Names of the fields that the person edited here: a pull leaves these alone (O7).
    edited_fields: "models.JSONField[list[str], list[str]]" = models.JSONField(
        default=list, blank=True
    )
    # What ORCID says of those fields, as far as it is known: what others are shown (O7).
    orcid_values: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(
        _("values at ORCID"), default=dict, blank=True
    )
    # Since when it has been public at ORCID, as the portal saw it: None while it is not.
    public_since = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Work"]] = WorkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "put_code"],
                condition=Q(put_code__isnull=False),
                name="work_one_per_person_and_put_code",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-published", "-id"], name="work_of_person_by_date"),
            models.Index(fields=["person", "source_name"], name="work_of_person_by_source"),
        ]
        ordering = ["-published", "-pk"]

    @property
    def orcid_says(self) -> dict[str, Any]:
        """What ORCID has in the fields that were edited here; empty where that is not known."""
        unknown = {name: deepcopy(rules.EMPTY[name]) for name in self.edited_fields}
        return unknown | self.orcid_values

    @property
    def public_content(self) -> dict[str, Any]:
        """What ORCID shows everyone of a public work: nothing that the person edited here (O7)."""
        return {name: getattr(self, name) for name in rules.FIELDS} | self.orcid_says
