"""What a person has done, as items of the record: works and affiliations alike."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from integrations.sandbox.models.clients import Client
from integrations.sandbox.models.people import Person, Visibility, now_ms

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

Json = dict[str, Any]


class Activity(models.Model):
    """One item of a record. Written through `integrations.sandbox.activities` only."""

    class Kind(models.TextChoices):
        """ORCID's own word: it stands in paths (`/work/1`) and keys (`work-summary`)."""

        WORK = "work"
        EMPLOYMENT = "employment"
        EDUCATION = "education"
        QUALIFICATION = "qualification"
        DISTINCTION = "distinction"
        INVITED_POSITION = "invited-position"
        MEMBERSHIP = "membership"
        SERVICE = "service"

    # One sequence for all records; it starts high (0002) and never gives a number twice.
    put_code = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="activities")
    kind = models.CharField(max_length=20, choices=Kind)
    # Null: the person typed it.
    source_client = models.ForeignKey(
        Client, on_delete=models.CASCADE, related_name="activities", null=True, blank=True
    )
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PUBLIC)
    # The highest of a group is the version that the person prefers.
    display_index = models.IntegerField(default=0)
    created_ms = models.BigIntegerField(default=now_ms)
    modified_ms = models.BigIntegerField(default=now_ms)
    # Twice, since a list of 10,000 must not read 10,000 citations: what a list shows of the item,
    # and what only the whole item has.
    summary: "models.JSONField[Json, Json]" = models.JSONField(default=dict)
    details: "models.JSONField[Json, Json]" = models.JSONField(default=dict)

    identifiers: "RelatedManager[ActivityIdentifier]"
    objects: ClassVar[models.Manager["Activity"]] = models.Manager()

    class Meta:
        ordering = ["put_code"]
        indexes = [models.Index(fields=["person", "kind"], name="activity_person_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.put_code}"


class ActivityIdentifier(models.Model):
    """An external id that says what the item is: such ids group items and betray duplicates."""

    class Relationship(models.TextChoices):
        """The two that group; `part-of` and `funded-by` stand in the summary only."""

        SELF = "self"
        VERSION_OF = "version-of"

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="identifiers")
    relationship = models.CharField(max_length=10, choices=Relationship)
    type = models.CharField(max_length=40)
    # Normalised; as it came where it cannot be.
    value = models.TextField()

    objects: ClassVar[models.Manager["ActivityIdentifier"]] = models.Manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["type", "value"], name="activity_identifier")]

    def __str__(self) -> str:
        return f"{self.type}:{self.value} ({self.relationship})"
