"""A lead's file of 5,000 contacts: looked through, brought in, and its invitations written."""

import io
import time
from dataclasses import dataclass

from django.db import connection, transaction

from contacts.models import Role
from contacts.services.imports.applying import bring_in
from contacts.services.imports.plan import plan_contacts
from contacts.services.imports.sending import carry_on, send_import
from members.actors import Actor
from members.models import Consortium, Member, Membership

ROWS = 5000
MEMBERS = 500
SLUG = "bench-import"


@dataclass(frozen=True)
class Timed:
    what: str
    seconds: float
    target: float | None = None


class _Over(Exception):
    """Nothing of a measurement stays."""


def measure() -> list[Timed]:
    """Seconds; everything is rolled back, so that the next run finds the same."""
    found: list[Timed] = []
    try:
        with transaction.atomic():
            found += _measure()
            raise _Over
    except _Over:
        return found


def _measure() -> list[Timed]:
    consortium, content = _consortium(), _file()
    by = Actor.importer()
    started = time.perf_counter()
    plan = plan_contacts(io.BytesIO(content), consortium, is_lead=True)
    looked_through = time.perf_counter()
    into = bring_in(plan=plan, file_name="bench.csv", by=by)
    brought_in = time.perf_counter()
    if into.invitations.count() != ROWS or plan.errors:
        raise RuntimeError(f"{into.invitations.count()} came in: {plan.errors[:3]}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contacts_invitation")
    sending = time.perf_counter()
    send_import(import_id=into.pk, by=by)
    number = carry_on(import_id=into.pk)
    sent = time.perf_counter()
    return [
        Timed(f"file of {ROWS} contacts: looked through", looked_through - started),
        Timed(f"file of {ROWS} contacts: in all", brought_in - started, target=30),
        Timed(f"{number} invitations written", sent - sending),
    ]


def _consortium() -> Consortium:
    made = Consortium.objects.create(name="Import", slug=SLUG)
    members = Member.objects.bulk_create(
        Member(
            slug=f"{SLUG}-{number}",
            legal_name=f"Université de Import-{number:03d}",
            display_name=f"Université de Import-{number:03d}",
            community=Member.Community.RESEARCH,
            country="FR",
        )
        for number in range(MEMBERS)
    )
    Membership.objects.bulk_create(Membership(member=member, consortium=made) for member in members)
    return made


def _file() -> bytes:
    """As Self Service wrote it: ten people at each member, the first of them Main."""
    lines = ["Member,Name,Email,ORCID iD,Voting contact,Role"]
    others = [Role.TECHNICAL, Role.INVOICE, Role.COMMS, Role.OTHER]
    for number in range(ROWS):
        place, who = divmod(number, ROWS // MEMBERS)
        role = others[who % len(others)] if who else Role.MAIN
        lines.append(
            f"Universite de import-{place:03d},Name{who} Family-{number},"
            f"person{number}@import-{place}.example,,No,{role.label}"
        )
    return "\n".join(lines).encode()
