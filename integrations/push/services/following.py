"""Deliveries follow whom they are for: a record to its new iD (C8), a member into another (ADR 34)."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from integrations.push.models import Delivery
from integrations.push.services import lanes
from integrations.push.services.queueing import DECIDED, save, turn

State, Want = Delivery.State, Delivery.Want


@transaction.atomic
def follow(*, connection_id: int, into_id: int) -> None:
    """The record has moved to another iD (C8): what was on the old one is sent to the new one.

    Put-codes of the old record mean nothing there. What both have is the new one's.
    """
    both = {key: lanes.locked(key) for key in sorted({connection_id, into_id})}
    rows = list(Delivery.objects.filter(connection=connection_id).exclude(state=State.DELETED))
    if into_id != connection_id:
        there = {
            (row.section, row.item_id): row for row in Delivery.objects.filter(connection=into_id)
        }
        _keep_decisions(rows, there)
        rows = [row for row in rows if (row.section, row.item_id) not in there]
    for row in rows:
        _begin_anew(row, into_id)
    save(rows)
    lane = both[into_id]
    lane.holder, lane.held_until = "", None  # whoever writes to the old record stops
    lane.save(update_fields=["holder", "held_until"])
    lanes.call_up(lane, although_resting=True)


@transaction.atomic
def hand_over(*, member_id: int, into_id: int) -> None:
    """A member has become part of another: what was sent on behalf of the one is the other's."""
    rows = Delivery.objects.filter(member=member_id)
    for key in list(rows.order_by("connection").values_list("connection", flat=True).distinct()):
        lanes.locked(key)
        rows.filter(connection=key).update(member=into_id)


def _keep_decisions(former: Iterable[Delivery], there: Mapping[tuple[str, int], Delivery]) -> None:
    """What a person decided of the former record holds for what the new one does not have yet."""
    decided = [row for row in former if row.state in DECIDED]
    twins = [(row, there.get((row.section, row.item_id))) for row in decided]
    waiting = [
        (row, twin)
        for row, twin in twins
        if twin and twin.put_code is None and twin.state != State.SENDING
    ]
    for row, twin in waiting:
        turn(twin, row.state, code=row.error_code)
    save(twin for _row, twin in waiting)


def _begin_anew(row: Delivery, connection_id: int) -> None:
    row.connection_id = connection_id
    row.put_code, row.payload_hash, row.sent_hash = None, "", ""
    if row.state in {*DECIDED, State.FAILED, State.WITHDRAWN}:
        row.revision += 1
        return
    turn(row, State.WITHDRAWN if row.want == Want.DELETE else State.QUEUED)
