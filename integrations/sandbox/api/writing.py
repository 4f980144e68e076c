"""Writing to a record by the member API: one item, or up to a hundred works (orcid-api.md, 2.5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction

from integrations.sandbox import activities, errors, links, notices, refusals
from integrations.sandbox.activities import NewItem
from integrations.sandbox.api import schema
from integrations.sandbox.api.body import sent
from integrations.sandbox.api.call import Answer, Api, ApiCall
from integrations.sandbox.api.checks import (
    check_new,
    check_same_put_code,
    check_same_visibility,
)
from integrations.sandbox.api.items import existing_item, full
from integrations.sandbox.api.sections import WORKS, Section
from integrations.sandbox.api.shapes import Json
from integrations.sandbox.limits import limiter
from integrations.sandbox.models import Activity, ActivityIdentifier, Client, Notice, Person
from integrations.sandbox.scopes import Scope
from integrations.sandbox.works import Content

MAX_IN_BULK = 100

# Type and comparable value of an identifier that says what the item is.
SelfKey = tuple[str, str]


class Place(NamedTuple):
    number: int
    is_repeated: bool = False


@dataclass(frozen=True)
class Writer:
    """Whose record is written, and by which client."""

    person: Person
    client: Client


def writable(orcid: str) -> Person:
    """The person whose record stands open for writing; ApiError otherwise."""
    person = Person.objects.filter(orcid=orcid).first()
    if person is None:
        raise errors.not_found()
    if person.status == Person.Status.MOVED:
        raise refusals.moved(links.orcid_uri(person.moved_to))
    if person.status == Person.Status.LOCKED:
        raise errors.locked(orcid)
    if person.status == Person.Status.DEACTIVATED:
        raise refusals.deactivated(orcid)
    return person


def writer(call: ApiCall, orcid: str) -> Writer:
    """Who may write to this record; ApiError in ORCID's order of checks."""
    token = call.token
    if token is None or (token.person and token.person.orcid != orcid):
        raise errors.other_record()
    person = writable(orcid)
    if not call.may(Scope.ACTIVITIES_UPDATE):
        raise errors.wrong_scope()
    return Writer(person, token.client)


@transaction.atomic
def post(call: ApiCall, orcid: str, section: Section) -> Answer:
    """A new item; its address comes back."""
    by = writer(call, orcid)
    entry = sent(call, section.shape)
    content = new_content(entry, section)
    if section is WORKS:
        check_room(by.person, 1)
    check_no_duplicate(by, section, content)
    [item] = activities.add(by.person, section.kind, [NewItem(content, by.client)])
    tell(by, section, Notice.Action.CREATE, [(item.pk, content)])
    location = f"{links.base_url()}/{Api.MEMBER}/v3.0/{orcid}/{section.kind}/{item.pk}"
    return Answer(status=201, headers={"Location": location})


@transaction.atomic
def put(call: ApiCall, orcid: str, put_code: str, section: Section) -> Json:
    """The item as it is stored then. What is there already changes nothing."""
    by = writer(call, orcid)
    entry = sent(call, section.shape)
    item = own_item(by, put_code, section)
    check_same_put_code(entry, item.pk)
    check_same_visibility(entry, item.visibility)
    content = section.checked(entry)
    check_no_duplicate(by, section, content, besides=item.pk)
    if activities.change(item, content):
        tell(by, section, Notice.Action.UPDATE, [(item.pk, content)])
    return full(item, section)


@transaction.atomic
def delete(call: ApiCall, orcid: str, put_code: str, section: Section) -> Answer:
    by = writer(call, orcid)
    item = own_item(by, put_code, section)
    activities.delete(by.person, [item.pk])
    gone = Content(item.summary, item.details, ())
    tell(by, section, Notice.Action.DELETE, [(item.pk, gone)])
    return Answer(status=204)


@transaction.atomic
def post_works(call: ApiCall, orcid: str) -> Answer:
    """Up to a hundred works: for each, in order, what was stored or why not."""
    by = writer(call, orcid)
    slots = sent(call, schema.BULK).get("bulk") or []
    entries = [slot.get("work") or {} for slot in (slots if isinstance(slots, list) else [slots])]
    check_room(by.person, len(entries))
    if len(entries) > MAX_IN_BULK:
        raise refusals.too_many_in_bulk(MAX_IN_BULK)
    judged = [judged_content(entry) for entry in entries]
    return Answer({"bulk": add_new(by, judged)}, root="bulk")


def add_new(by: Writer, judged: list[Content | errors.ApiError]) -> list[Json]:
    """Store what is no duplicate, also of one before it in the same call; an answer for each."""
    known = put_codes_by_key(by, WORKS, [one for one in judged if isinstance(one, Content)])
    new: list[Content] = []
    # The place among `new` of the one that has this identifier.
    place: dict[SelfKey, int] = {}
    # For each: refused, or its place among `new`, or that of the one it repeats.
    plan: list[errors.ApiError | Place] = []
    for content in judged:
        if not isinstance(content, Content):
            plan.append(content)
            continue
        keys = self_keys(content)
        if taken := next((known[key] for key in keys if key in known), None):
            plan.append(refusals.duplicate(taken, by.client.name))
        elif (before := next((place[key] for key in keys if key in place), None)) is not None:
            plan.append(Place(before, is_repeated=True))
        else:
            place |= dict.fromkeys(keys, len(new))
            plan.append(Place(len(new)))
            new.append(content)
    stored = activities.add(by.person, WORKS.kind, [NewItem(one, by.client) for one in new])
    if new:
        changed = [(item.pk, one) for item, one in zip(stored, new, strict=True)]
        tell(by, WORKS, Notice.Action.CREATE, changed)
    return [slot(step, stored, by) for step in plan]


def slot(step: errors.ApiError | Place, stored: list[Activity], by: Writer) -> Json:
    if isinstance(step, errors.ApiError):
        return {"error": step.body}
    item = stored[step.number]
    if step.is_repeated:
        return {"error": refusals.duplicate(item.pk, by.client.name).body}
    return {"work": full(item, WORKS)}


def judged_content(entry: Json) -> Content | errors.ApiError:
    try:
        return new_content(entry, WORKS)
    except errors.ApiError as refused:
        return refused


def new_content(entry: Json, section: Section) -> Content:
    content = section.checked(entry)
    check_new(entry)
    return content


def own_item(by: Writer, put_code: str, section: Section) -> Activity:
    item = existing_item(by.person, put_code, section)
    if item.source_client != by.client:
        raise refusals.not_the_source(section.kind)
    return item


def check_room(person: Person, more: int) -> None:
    limit = limiter.allowance.works_per_record
    if person.activities.filter(kind=WORKS.kind).count() + more > limit:
        raise refusals.full_record(limit)


def check_no_duplicate(
    by: Writer, section: Section, content: Content, *, besides: int | None = None
) -> None:
    known = put_codes_by_key(by, section, [content], besides=besides)
    if known:
        raise refusals.duplicate(min(known.values()), by.client.name)


def self_keys(content: Content) -> list[SelfKey]:
    own = ActivityIdentifier.Relationship.SELF
    return [
        (kind, value) for relationship, kind, value in content.identifiers if relationship == own
    ]


def put_codes_by_key(
    by: Writer, section: Section, contents: Iterable[Content], *, besides: int | None = None
) -> dict[SelfKey, int]:
    """What this client has on the record already that has an identifier of one of these."""
    wanted = {key for content in contents for key in self_keys(content)}
    found = (
        ActivityIdentifier.objects.filter(
            activity__person=by.person,
            activity__kind=section.kind,
            activity__source_client=by.client,
            relationship=ActivityIdentifier.Relationship.SELF,
            value__in={value for _, value in wanted},
        )
        .exclude(activity=besides)
        .order_by("-activity")
        .values_list("type", "value", "activity_id")
    )
    return {(kind, value): pk for kind, value, pk in found if (kind, value) in wanted}


def tell(
    by: Writer,
    section: Section,
    action: Notice.Action,
    changed: Iterable[tuple[int, Content]],
) -> None:
    """The person finds on the record site who has done what."""
    notices.amended(by.person, by.client, section.kind, action, changed)
