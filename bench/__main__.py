"""Prints each number beside its target; exit status 1 when one is missed.

`python -m bench lists csv` measures only these.
"""

import sys
from collections.abc import Callable
from typing import Any

from bench import environment, report


def main(chosen: list[str]) -> int:
    environment.prepare()
    import django  # noqa: PLC0415  # needs the environment

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from bench import data  # noqa: PLC0415  # needs Django

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    report.say(f"{environment.MEMBERS} members, {environment.CONTACTS} contacts on PostgreSQL …")
    data.consortium(members=environment.MEMBERS, contacts=environment.CONTACTS)
    with_statistics()
    met = [part() for name, part in PARTS.items() if not chosen or name in chosen]
    return int(not all(met))


def with_statistics() -> None:
    """What PostgreSQL's autovacuum does by itself after a while."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def lists() -> bool:
    from bench import lead_list  # noqa: PLC0415

    rows = lead_list.measure(_consortium())
    return report.show("The lead's contacts, 50 rows, × the base page", report.against_first(rows))


def csv() -> bool:
    from bench import csv_export  # noqa: PLC0415

    rows = csv_export.measure(_consortium())
    lines = report.exports(rows, csv_export.MOST_MEGABYTES)
    return report.show("All of them as a file, × COPY of the same SELECT", lines)


def api() -> bool:
    from bench import api_pages  # noqa: PLC0415

    lines = report.against_first(api_pages.measure(_consortium()))
    return report.show("The same by the API, × its first page", lines)


def imports() -> bool:
    from bench import contact_import  # noqa: PLC0415

    return report.show("A file of contacts comes in", report.timed(contact_import.measure()))


def mails() -> bool:
    from bench import deliveries  # noqa: PLC0415

    lines = report.delivered(deliveries.measure(), deliveries.PEOPLE)
    return report.show("An announcement, delivered to a mail server", lines)


def _consortium() -> Any:  # its class needs Django
    from bench import data  # noqa: PLC0415

    return data.consortium(members=environment.MEMBERS, contacts=environment.CONTACTS)


PARTS: dict[str, Callable[[], bool]] = {
    "lists": lists,
    "csv": csv,
    "api": api,
    "import": imports,
    "mails": mails,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
