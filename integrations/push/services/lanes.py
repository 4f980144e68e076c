"""Lanes: one writes to a record at a time, and nobody else changes its deliveries meanwhile (O3, O4).

Whoever changes deliveries locks the lane first: `locked`, or `Hold.step` for who holds it for longer.
"""

import datetime
import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from contacts.waking import wake
from integrations.orcid.models import Connection
from integrations.push.models import Delivery, Lane

# Longer than a call to ORCID can take: connecting, writing and reading, a minute each.
LEASE = datetime.timedelta(minutes=5)
FIRST_PAUSE = datetime.timedelta(seconds=15)
LONGEST_PAUSE = datetime.timedelta(hours=1)
TASK = "integrations.push.tasks.deliver"


class LaneLost(Exception):
    """Another worker holds the lane now, or the connection is gone: the one that hears this stops."""


@dataclass(frozen=True)
class Hold:
    """This worker's hold on a lane."""

    connection_id: int
    holder: str

    @contextmanager
    def step(self) -> Iterator[Lane]:
        """A transaction under the lane, which is held longer from then on. Raises `LaneLost`."""
        with transaction.atomic():
            lane = Lane.objects.select_for_update().filter(pk=self.connection_id).first()
            if lane is None or lane.holder != self.holder:
                raise LaneLost
            lane.held_until = timezone.now() + LEASE
            yield lane
            lane.save()


def locked(connection_id: int) -> Lane:
    """The lane, locked until the transaction ends; made when first needed."""
    Lane.objects.get_or_create(pk=connection_id)
    return Lane.objects.select_for_update().get(pk=connection_id)


def call_up(lane: Lane, *, although_resting: bool = False) -> None:
    """Have a worker look at a locked lane: at once, or when it has rested since ORCID failed."""
    if lane.delays and not although_resting:
        return
    lane.due_at, lane.delays = timezone.now(), 0
    lane.save(update_fields=["due_at", "delays"])
    wake(TASK, lane.pk)


def free(now: datetime.datetime) -> QuerySet[Lane]:
    """Those that nobody holds."""
    return Lane.objects.filter(Q(held_until=None) | Q(held_until__lt=now))


def claim(connection_id: int) -> Hold | None:
    """Take the lane if it is free and due; None when it is not."""
    now = timezone.now()
    hold = Hold(connection_id, secrets.token_hex(8))
    due = free(now).filter(pk=connection_id, due_at__lte=now)
    claimed = due.update(holder=hold.holder, held_until=now + LEASE)
    return hold if claimed else None


def release(hold: Hold) -> None:
    """Give the lane back; what is left is for the next worker, who is woken."""
    with hold.step() as lane:
        lane.due_at = timezone.now() if _is_something_left(hold.connection_id) else None
        lane.delays = 0
        _let_go(lane)
        if lane.due_at:
            wake(TASK, lane.pk)


def rest(hold: Hold, *, retry_after: float | None = None) -> None:
    """Give the lane back until ORCID may be tried again: after a quarter of a minute, half, one …
    an hour, give or take a quarter; no sooner than ORCID asks for.
    """
    with hold.step() as lane:
        doubled = min(FIRST_PAUSE * 2 ** min(lane.delays, 10), LONGEST_PAUSE)
        jitter = random.uniform(0.75, 1.25)  # noqa: S311  # nothing secret
        asked = datetime.timedelta(seconds=min(retry_after or 0, 24 * 3600))
        lane.due_at = timezone.now() + max(doubled * jitter, asked)
        lane.delays += 1
        _let_go(lane)


def due(*, most: int = 500) -> list[int]:
    """The connections to whose records something is to be written, and nobody does."""
    now = timezone.now()
    found = free(now).filter(due_at__lte=now).order_by("due_at", "pk")
    return list(found.values_list("pk", flat=True)[:most])


def sweep() -> int:
    """Wake a worker for each lane that is due and that nobody holds (H6); how many."""
    keys = due()
    for key in keys:
        wake(TASK, key)
    return len(keys)


def is_ending(connection_id: int) -> bool:
    """Whether the connection is to end once all is deleted (O6)."""
    return Lane.objects.filter(pk=connection_id, ends_connection=True).exists()


def may_end(connection_id: int) -> bool:
    """Whether the connection was to end once all was deleted (O6), and that has come."""
    ending = Lane.objects.filter(pk=connection_id, ends_connection=True)
    return ending.exists() and not _is_something_left(connection_id, want="delete")


def _is_something_left(connection_id: int, **which: str) -> bool:
    rows = Delivery.objects.filter(connection=connection_id, **which)
    if rows.filter(state="queued").exists():
        return True
    # What was on its way can be read back only while the record may be read.
    is_readable = Connection.objects.filter(pk=connection_id, state=Connection.State.ACTIVE)
    return rows.filter(state="sending").exists() and is_readable.exists()


def _let_go(lane: Lane) -> None:
    lane.holder, lane.held_until = "", None
