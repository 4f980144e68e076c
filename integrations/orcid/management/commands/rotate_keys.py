"""`manage.py rotate_keys`: everything encrypted at rest, under the newest key."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import F, Model, TextField, Value
from django.db.models.functions import Cast

from integrations.orcid import crypto

BATCH = 500


class Command(BaseCommand):
    help = (
        "Re-encrypts every encrypted field under the first key of FIELD_KEYS. Put the new key "
        "first, run this, then take the old key away."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        for model in apps.get_models(include_auto_created=True):
            for field in model._meta.concrete_fields:
                if isinstance(field, crypto.EncryptedTextField) and not model._meta.proxy:
                    number = rotate_field(model, field.name)
                    self.stdout.write(f"{model._meta.label}.{field.name}: {number}")
                    total += number
        for name, rotation in crypto.elsewhere.items():
            total += self._rotate_elsewhere(name, rotation)
        self.stdout.write(self.style.SUCCESS(f"{total} values are under the newest key."))

    def _rotate_elsewhere(self, name: str, rotation: Callable[[], int]) -> int:
        try:
            number = rotation()
        except crypto.KeyLost as error:
            raise CommandError(f"{name}: {error}") from error
        self.stdout.write(f"{name}: {number}")
        return number


def rotate_field(model: type[Model], name: str) -> int:
    """Re-encrypt one field, a batch of locked rows per transaction; returns how many there were.

    Raises `CommandError`, naming the row, for a value whose key is lost: what came before it is
    done, and running the command again goes over it once more.
    """
    number, last = 0, None
    while batch := _rotate_batch(model, name, after=last):
        number += len(batch)
        last = batch[-1]
    return number


@transaction.atomic
def _rotate_batch(model: type[Model], name: str, *, after: Any) -> list[Any]:
    manager = model._base_manager  # noqa: SLF001  # documented: every row, whatever the default manager hides
    # Cast: the ciphertext as it is stored, instead of the plain text.
    rows = manager.annotate(stored=Cast(F(name), TextField())).exclude(stored="")
    rows = rows.filter(stored__isnull=False)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    batch = list(rows.select_for_update().order_by("pk").values_list("pk", "stored")[:BATCH])
    for pk, stored in batch:
        try:
            renewed = crypto.rotate(stored)
        except crypto.KeyLost as error:
            raise CommandError(f"{model._meta.label} {pk}, {name}: {error}") from error
        # Value: already encrypted, the field must not do it again.
        value = Value(renewed, output_field=TextField())
        manager.filter(pk=pk).update(**{name: value})
    return [pk for pk, _stored in batch]
