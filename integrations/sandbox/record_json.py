"""Works read from ORCID's own JSON: of a record, of a section, or single ones."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from integrations.sandbox import activities, works
from integrations.sandbox.activities import NewItem
from integrations.sandbox.models import Activity, Client, Person, Visibility
from integrations.sandbox.works import Json, ShapeError


def load_works(person: Person, content: Any) -> list[int]:
    """Put all works of ORCID's JSON on the record; returns their put-codes. ShapeError if none fits.

    Kept as they come: put-codes (where free), dates, visibility, display-index, and a client as
    source, which is registered when it is not known. Everything else was typed by the person.
    """
    clients: dict[str, Client] = {}
    items = [new_item(entry, clients) for entry in work_entries(content)]
    return [item.pk for item in activities.add(person, Activity.Kind.WORK, items)]


def work_entries(content: Any) -> Iterator[Json]:
    """Each work in a record, activities, works, a bulk answer, a list of such, or a single work."""
    if isinstance(content, list):
        for part in content:
            yield from work_entries(part)
    elif not isinstance(content, Mapping):
        raise ShapeError("Works are JSON objects.")
    elif "title" in content:
        yield dict(content)
    elif inner := next((key for key in WRAPPERS if key in content), None):
        yield from work_entries(content[inner])
    elif "error" not in content:
        # An error stands in a bulk answer where a work could not be read.
        raise ShapeError(f"No works in an object with {', '.join(content) or 'nothing'}.")


# From the outside in.
WRAPPERS = ("activities-summary", "works", "group", "bulk", "work-summary", "work")


def new_item(entry: Json, clients: dict[str, Client]) -> NewItem:
    visibility = entry.get("visibility")
    if visibility is not None and str(visibility).lower() not in Visibility.values:
        raise ShapeError(f"{visibility!r} is none of {', '.join(Visibility.values)}.")
    try:
        return NewItem(
            content=works.content(entry),
            source_client=source_client(entry.get("source") or {}, clients),
            visibility=str(visibility).lower() if visibility else None,
            display_index=number(entry.get("display-index")),
            put_code=number(entry.get("put-code")),
            created_ms=number(works.plain(entry.get("created-date"))),
            modified_ms=number(works.plain(entry.get("last-modified-date"))),
        )
    except (AttributeError, TypeError) as error:
        # An object where ORCID has a list, or the other way round.
        raise ShapeError(f"A work has another shape than ORCID's: {error}.") from error


def number(value: Any) -> int | None:
    """Not 0 for nothing: a display-index of 0 says something."""
    try:
        return None if value in (None, "") else int(value)
    except ValueError:
        raise ShapeError(f"{value!r} is no number.") from None


def source_client(source: Json, clients: dict[str, Client]) -> Client | None:
    client_id = (source.get("source-client-id") or {}).get("path")
    if not client_id:
        return None
    if client_id not in clients:
        name = works.plain(source.get("source-name")) or client_id
        # Nobody knows this secret: the client is a name here, and no application signs in with it.
        clients[client_id], _ = Client.objects.get_or_create(
            client_id=client_id, defaults={"name": name, "client_secret": str(uuid.uuid4())}
        )
    return clients[client_id]
