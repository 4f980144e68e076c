"""On PostgreSQL the database itself refuses overlapping periods of one member.

SQLite has no exclusion constraints: there, writers take turns, and the service checks under the
member's lock.
"""

from django.db import migrations

CREATE = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE members_membership ADD CONSTRAINT membership_periods_do_not_overlap
EXCLUDE USING gist (member_id WITH =, daterange(start, "end", '[]') WITH &&);
"""
DROP = "ALTER TABLE members_membership DROP CONSTRAINT membership_periods_do_not_overlap;"
SEARCH = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX member_search_trigrams ON members_member USING gin (search_key gin_trgm_ops);
"""


def _on_postgresql(sql):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return run


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial")]
    operations = [
        migrations.RunPython(_on_postgresql(CREATE), _on_postgresql(DROP)),
        migrations.RunPython(
            _on_postgresql(SEARCH), _on_postgresql("DROP INDEX member_search_trigrams;")
        ),
    ]
