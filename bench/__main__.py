"""Prints each number beside its target; exit status 1 when one is missed."""

import sys

from bench import environment


def main() -> int:
    environment.prepare()
    import django  # noqa: PLC0415  # needs the environment

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from bench import contact_import, data, lead_list  # noqa: PLC0415  # needs Django

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    say(f"{environment.MEMBERS} members, {environment.CONTACTS} contacts on PostgreSQL …")
    consortium = data.consortium(members=environment.MEMBERS, contacts=environment.CONTACTS)
    with_statistics()
    rows = lead_list.measure(consortium)
    base = rows[0].milliseconds
    say(f"{'':28}{'ms':>8}{'queries':>9}{'ratio':>8}{'target':>8}")
    for row in rows:
        target = "" if row.target is None else f"≤ {row.target:g}"
        ratio = row.milliseconds / base
        missed = row.target is not None and ratio > row.target
        say(
            f"{row.what:28}{row.milliseconds:8.1f}{row.queries:9}{ratio:8.2f}{target:>8}"
            f"{'  MISSED' if missed else ''}"
        )
    timed = contact_import.measure()
    for one in timed:
        target = f"≤ {one.target:g} s" if one.target else ""
        late = "  MISSED" if one.target and one.seconds > one.target else ""
        say(f"{one.what:44}{one.seconds:8.1f} s {target:>8}{late}")
    slow = any(row.target and row.milliseconds / base > row.target for row in rows)
    return int(slow or any(one.target and one.seconds > one.target for one in timed))


def with_statistics() -> None:
    """What PostgreSQL's autovacuum does by itself after a while."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
