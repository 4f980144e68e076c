"""Every place of the database that points at people, or by which they are known: found, not listed."""

from typing import Any

from django.apps import apps

from contacts.models import Contact, User
from integrations.orcid.models import Connection

PEOPLE: set[Any] = {User, Contact, Connection}
# Columns by which a person is known, whatever they are called.
KNOWN_BY = {
    "orcid", "email", "pending_email", "phone", "to", "uid", "ip", "orcid_hint", "given_names",
    "family_name", "first_name", "last_name", "known_as", "other_names", "contributors",
}  # fmt: skip


def relations_to_people() -> set[str]:
    """As `contacts.Contact.orcid`."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            if field.auto_created and not field.concrete:
                continue
            is_known_by = not field.is_relation and field.name in KNOWN_BY
            if is_known_by or field.related_model in PEOPLE:
                found.add(f"{model._meta.label}.{field.name}")
    return found
