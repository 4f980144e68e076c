"""Bring in whom the plan names: members at a time, each judged again under its lock (H1).

Nothing is mailed. Done again, it changes nothing: who was brought in is there already.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Contact, ContactImport, ImportedContact, Invitation
from contacts.permissions import can_manage_desk
from contacts.services import _shared as shared
from contacts.services.adding import added_event
from contacts.services.imports.houses import House, judge, load_houses
from contacts.services.imports.lookups import LookUps
from contacts.services.imports.people import Person
from contacts.services.imports.plan import Plan
from integrations.orcid.directory import FoundPerson
from members.actors import Actor
from members.models import Consortium, Event, Member
from members.services.imports.plan import Problem
from members.text import one_line

MEMBERS_AT_ONCE = 50
LEFT_OUT_KEPT = datetime.timedelta(days=30)
Found = dict[str, FoundPerson]


@transaction.atomic
def open_import(*, plan: Plan, file_name: str, by: Actor) -> ContactImport:
    """The row that the invitations of a file hang on. Raises `PermissionDenied` (A4)."""
    _require_manager(by, plan.consortium)
    return ContactImport.objects.create(
        consortium=plan.consortium,
        file_name=file_name[:255],
        created_by=by.user,
        present=len(plan.present),
    )


def bring_in(*, plan: Plan, file_name: str, by: Actor, look_up: bool = False) -> ContactImport:
    """All people of the plan, in short transactions. Who cannot be any more is added to its errors.

    Raises `PermissionDenied` (A4). With `look_up` it calls ORCID, so it must not run inside a
    transaction.
    """
    into, look_ups = open_import(plan=plan, file_name=file_name, by=by), LookUps()
    for people in batches(plan):
        found = look_ups.of(people) if look_up else {}
        with transaction.atomic():
            bring_in_some(plan=plan, people=people, found=found, into=into, by=by)
    with transaction.atomic():
        close_import(plan=plan, into=into, by=by)
    return into


def batches(plan: Plan) -> Iterator[list[Person]]:
    """Some members at a time, each with all of its people."""
    by_member: dict[int, list[Person]] = defaultdict(list)
    for person in plan.people:
        by_member[person.member.pk].append(person)
    groups = [by_member[pk] for pk in sorted(by_member)]
    for start in range(0, len(groups), MEMBERS_AT_ONCE):
        yield [person for group in groups[start : start + MEMBERS_AT_ONCE] for person in group]


def bring_in_some(
    *, plan: Plan, people: list[Person], found: Found, into: ContactImport, by: Actor
) -> None:
    """The people of some members, in the caller's transaction; those of one member all at once."""
    members = _lock({person.member.pk for person in people})
    _require_manager(by, into.consortium)
    houses = load_houses(members.values())
    for person in people:
        # The plan's words on them stay; what is wrong now is to be heard.
        person.warnings, person.errors = [], []
    judge(people, houses, is_lead=not by.is_trusted)
    current = set(
        Member.objects.current_in(into.consortium).filter(pk__in=members).values_list("pk")
    )
    events: list[Event] = []
    invited: list[Person] = []
    for person in people:
        if (person.member.pk,) not in current:
            person.errors.append(_("The membership has ended."))
        if person.errors:
            plan.errors += [Problem(row, text) for row in person.rows for text in person.errors]
        elif not person.is_present:
            known = _found(person, houses[person.member.pk], found, by)
            if known is None:
                invited.append(person)
            else:
                events.append(_add(person, known, houses[person.member.pk], into, by))
    events += _invite(invited, into, by)
    Event.append(*events)


def close_import(*, plan: Plan, into: ContactImport, by: Actor) -> None:
    """Write down what came of it, in the caller's transaction."""
    into.finished_at = timezone.now()
    into.left_out = len(plan.failing_rows)
    into.left_out_rows = plan.left_out()
    into.save(update_fields=["finished_at", "left_out", "left_out_rows"])
    Event.append(
        Event(
            consortium=into.consortium,
            kind=Event.Kind.CONTACTS_IMPORTED,
            changes={
                "contact_import": into.pk,
                "invited": into.invitations.count(),
                "added": into.added.count(),
                "there_already": into.present,
                "rows_left_out": into.left_out,
            },
            personal={"file": into.file_name},
            actor=by.user,
            capacity=by.capacity,
        )
    )


def forget_left_out() -> int:
    """Empty the rows that were left out and not fetched for a month (H7); of how many imports."""
    month_ago = timezone.now() - LEFT_OUT_KEPT
    old = ContactImport.objects.filter(created_at__lt=month_ago).exclude(left_out_rows=[])
    return old.update(left_out_rows=[])


def _require_manager(by: Actor, consortium: Consortium) -> None:
    if not can_manage_desk(by, consortium):
        raise PermissionDenied


def _lock(pks: Iterable[int]) -> dict[int, Member]:
    rows = Member.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
    return {member.pk: member for member in rows}


def _found(person: Person, house: House, found: Found, by: Actor) -> FoundPerson | None:
    """The iD with which they become a contact at once (C2); else they are invited.

    Where a member keeps its own contacts, it is asked by an invitation; and whoever is no longer a
    contact there is not made one again by a file.
    """
    known = found.get(person.email)
    taken = {contact.orcid for contact in house.contacts} | house.former_orcids
    if known is None or known.orcid in taken or (house.keeps_itself and not by.is_trusted):
        return None
    return known


def _details(person: Person) -> dict[str, str]:
    names = ("given_names", "family_name", "job_title", "phone")
    return {name: one_line(getattr(person, name)) for name in names}


def _add(person: Person, known: FoundPerson, house: House, into: ContactImport, by: Actor) -> Event:
    details = _details(person)
    if not person.name:
        details["given_names"] = known.given_names[:40]
        details["family_name"] = known.family_name[:80]
    contact = Contact(
        member=house.member,
        orcid=known.orcid,
        email=person.email,
        outside_domains=person.is_outside,
        added_by=by.user,
        **details,
    )
    contact.full_clean(exclude=["member", "added_by"])
    contact.save()
    shared.write_roles(contact, person.roles)
    ImportedContact.objects.create(contact_import=into, contact=contact)
    house.contacts.append(contact)  # two addresses of a file may lead to one iD
    event = added_event(contact, person.roles, by)
    event.changes["contact_import"] = into.pk
    return event


def _invite(people: Iterable[Person], into: ContactImport, by: Actor) -> list[Event]:
    drafts = Invitation.objects.bulk_create(_draft(person, into, by) for person in people)
    return [
        Event(
            member_id=draft.member_id,
            kind=Event.Kind.CONTACTS_IMPORTED,
            changes={
                "invitation": draft.pk,
                "contact_import": into.pk,
                "roles": [[], draft.roles],
            },
            personal={"email": draft.email},
            actor=by.user,
            capacity=by.capacity,
        )
        for draft in cast("Iterable[Any]", drafts)
    ]


def _draft(person: Person, into: ContactImport, by: Actor) -> Invitation:
    return Invitation(
        member=person.member,
        email=person.email,
        roles=person.roles,
        outside_domains=person.is_outside,
        sent_by=by.user,
        sent_as=by.capacity,
        sent_at=None,
        orcid_hint=person.orcid,
        contact_import=into,
        **_details(person),
    )
