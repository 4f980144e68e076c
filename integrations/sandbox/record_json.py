"""Records read from ORCID's own JSON, as far as the sandbox keeps them: whole ones, parts, single items."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from integrations.sandbox import activities, affiliations, works
from integrations.sandbox.activities import NewItem
from integrations.sandbox.models import Activity, Client, Email, Organization, Person, Visibility
from integrations.sandbox.works import Content, Json, ShapeError

Kind = Activity.Kind


@dataclass(frozen=True)
class Loaded:
    """How many came of each; whether there was something about the person."""

    works: int
    affiliations: int
    is_person: bool


@transaction.atomic
def load_record(person: Person, content: Any) -> Loaded:
    """Put what ORCID's JSON holds on the record: names, addresses, affiliations, works. What it does
    not name stays. ShapeError if something does not fit, or there is nothing to load."""
    documents = list(documents_in(content))
    for each in documents:
        if not _KEPT.intersection(each):
            raise ShapeError(f"Nothing that is kept here in an object with {', '.join(each)}.")
    about = [found for each in documents if (found := about_person(each))]
    for each in about:
        try:
            load_person(person, each)
        except (AttributeError, TypeError) as error:
            raise ShapeError(f"A person has another shape than ORCID's: {error}.") from error
    activity = [each.get("activities-summary") or each for each in documents]
    found_works = [each for each in activity if _holds(each, "title", *WRAPPERS)]
    put_codes = load_works(person, found_works)
    items = _new_affiliations(documents)
    for kind, rows in items.items():
        activities.add(person, kind, rows)
    return Loaded(len(put_codes), sum(map(len, items.values())), bool(about))


def documents_in(content: Any) -> Iterator[Json]:
    """Each object of a list, or of lists in it."""
    if isinstance(content, list):
        for part in content:
            yield from documents_in(part)
    elif isinstance(content, Mapping):
        yield dict(content)
    else:
        raise ShapeError("Records, and their parts, are JSON objects.")


def _holds(document: Any, *keys: str) -> bool:
    return isinstance(document, Mapping) and any(document.get(key) for key in keys)


def about_person(document: Json) -> Json:
    """The part about the person, of a record or by itself; empty where there is none."""
    found = document.get("person") or document
    return dict(found) if _holds(found, *_OF_PERSON) else {}


def names_in(document: Json) -> dict[str, Any]:
    """The names that everybody, or whoever may, sees, as a person here has them."""
    name = about_person(document).get("name")
    if not isinstance(name, Mapping) or not works.plain(name.get("given-names")):
        return {}
    return {
        "given_names": works.plain(name.get("given-names")),
        "family_name": works.plain(name.get("family-name")),
        "credit_name": works.plain(name.get("credit-name")),
        "name_visibility": visibility_of(name) or Visibility.PUBLIC.value,
    }


def load_person(person: Person, about: Json) -> None:
    """A hidden name is none in the JSON: then it stays."""
    for field, value in names_in(about).items():
        setattr(person, field, value)
    if others := (about.get("other-names") or {}).get("other-name"):
        # Ours are seen by everybody: those that are not meant to be stay away.
        shown = [each for each in others if visibility_of(each) in {None, Visibility.PUBLIC}]
        person.other_names = [works.plain(each.get("content")) for each in shown]
    person.save()
    for entry in (about.get("emails") or {}).get("email") or []:
        _load_email(person, entry)
    person.touch()


def _load_email(person: Person, entry: Json) -> None:
    address = entry.get("email")
    if not address or not isinstance(address, str):
        raise ShapeError("An e-mail address is missing.")
    if Email.objects.filter(email__iexact=address).exclude(person=person).exists():
        raise ShapeError(f"{address} belongs to another person.")
    if entry.get("primary"):
        person.emails.update(primary=False)
    said: dict[str, Any] = {
        key: entry[key] is True for key in ("verified", "primary") if key in entry
    }
    if visibility := visibility_of(entry):
        said["visibility"] = visibility
    person.emails.update_or_create(email__iexact=address, defaults=said | {"email": address})


# Where an affiliation stands in ORCID's JSON, and of which kind it is there.
_KIND_OF = {
    key: kind
    for kind, plural in affiliations.PLURALS.items()
    for key in (plural, kind.value, f"{kind.value}-summary")
}
_AROUND = ("activities-summary", "affiliation-group", "summaries")
_OF_PERSON = ("person", "name", "other-names", "emails")


def _affiliation_entries(content: Any, kind: Kind | None = None) -> Iterator[tuple[Kind, Json]]:
    if isinstance(content, list):
        for part in content:
            yield from _affiliation_entries(part, kind)
    elif isinstance(content, Mapping) and "organization" in content:
        if kind is None:
            raise ShapeError('Of which section? {"employment": {…}} says it.')
        yield kind, dict(content)
    elif isinstance(content, Mapping):
        for key, inner in content.items():
            if key in _KIND_OF or key in _AROUND:
                yield from _affiliation_entries(inner, _KIND_OF.get(key, kind))


def _new_affiliations(content: Any) -> dict[Kind, list[NewItem]]:
    """By kind. The registry knows their organisations from then on."""
    clients: dict[str, Client] = {}
    found: dict[Kind, list[NewItem]] = defaultdict(list)
    known = []
    for kind, entry in _affiliation_entries(content):
        item = new_item(entry, clients, affiliations.content)
        found[kind].append(item)
        known += _organizations(item.content.summary["organization"])
    Organization.objects.bulk_create(known, ignore_conflicts=True)
    return found


def _organizations(entry: Json) -> list[Organization]:
    by = entry["disambiguated-organization"] or {}
    source, identifier = (
        by.get("disambiguation-source"),
        by.get("disambiguated-organization-identifier"),
    )
    if source not in Organization.Source.values or not identifier:
        return []
    return [Organization(source=source, identifier=identifier, name=entry["name"])]


def load_works(person: Person, content: Any) -> list[int]:
    """Put all works of ORCID's JSON on the record; returns their put-codes. ShapeError if none fits.

    Kept as they come: put-codes (where free), dates, visibility, display-index, and a client as
    source, which is registered when it is not known. Everything else was typed by the person.
    """
    clients: dict[str, Client] = {}
    items = [new_item(entry, clients, works.content) for entry in work_entries(content)]
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
_KEPT = frozenset({"title", "organization", *WRAPPERS, *_AROUND, *_KIND_OF, *_OF_PERSON})


def visibility_of(entry: Mapping[str, Any]) -> str | None:
    said = entry.get("visibility")
    if said is not None and str(said).lower() not in Visibility.values:
        raise ShapeError(f"{said!r} is none of {', '.join(Visibility.values)}.")
    return str(said).lower() if said else None


def new_item(
    entry: Json, clients: dict[str, Client], read: Callable[[Mapping[str, Any]], Content]
) -> NewItem:
    visibility = visibility_of(entry)
    try:
        return NewItem(
            content=read(entry),
            source_client=source_client(entry.get("source") or {}, clients),
            visibility=visibility,
            display_index=number(entry.get("display-index")),
            put_code=number(entry.get("put-code")),
            created_ms=number(works.plain(entry.get("created-date"))),
            modified_ms=number(works.plain(entry.get("last-modified-date"))),
        )
    except (AttributeError, TypeError) as error:
        # An object where ORCID has a list, or the other way round.
        raise ShapeError(f"An item has another shape than ORCID's: {error}.") from error


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
