"""Prints each number beside its target; exit status 1 when one is missed.

`python -m bench lists csv` measures only these.
"""

import shutil
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


def limiter() -> bool:
    from bench import limiter as shared  # noqa: PLC0415

    lines = [*report.held(shared.measure()), *_without_redis()]
    return report.show(f"The limiter, {shared.WORKERS} worker processes", lines)


def publications() -> bool:
    from bench import publications as own  # noqa: PLC0415

    lines = report.against_first(own.measure())
    return report.show(f"My publications, {own.WORKS} works, × an empty list", lines)


def replayed_pulls() -> bool:
    from bench import pulls  # noqa: PLC0415

    lines = [*report.pulled(pulls.measure()), *report.remembered(pulls.measure_memory())]
    return report.show("Pulls, no limit, answers replayed", lines)


def paced_pulls() -> bool:
    from bench import paced_pulls as paced  # noqa: PLC0415

    lines = report.paced(paced.measure())
    return report.show(f"Pulls, {paced.LATENCY_MS} ms a call, {paced.RATE} calls a second", lines)


def pull_kills() -> bool:
    from bench import pull_kills as kills  # noqa: PLC0415

    lines = [*report.completed(kills.measure()), *_without_redis()]
    return report.show(f"Pulls of {kills.RECORDS} records, Celery's worker killed", lines)


def paced_pushes() -> bool:
    from bench import pushing  # noqa: PLC0415

    lines = report.paced(pushing.measure())
    title = f"Pushes, {pushing.LATENCY_MS} ms a call, {pushing.RATE} calls a second"
    return report.show(title, lines)


def outbox() -> bool:
    from bench import pushing  # noqa: PLC0415

    lines = [line for rows in pushing.measure_list() for line in report.against_first(rows)]
    return report.show("The outbox, × an empty one: admin, person, institution", lines)


def push_kills() -> bool:
    from bench import push_kills as kills  # noqa: PLC0415

    lines = report.survived(kills.measure())
    total = kills.RECORDS * kills.PER_RECORD
    return report.show(f"A push of {total} works, workers killed at random", lines)


def _without_redis() -> list[report.Line]:
    """What is left out is said."""
    if shutil.which("redis-server"):
        return []
    return [report.Line("in Redis", "not measured: no redis-server")]


def _consortium() -> Any:  # its class needs Django
    from bench import data  # noqa: PLC0415

    return data.consortium(members=environment.MEMBERS, contacts=environment.CONTACTS)


PARTS: dict[str, Callable[[], bool]] = {
    "lists": lists,
    "csv": csv,
    "api": api,
    "import": imports,
    "mails": mails,
    "limiter": limiter,
    "publications": publications,
    "replay": replayed_pulls,
    "pulls": paced_pulls,
    "pull-kills": pull_kills,
    "pushes": paced_pushes,
    "outbox": outbox,
    "push-kills": push_kills,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
