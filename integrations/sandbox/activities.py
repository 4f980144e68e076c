"""Writing to a record: items added, changed, shown to others, deleted. Each change moves its date."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from integrations.sandbox.models import (
    Activity,
    ActivityIdentifier,
    Client,
    Person,
    Visibility,
)
from integrations.sandbox.models.people import now_ms
from integrations.sandbox.works import Content

# What the registry gives a new item: the newest version that a system wrote is preferred.
FROM_CLIENT, FROM_PERSON = 1, 0


@dataclass(frozen=True)
class NewItem:
    """An item to add; what is None is made up as the registry would."""

    content: Content
    source_client: Client | None = None
    visibility: str | None = None
    display_index: int | None = None
    put_code: int | None = None
    created_ms: int | None = None
    modified_ms: int | None = None


@transaction.atomic
def add(person: Person, kind: Activity.Kind, items: Sequence[NewItem]) -> list[Activity]:
    """Add items to the record; returns them as they are stored, in the same order.

    A put-code asked for is kept when it is free. One that this record has already is replaced:
    that is how a file brings a newer state.
    """
    wanted = {item.put_code for item in items if item.put_code}
    replaced = own(person, wanted).in_bulk()
    own(person, wanted).delete()
    free = wanted.difference(Activity.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    rows = [row(person, kind, item, free, replaced) for item in items]
    Activity.objects.bulk_create([each for each in rows if each.pk])
    Activity.objects.bulk_create([each for each in rows if not each.pk])
    ActivityIdentifier.objects.bulk_create(
        identifier
        for each, item in zip(rows, items, strict=True)
        for identifier in identifier_rows(each, item.content)
    )
    person.touch()
    return rows


def row(
    person: Person,
    kind: Activity.Kind,
    item: NewItem,
    free: set[int],
    replaced: Mapping[int, Activity],
) -> Activity:
    put_code = item.put_code if item.put_code in free else None
    # A file may name a put-code twice: the first has it.
    free.discard(put_code or 0)
    before = replaced.get(put_code or 0)
    now = max(now_ms(), before.modified_ms + 1) if before else now_ms()
    index = FROM_CLIENT if item.source_client else FROM_PERSON
    return Activity(
        put_code=put_code,
        person=person,
        kind=kind,
        source_client=item.source_client,
        visibility=item.visibility or person.default_visibility,
        display_index=index if item.display_index is None else item.display_index,
        created_ms=item.created_ms or (before.created_ms if before else now),
        modified_ms=item.modified_ms or now,
        summary=item.content.summary,
        details=item.content.details,
    )


def identifier_rows(activity: Activity, content: Content) -> list[ActivityIdentifier]:
    return [
        ActivityIdentifier(activity=activity, relationship=relationship, type=kind, value=value)
        for relationship, kind, value in content.identifiers
    ]


@transaction.atomic
def change(activity: Activity, content: Content) -> bool:
    """Bring the item to this content; whether it was another. If not, not even a date changes."""
    if (activity.summary, activity.details) == (content.summary, content.details):
        return False
    activity.summary = content.summary
    activity.details = content.details
    activity.modified_ms = max(now_ms(), activity.modified_ms + 1)
    activity.save(update_fields=["summary", "details", "modified_ms"])
    activity.identifiers.all().delete()
    ActivityIdentifier.objects.bulk_create(identifier_rows(activity, content))
    activity.person.touch()
    return True


@transaction.atomic
def show_to(person: Person, put_codes: Iterable[int], visibility: Visibility) -> None:
    """Set who may see these items of the record."""
    changed = own(person, put_codes).exclude(visibility=visibility)
    if changed.update(visibility=visibility, modified_ms=now_ms()):
        person.touch()


@transaction.atomic
def prefer(activity: Activity, group: Iterable[int]) -> None:
    """Make this the version that stands for its group (put-codes)."""
    highest = own(activity.person, group).order_by("-display_index").first()
    if highest is None or highest.pk == activity.pk:
        return
    activity.display_index = highest.display_index + 1
    activity.modified_ms = now_ms()
    activity.save(update_fields=["display_index", "modified_ms"])
    activity.person.touch()


@transaction.atomic
def delete(person: Person, put_codes: Iterable[int]) -> int:
    """Delete these items of the record; returns how many were there."""
    _, deleted = own(person, put_codes).delete()
    if deleted:
        person.touch()
    return deleted.get(Activity._meta.label, 0)


def own(person: Person, put_codes: Iterable[int]) -> QuerySet[Activity]:
    return Activity.objects.filter(person=person, pk__in=list(put_codes))
