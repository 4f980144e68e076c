"""The people file: who and which clients the sandbox starts with (format: README.md)."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import TextChoices

from integrations.sandbox import (
    activities,
    affiliations,
    orcid_ids,
    record_json,
    scopes,
    settings,
)
from integrations.sandbox.activities import NewItem
from integrations.sandbox.affiliations import organization_name, ror_of
from integrations.sandbox.models import (
    Activity,
    Client,
    Email,
    Institution,
    Message,
    Organization,
    Person,
    Visibility,
)
from integrations.sandbox.oauth import grants
from integrations.sandbox.record_json import Loaded
from integrations.sandbox.works import Content, ShapeError

# What the registry knows, whatever the people file says.
KNOWN_ORGANIZATIONS = settings.HERE / "default_organizations.json"
PAST = {"year": {"value": "2020"}}
DEFAULT_PASSWORD = "sandbox"  # noqa: S105  # shown on the sign-in page


class PeopleFileError(ValueError):
    """The file, or one object of it, is not what it should be; the text says where."""


def seed() -> None:
    """Add what is missing; people keep what they changed, clients are brought to the file's."""
    content = read(settings.SEED_FILE)
    with transaction.atomic():
        for organization in [*json_of(KNOWN_ORGANIZATIONS), *content.get("organizations", [])]:
            add_organization(organization)
        for client in content.get("clients", []):
            add_client(client)
        known = set(Person.objects.values_list("orcid", flat=True))
        for person in content.get("people", []):
            if person.get("orcid") not in known:
                add_person(person)
        add_institutions(content.get("institutions"))


def reset() -> None:
    """Back to the people file: nothing registered, granted, mailed or broken is left."""
    with transaction.atomic():
        for model in (Person, Client, Institution, Organization, Message, Session):
            model.objects.all().delete()
        seed()


def json_of(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except OSError as error:
        raise PeopleFileError(f"cannot read {path} ({error.strerror}).") from error
    except ValueError as error:
        raise PeopleFileError(f"{path} is not JSON: {error}.") from error


def read(path: Path) -> dict[str, Any]:
    content = json_of(path)
    if not isinstance(content, dict):
        raise PeopleFileError(f"{path} must hold an object with clients and people.")
    return content


def add_client(entry: Mapping[str, Any]) -> Client:
    client, _ = Client.objects.update_or_create(
        client_id=required(entry, "client_id"),
        defaults={
            "client_secret": required(entry, "client_secret"),
            "name": entry.get("name") or entry["client_id"],
            "redirect_uris": entry.get("redirect_uris", []),
            "is_member": entry.get("member", True),
            "extra_scopes": entry.get("extra_scopes", []),
        },
    )
    return client


def add_organization(entry: Mapping[str, Any]) -> list[Organization]:
    """Have the registry know an organisation by these identifiers (`ROR`, `GRID`, …)."""
    name = required(entry, "name")
    found = [
        Organization(source=source, identifier=entry[source], name=name)
        for source in Organization.Source.values
        if entry.get(source)
    ]
    return Organization.objects.bulk_create(found, ignore_conflicts=True)


def add_employments(person: Person, entries: Iterable[Mapping[str, Any]]) -> None:
    """Typed by the person and seen by everybody. The registry knows the RORs from then on."""
    items = []
    for entry in entries:
        name, ror = required(entry, "organization"), entry.get("ror")
        if ror:
            add_organization({"name": name, "ROR": ror})
        items.append(NewItem(employment(name, entry), visibility=Visibility.PUBLIC))
    activities.add(person, Activity.Kind.EMPLOYMENT, items)


def employment(name: str, entry: Mapping[str, Any]) -> Content:
    """Without `current` it goes on; when it began and ended, nobody says."""
    ror = {
        "disambiguated-organization-identifier": entry.get("ror"),
        "disambiguation-source": Organization.Source.ROR.value,
    }
    return affiliations.content(
        {
            "role-title": entry.get("role"),
            "organization": {
                "name": name,
                "disambiguated-organization": ror if entry.get("ror") else None,
            },
            "end-date": None if entry.get("current", True) else PAST,
        }
    )


def add_institutions(names: list[str] | None) -> None:
    """Where people can sign in with an account of theirs: if none are named, where people work."""
    if names is None:
        employments = Activity.objects.filter(kind=Activity.Kind.EMPLOYMENT)
        names = [organization_name(item.summary) for item in employments]
    found = [Institution(name=name) for name in names]
    Institution.objects.bulk_create(found, ignore_conflicts=True)


@transaction.atomic
def add_person(entry: Mapping[str, Any]) -> Person:
    """A person with a record. Without `orcid` one is made, without `password` it is "sandbox"."""
    orcid = entry.get("orcid") or orcid_ids.new()
    if not orcid_ids.is_valid(orcid):
        raise PeopleFileError(f"{orcid} is not an ORCID iD (pattern or check digit).")
    if Person.objects.filter(orcid=orcid).exists():
        raise PeopleFileError(f"{orcid} is there already.")
    password = entry.get("password") or DEFAULT_PASSWORD
    person = Person(
        orcid=orcid,
        shown_password=password,
        given_names=required(entry, "given_names"),
        family_name=entry.get("family_name") or "",
        credit_name=entry.get("credit_name") or "",
        name_visibility=choice(Visibility, entry.get("name_visibility", Visibility.PUBLIC)),
        other_names=entry.get("other_names", []),
        default_visibility=choice(Visibility, entry.get("default_visibility", Visibility.PUBLIC)),
        status=choice(Person.Status, entry.get("status", Person.Status.ACTIVE)),
        moved_to=entry.get("moved_to") or "",
    )
    person.set_password(password)
    person.save()
    for email in entry.get("emails", []):
        add_email(person, email)
    if jobs := entry.get("employments"):
        add_employments(person, jobs)
    if works := entry.get("works"):
        add_works(person, works)
    for permission in entry.get("permissions", []):
        add_permission(person, permission)
    return person


def add_permission(person: Person, entry: Mapping[str, Any]) -> None:
    """What the person's consent would have given: tokens of the file's own, or made up."""
    client = Client.objects.filter(client_id=required(entry, "client_id")).first()
    if client is None:
        raise PeopleFileError(f"No client is called {entry['client_id']}.")
    try:
        allowed = scopes.parse(required(entry, "scope"))
    except scopes.UnknownScopeError as error:
        raise PeopleFileError(f"{error} is no scope.") from None
    given = {name: entry[name] for name in ("access_token", "refresh_token") if name in entry}
    grants.issue_token(client=client, person=person, scopes=allowed, **given)


def known_person(orcid: str) -> Person:
    person = Person.objects.filter(orcid=orcid).first()
    if person is None:
        raise PeopleFileError(f"Nobody has the iD {orcid}.")
    return person


def load_files(orcid: str, files: Iterable[Path]) -> Loaded:
    """Put what these files of ORCID's JSON hold on the record."""
    return load_record(orcid, [json_of(path) for path in files])


@transaction.atomic
def load_record(orcid: str, content: Any) -> Loaded:
    """`content`: ORCID's own JSON of a record or parts of it (record_json.py). Whoever is not known,
    and is named there, is made."""
    try:
        person = Person.objects.filter(orcid=orcid).first()
        if person is None:
            documents = record_json.documents_in(content)
            named = next(filter(None, map(record_json.names_in, documents)), None)
            if named is None:
                raise PeopleFileError(f"Nobody has the iD {orcid}, and no name comes with it.")
            person = add_person(named | {"orcid": orcid})
        return record_json.load_record(person, content)
    except ShapeError as error:
        raise PeopleFileError(f"{orcid}: {error}") from None


def add_works(person: Person, content: Any) -> list[int]:
    """`content`: any of ORCID's own JSON that holds works (record_json.py). Put-codes come back."""
    try:
        return record_json.load_works(person, content)
    except ShapeError as error:
        raise PeopleFileError(f"{person.orcid}: {error}") from None


def add_email(person: Person, entry: Mapping[str, Any]) -> Email:
    address = required(entry, "email")
    if Email.objects.filter(email__iexact=address).exists():
        raise PeopleFileError(f"{address} belongs to another person.")
    return person.emails.create(
        email=address,
        verified=entry.get("verified", True),
        primary=entry.get("primary", not person.emails.exists()),
        visibility=choice(Visibility, entry.get("visibility", Visibility.PRIVATE)),
    )


def required(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if not value or not isinstance(value, str):
        raise PeopleFileError(f"{key} is missing in {json.dumps(entry)[:200]}.")
    return value


def choice(choices: type[TextChoices], value: str) -> str:
    if value not in choices.values:
        raise PeopleFileError(f"{value!r} is none of {', '.join(choices.values)}.")
    return value


def as_entry(person: Person) -> dict[str, Any]:
    """The person as a people file would hold it; without a password that somebody typed."""
    return {
        "orcid": person.orcid,
        "password": person.shown_password or None,
        "given_names": person.given_names,
        "family_name": person.family_name,
        "credit_name": person.credit_name or None,
        "name_visibility": person.name_visibility,
        "other_names": person.other_names,
        "default_visibility": person.default_visibility,
        "emails": [
            {
                "email": email.email,
                "verified": email.verified,
                "primary": email.primary,
                "visibility": email.visibility,
            }
            for email in person.emails.all()
        ],
        "employments": [
            {
                "organization": organization_name(item.summary),
                "ror": ror_of(item.summary) or None,
                "current": not item.summary["end-date"],
            }
            for item in person.activities.filter(kind=Activity.Kind.EMPLOYMENT)
        ],
        "status": person.status,
        "moved_to": person.moved_to or None,
    }
