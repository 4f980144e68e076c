from django.db import migrations


class Migration(migrations.Migration):
    """ORCID's put-codes are no small numbers, and nobody should take one for a count."""

    dependencies = [("sandbox", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO sqlite_sequence (name, seq) VALUES ('sandbox_activity', 140000000)",
            migrations.RunSQL.noop,
        )
    ]
