"""The people file: who and which clients the sandbox starts with (format: README.md)."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import TextChoices

from integrations.sandbox import orcid_ids, settings
from integrations.sandbox.models import (
    Client,
    Email,
    Fault,
    Message,
    Person,
    Visibility,
)

DEFAULT_PASSWORD = "sandbox"  # noqa: S105  # shown on the sign-in page


class PeopleFileError(ValueError):
    """The file, or one object of it, is not what it should be; the text says where."""


def seed() -> None:
    """Add what is missing; people keep what they changed, clients are brought to the file's."""
    content = read(settings.SEED_FILE)
    with transaction.atomic():
        for client in content.get("clients", []):
            add_client(client)
        known = set(Person.objects.values_list("orcid", flat=True))
        for person in content.get("people", []):
            if person.get("orcid") not in known:
                add_person(person)


def reset() -> None:
    """Back to the people file: nothing registered, granted, mailed or broken is left."""
    with transaction.atomic():
        for model in (Person, Client, Fault, Message, Session):
            model.objects.all().delete()
        seed()


def read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text())
    except OSError as error:
        raise PeopleFileError(f"cannot read {path} ({error.strerror}).") from error
    except ValueError as error:
        raise PeopleFileError(f"{path} is not JSON: {error}.") from error
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
        status=choice(Person.Status, entry.get("status", Person.Status.ACTIVE)),
        moved_to=entry.get("moved_to") or "",
    )
    person.set_password(password)
    person.save()
    for email in entry.get("emails", []):
        add_email(person, email)
    for employment in entry.get("employments", []):
        person.employments.create(
            organization=required(employment, "organization"),
            ror=employment.get("ror") or "",
            current=employment.get("current", True),
        )
    return person


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
            {"organization": job.organization, "ror": job.ror or None, "current": job.current}
            for job in person.employments.all()
        ],
        "status": person.status,
        "moved_to": person.moved_to or None,
    }
