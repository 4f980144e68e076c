"""What is due in a confirmation round, member by member: asked, reminded, passed on.

The Main is asked; then the other contacts; then the lead is told. Each step is one transaction in
which the row is claimed and the mails are rows, so that a worker killed at any moment loses nothing
and nobody is mailed twice (H6).
"""

import datetime
import logging
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from contacts.letters import site_url
from contacts.models import Confirmation, ConfirmationRound, Contact, Mail, Role
from contacts.services.charge import desk_addresses
from contacts.services.mails import queue_mail
from members.models import Member

log = logging.getLogger(__name__)

Stage = Confirmation.Stage
_ORDER = [Stage.MAIN, Stage.OTHERS, Stage.LEAD]
AT_ONCE = 200
# How many members a mail to the lead names; the page shows all.
MOST_NAMED = 30


def advance() -> int:
    """Do whatever is due in open rounds; how many members were dealt with."""
    dealt_with, last = 0, 0
    for_lead: list[int] = []
    while keys := _due(after=last):
        for key in keys:
            try:
                for_lead += [key] if _take_step(key) else []
            except Exception:  # what fails for one member must not keep the others waiting
                log.exception("Confirmation %s could not be dealt with; it stays due.", key)
        dealt_with, last = dealt_with + len(keys), keys[-1]
    for round_id, told in _by_round(for_lead):
        _tell_lead(round_id, told)
    return dealt_with


def _due(*, after: int) -> list[int]:
    due = Confirmation.objects.filter(
        pk__gt=after, due_at__lte=timezone.now(), confirmed_at=None, round__closed_at=None
    )
    return list(due.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


def _claim(key: int) -> bool:
    """Take a due row, so that nobody else does: the end of the transaction gives it a new date."""
    due = Confirmation.objects.filter(
        pk=key, due_at__lte=timezone.now(), confirmed_at=None, round__closed_at=None
    )
    return bool(due.update(due_at=None))


@transaction.atomic
def _take_step(key: int) -> bool:
    """Ask, remind or ask others. True, with nothing done, when the lead's turn has come: those are
    told of together."""
    # The member first (H1): confirming locks it before this row, too.
    Member.objects.lock(Confirmation.objects.values_list("member", flat=True).get(pk=key))
    row = Confirmation.objects.select_related("round__consortium", "member").get(pk=key)
    current = Member.objects.current_in(row.round.consortium)
    if not current.filter(pk=row.member_id).exists():
        _claim(key)  # It has left: nothing is asked any more.
        return False
    people = _people(row.member)
    stage = _next_stage(row, people)
    if stage == Stage.LEAD:
        return True
    if _claim(key):
        _ask(row, stage, people)
    return False


def _people(member: Member) -> list[Contact]:
    found = Contact.objects.current().filter(member=member).exclude(email="").with_signed_in()
    return list(found.prefetch_related("role_assignments"))


def _next_stage(row: Confirmation, people: list[Contact]) -> Confirmation.Stage:
    """Where the row stands now: by the days that passed, and by who is there to be asked."""
    stages = [Stage(row.stage), _first_stage(people)]
    now = timezone.now()
    if row.asked_at and row.stage == Stage.OTHERS and now >= _lead_at(row.asked_at):
        stages.append(Stage.LEAD)
    elif row.asked_at and now >= row.asked_at + _days(settings.ROUND_OTHERS_DAYS):
        stages.append(Stage.OTHERS)
    return max(stages, key=_ORDER.index)


def _first_stage(people: list[Contact]) -> Confirmation.Stage:
    """Who can answer: the Main who has signed in, else others who have, else nobody."""
    able = [contact for contact in people if getattr(contact, "has_signed_in", False)]
    if any(Role.MAIN in contact.roles for contact in able):
        return Stage.MAIN
    return Stage.OTHERS if able else Stage.LEAD


def _ask(row: Confirmation, stage: Confirmation.Stage, people: list[Contact]) -> None:
    """Ask those whose turn has come, and remind those who were asked before."""
    now = timezone.now()
    asked = set() if row.asked_at is None else _asked_at_stage(Stage(row.stage), people)
    for contact in _asked_at_stage(stage, people):
        kind = Mail.Kind.ROUND_REMINDED if contact in asked else Mail.Kind.ROUND_ASKED
        _mail(kind, row, contact)
    if asked:
        row.reminders, row.reminded_at = row.reminders + 1, now
    row.stage, row.asked_at = stage, row.asked_at or now
    row.due_at = _next_due(row.asked_at, stage, now)
    row.save(update_fields=["stage", "asked_at", "reminders", "reminded_at", "due_at"])


def _asked_at_stage(stage: Confirmation.Stage, people: list[Contact]) -> set[Contact]:
    if stage == Stage.MAIN:
        return {contact for contact in people if Role.MAIN in contact.roles}
    return set(people)


def _next_due(
    asked_at: datetime.datetime, stage: Confirmation.Stage, now: datetime.datetime
) -> datetime.datetime:
    """The next reminder, or the next stage where that comes first. A stage that is overdue, as the
    worker was down, waits for a reminder's time: whoever was asked just now has that long."""
    passed_on = (
        asked_at + _days(settings.ROUND_OTHERS_DAYS) if stage == Stage.MAIN else _lead_at(asked_at)
    )
    reminder = now + _days(settings.ROUND_REMIND_DAYS)
    return min(reminder, passed_on) if passed_on > now else reminder


def _lead_at(asked_at: datetime.datetime) -> datetime.datetime:
    return asked_at + _days(settings.ROUND_LEAD_DAYS)


def _days(number: int) -> datetime.timedelta:
    return datetime.timedelta(days=number)


def _mail(kind: Mail.Kind, row: Confirmation, contact: Contact) -> None:
    queue_mail(
        kind=kind,
        to=contact.email,
        member=row.member,
        context={
            "contact": contact,
            "asked_at": row.asked_at,
            "is_main": Role.MAIN in contact.roles,
            "url": site_url(reverse("tools:confirm", args=[row.member.slug])),
        },
    )


def _by_round(keys: Iterable[int]) -> list[tuple[int, list[int]]]:
    rounds: dict[int, list[int]] = {}
    rows = Confirmation.objects.filter(pk__in=keys).order_by("pk")
    for key, round_id in rows.values_list("pk", "round"):
        rounds.setdefault(round_id, []).append(key)
    return list(rounds.items())


@transaction.atomic
def _tell_lead(round_id: int, keys: list[int]) -> None:
    """One mail to each manager for all members that have not answered by now."""
    begun = ConfirmationRound.objects.select_related("consortium").get(pk=round_id)
    lead_id = begun.consortium.lead_id
    # The mails are about the lead's own desk; its row comes before those of the round (H1).
    lead = Member.objects.lock(lead_id) if lead_id else None
    taken = [key for key in keys if _claim(key)]
    rows = Confirmation.objects.filter(pk__in=taken)
    names = list(rows.order_by("member__sort_key").values_list("member__display_name", flat=True))
    rows.filter(asked_at=None).update(asked_at=timezone.now())
    rows.update(stage=Stage.LEAD)
    if names:
        _mail_lead(begun, lead, names)


def _mail_lead(begun: ConfirmationRound, lead: Member | None, names: list[str]) -> None:
    page = reverse("lead:round", args=[begun.consortium.slug, begun.pk])
    for address in desk_addresses(begun.consortium, levels=frozenset({"manager"})):
        queue_mail(
            kind=Mail.Kind.ROUND_UNANSWERED,
            to=address,
            member=lead,
            context={
                "consortium": begun.consortium,
                "number": len(names),
                "names": names[:MOST_NAMED],
                "more": max(0, len(names) - MOST_NAMED),
                "url": site_url(f"{page}?state=lead"),
            },
        )
