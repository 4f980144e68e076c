"""Single items of a record, of any section: read whole or as the lists show them."""

import re
from collections.abc import Iterable

from django.db.models import QuerySet

from integrations.sandbox import errors
from integrations.sandbox.api.call import ApiCall
from integrations.sandbox.api.groups import Row
from integrations.sandbox.api.sections import Section
from integrations.sandbox.api.shapes import Json, client_source, own_source
from integrations.sandbox.api.visibility import readable_person, refusal, visible_activities
from integrations.sandbox.models import Activity, Client, Person


def read(call: ApiCall, orcid: str, put_code: str, section: Section) -> Json:
    who = readable_person(call, orcid, section=f"{section.kind}/{put_code}")
    return full(visible_item(call, who, put_code, section), section)


def summary(call: ApiCall, orcid: str, put_code: str, section: Section) -> Json:
    who = readable_person(call, orcid, section=f"{section.kind}/summary/{put_code}")
    item = visible_item(call, who, put_code, section)
    row = Row(*(getattr(item, field) for field in Row._fields))
    return summarised(row, who, section.kind, source_of(item))


def items(who: Person, section: Section) -> QuerySet[Activity]:
    """The items of a record; of one that is no more, none."""
    if who.status != Person.Status.ACTIVE:
        return Activity.objects.none()
    return Activity.objects.filter(person=who, kind=section.kind).select_related(
        "source_client", "person"
    )


def existing_item(who: Person, put_code: str, section: Section) -> Activity:
    number = whole_number(put_code)
    if number is None:
        raise errors.bad_put_code(put_code)
    item = items(who, section).filter(pk=number).first()
    if item is None:
        raise errors.not_found()
    return item


def visible_item(call: ApiCall, who: Person, put_code: str, section: Section) -> Activity:
    item = existing_item(who, put_code, section)
    if not Activity.objects.filter(visible_activities(call, who), pk=item.pk).exists():
        raise refusal(call, who)
    return item


def whole_number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


def full(item: Activity, section: Section) -> Json:
    """A whole item, with its keys in ORCID's order."""
    said = {**item.summary, **item.details}
    return {
        "created-date": {"value": item.created_ms},
        "last-modified-date": {"value": item.modified_ms},
        "source": source_of(item),
        "put-code": item.pk,
        "path": path(item.person, section.kind, item.pk),
        **{key: said.get(key) for key in section.keys},
        "visibility": item.visibility,
    }


def summarised(row: Row, who: Person, kind: Activity.Kind, source: Json) -> Json:
    return {
        "put-code": row.put_code,
        "created-date": {"value": row.created_ms},
        "last-modified-date": {"value": row.modified_ms},
        "source": source,
        **row.summary,
        "visibility": row.visibility,
        "path": path(who, kind, row.put_code),
        # A string here, a number in items of a person.
        "display-index": str(row.display_index),
    }


def path(who: Person, kind: Activity.Kind, put_code: int) -> str:
    return f"/{who.orcid}/{kind}/{put_code}"


def source_of(item: Activity) -> Json:
    return client_source(item.source_client) if item.source_client else own_source(item.person)


def sources_of(rows: Iterable[Row], who: Person) -> dict[int | None, Json]:
    """The `source` of each client that wrote one of these, and the person's own under None."""
    clients = Client.objects.in_bulk({row.source_client_id for row in rows} - {None})
    return {None: own_source(who)} | {
        client.pk: client_source(client) for client in clients.values()
    }
