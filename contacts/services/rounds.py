"""Confirmation rounds: started by a manager or by the calendar, and closed (A4).

Starting writes rows and nothing else. What is due for each member, the first question included, is
the sweep's (`round_steps`).
"""

import datetime
import logging

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Confirmation, ConfirmationRound
from contacts.permissions import can_manage_desk
from contacts.waking import wake
from members.actors import Actor
from members.dates import today
from members.models import Consortium, Event, Member, Membership

log = logging.getLogger(__name__)

# A round that was started so recently is this year's, whoever started it.
RECENT = datetime.timedelta(days=180)


@transaction.atomic
def start_round(*, consortium_id: int, by: Actor) -> ConfirmationRound:
    """Ask every active member of the consortium whether its contacts and information are right.

    Raises `PermissionDenied` for all but managers of the desk, `ValidationError` while another
    round is open.
    """
    consortium = Consortium.objects.get(pk=consortium_id)
    if not can_manage_desk(by, consortium):
        raise PermissionDenied
    try:
        with transaction.atomic():
            begun = ConfirmationRound.objects.create(
                consortium=consortium, started_by=by.user, started_at=timezone.now()
            )
    except IntegrityError:
        raise ValidationError(_("A round is open already."), code="open") from None
    number = _add_members(begun)
    Event.append(_event(Event.Kind.ROUND_STARTED, begun, by, members=number))
    wake("contacts.tasks.advance_rounds")
    return begun


def _add_members(begun: ConfirmationRound) -> int:
    active = Membership.objects.active().filter(consortium=begun.consortium)
    keys = Member.objects.filter(pk__in=active.values("member")).values_list("pk", flat=True)
    rows = [Confirmation(round=begun, member_id=key, due_at=begun.started_at) for key in keys]
    return len(Confirmation.objects.bulk_create(rows))


@transaction.atomic
def close_round(*, round_id: int, by: Actor) -> ConfirmationRound:
    """End a round: nobody is asked or reminded any more. Closing twice changes nothing.

    Raises `PermissionDenied` for all but managers of the desk.
    """
    found = ConfirmationRound.objects.select_related("consortium").get(pk=round_id)
    if not can_manage_desk(by, found.consortium):
        raise PermissionDenied
    if events := _close(found, by):
        Event.append(*events)
    found.refresh_from_db(fields=["closed_at"])
    return found


def _close(found: ConfirmationRound, by: Actor) -> list[Event]:
    still_open = ConfirmationRound.objects.filter(pk=found.pk, closed_at=None)
    if not still_open.update(closed_at=timezone.now()):
        return []
    found.confirmations.update(due_at=None)
    confirmed = found.confirmations.exclude(confirmed_at=None).count()
    return [_event(Event.Kind.ROUND_CLOSED, found, by, confirmed=confirmed)]


@transaction.atomic
def set_round_month(*, consortium_id: int, month: int | None, by: Actor) -> Consortium:
    """The month (1–12) in which a round starts by itself each year; None: only by hand.

    Raises `PermissionDenied` for all but managers of the desk, `ValidationError` for no month.
    """
    consortium = Consortium.objects.select_for_update(of=("self",)).get(pk=consortium_id)
    if not can_manage_desk(by, consortium):
        raise PermissionDenied
    if month is not None and not 1 <= month <= 12:
        raise ValidationError(_("Choose one of the months."), code="month")
    before = consortium.round_month
    if before == month:
        return consortium
    consortium.round_month = month
    consortium.save(update_fields=["round_month"])
    Event.append(
        Event(
            consortium=consortium,
            kind=Event.Kind.CONSORTIUM_CHANGED,
            changes={"fields": {"round_month": [before, month]}},
            actor=by.user,
            capacity=by.capacity,
        )
    )
    return consortium


def start_yearly_rounds() -> int:
    """Start the rounds whose month this is; how many. Run twice, or by two workers, it starts one.

    A round of the last half year counts as this year's; an older one still open is closed.
    """
    started = 0
    for consortium in Consortium.objects.filter(round_month=today().month):
        try:
            started += _start_by_calendar(consortium)
        except (IntegrityError, ValidationError):
            log.info("Another worker has started the round of consortium %s.", consortium.pk)
    return started


@transaction.atomic
def _start_by_calendar(consortium: Consortium) -> bool:
    # The lock makes two workers take turns: the second sees the round of the first.
    rounds = ConfirmationRound.objects.filter(consortium=consortium)
    latest = rounds.select_for_update(of=("self",)).first()
    if latest and latest.started_at > timezone.now() - RECENT:
        return False
    system = Actor.system()
    closed = _close(latest, system) if latest else []
    start_round(consortium_id=consortium.pk, by=system)
    if closed:
        Event.append(*closed)
    return True


def _event(kind: Event.Kind, found: ConfirmationRound, by: Actor, **numbers: int) -> Event:
    return Event(
        consortium=found.consortium,
        kind=kind,
        changes={"round": found.pk, **numbers},
        actor=by.user,
        capacity=by.capacity,
    )
