"""Many works written at once, without the cost of a statement with a thousand values."""

from collections.abc import Sequence
from operator import attrgetter

import orjson
from django.db import connection, models
from django.utils import timezone

from integrations.works.models import Work

# For fewer an INSERT is as quick.
MANY = 10


def insert(works: Sequence[Work]) -> None:
    """Store new works. On PostgreSQL by COPY; their keys are not known afterwards."""
    if connection.vendor != "postgresql" or len(works) < MANY:
        Work.objects.bulk_create(works)
        return
    fields = [field for field in Work._meta.concrete_fields if not field.primary_key]
    values = attrgetter(*(field.attname for field in fields))
    as_json = [at for at, field in enumerate(fields) if isinstance(field, models.JSONField)]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    now = timezone.now()
    with connection.cursor() as cursor:
        statement = f"COPY {quote(Work._meta.db_table)} ({columns}) FROM STDIN"
        with cursor.copy(statement) as copy:
            for work in works:
                work.updated_at = now
                row = list(values(work))
                for at in as_json:
                    row[at] = orjson.dumps(row[at]).decode()
                copy.write_row(row)


def overwrite(works: Sequence[Work], fields: Sequence[str]) -> None:
    """Store these fields of works that are there and locked: an upsert, many times quicker than
    `bulk_update`."""
    if works:
        Work.objects.bulk_create(
            works, update_conflicts=True, unique_fields=["id"], update_fields=fields
        )
