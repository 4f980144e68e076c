"""The search in the lead's list of contacts, on PostgreSQL."""

from django.db import migrations

CREATE = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX contact_search_trigrams ON contacts_contact USING gin (search_key gin_trgm_ops)
WHERE removed_at IS NULL;
"""


def _on_postgresql(sql):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return run


class Migration(migrations.Migration):
    dependencies = [("contacts", "0002_initial")]
    operations = [
        migrations.RunPython(
            _on_postgresql(CREATE), _on_postgresql("DROP INDEX contact_search_trigrams;")
        ),
    ]
