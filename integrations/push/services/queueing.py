"""What is to be written, and what no longer: rows first, a worker after commit (rules O3, O4, H6).

Who changes an item calls `queue` or `withdraw` in the same transaction, after all other locks; for
several connections in the order of their keys.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from integrations.orcid import connections
from integrations.orcid.models import Connection
from integrations.push import sources, words
from integrations.push.models import Delivery, Lane
from integrations.push.services import lanes
from members.actors import Actor

State, Want = Delivery.State, Delivery.Want
# Decided by a person: nothing but a person changes it.
DECIDED = {State.DISCARDED, State.REMOVED}
FIELDS = [
    "connection", "want", "state", "revision", "put_code", "payload_hash", "sent_hash", "sent_ids",
    "covered_by", "alone", "attempts", "error_code", "error", "changed_at", "in_orcid_at",
    "visibility",
]  # fmt: skip


@transaction.atomic
def queue(
    *, connection_id: int, section: str, item_ids: Sequence[int], member_id: int
) -> list[Delivery]:
    """Have these items written to the record, on behalf of a member; returns what was queued.

    What the record has already, or has refused, is left alone until it changes (O4); so is what a
    person discarded here or removed at ORCID. What lacks something is *failed* at once, and says
    what. Whether it may go is asked when it is sent.
    """
    lane = lanes.locked(connection_id)
    if lane.ends_connection:
        return []  # the person leaves, and wants all deleted (O6)
    connection = Connection.objects.get(pk=connection_id)
    made = sources.of(section).payloads(item_ids, connection)
    known = _rows(connection_id, section, item_ids)
    touched: list[Delivery] = []
    for item_id in dict.fromkeys(item_ids):
        row = known.get(item_id) or Delivery(
            connection_id=connection_id, section=section, item_id=item_id, state=State.WITHDRAWN
        )
        if row.state in DECIDED and row.want == Want.DELETE:
            row.want = Want.WRITE  # should the person have it sent after all
            touched.append(row)
        if row.state in DECIDED or (not row.pk and item_id not in made):
            continue
        row.member_id = member_id
        if _ask_for(row, sources.complete(made.get(item_id))):
            touched.append(row)
    save(touched)
    queued = [row for row in touched if row.state in {State.QUEUED, State.SENDING}]
    if queued:
        lanes.call_up(lane)
    return queued


@transaction.atomic
def withdraw(
    *,
    section: str,
    item_ids: Sequence[int],
    delete: bool,
    connection_ids: Sequence[int] | None = None,
) -> None:
    """Send these items no more, to nobody or to these connections; with `delete`, have what stands
    on records deleted there, else it stays as it is."""
    found = Delivery.objects.of_items(section, item_ids)
    if connection_ids is not None:
        found = found.filter(connection__in=connection_ids)
    keys = found.order_by("connection").values_list("connection", flat=True).distinct()
    for connection_id in list(keys):
        lane = lanes.locked(connection_id)
        if lane.ends_connection:
            continue  # all of it is being deleted, at the person's wish
        rows = list(_rows(connection_id, section, item_ids).values())
        save([row for row in rows if _take_back(row, delete=delete)])
        lanes.call_up(lane)


@transaction.atomic
def hold_back(*, connection_id: int, section: str, member_id: int, why: str) -> None:
    """The person lets the member write no more: what failed needs nobody any longer, and waits."""
    lanes.locked(connection_id)
    failed = Delivery.objects.filter(
        connection=connection_id, section=section, member=member_id, state=State.FAILED
    )
    rows = list(failed)
    for row in rows:
        turn(row, State.WAITING, code=words.NOT_NOW, error=why)
    save(rows)


@transaction.atomic
def send_now(*, delivery_id: int, by: Actor) -> Delivery:
    """Send it again, though it failed, was discarded, or was removed at ORCID; and at once.

    The person's own decision, or the operator's at their wish: `PermissionDenied` for others.
    """
    row, lane = _own(delivery_id, by)
    if lane.ends_connection or row.state in {State.SENDING, State.IN_ORCID, State.DELETED}:
        return row
    turn(row, State.QUEUED)
    row.want = Want.WRITE if row.put_code is None else row.want
    row.sent_hash, row.attempts = "", 0
    save([row])
    lanes.call_up(lane, although_resting=True)
    return row


@transaction.atomic
def discard(*, delivery_id: int, by: Actor) -> Delivery:
    """Never send it, whatever becomes of the item; what the record has stays. As `send_now`."""
    row, _lane = _own(delivery_id, by)
    if row.state in {State.QUEUED, State.WAITING, State.FAILED, State.COVERED}:
        turn(row, State.DISCARDED)
        save([row])
    return row


def delete_and_disconnect(*, connection_id: int) -> None:
    """End a connection after deleting from the record what the portal wrote there (O6).

    Deleting goes on in a worker; where nothing is to be deleted, the connection ends at once.
    """
    with transaction.atomic():
        lane = lanes.locked(connection_id)
        rows = list(Delivery.objects.filter(connection=connection_id))
        save([row for row in rows if _take_back(row, delete=True, by_person=True)])
        leaving = [row for row in rows if row.state in {State.QUEUED, State.SENDING}]
        lane.ends_connection = bool(leaving)
        lane.save(update_fields=["ends_connection"])
        lanes.call_up(lane, although_resting=True)
    if not leaving:
        connections.disconnect(connection_id=connection_id)


def leave(*, orcid: str | None, delete: bool) -> None:
    """End the connections of a person whose account is to be emptied; with `delete`, after deleting
    from the record what the portal wrote there (O6). Asked again, it changes nothing."""
    for connection in Connection.objects.of(orcid).order_by("pk"):
        if not connection.can_be_ended or lanes.is_ending(connection.pk):
            continue
        if delete:
            delete_and_disconnect(connection_id=connection.pk)
        else:
            connections.disconnect(connection_id=connection.pk)


@transaction.atomic
def take_up(*, connection_id: int) -> None:
    """The person connected, or connected anew: what waited for that goes."""
    lane = lanes.locked(connection_id)
    waiting = Delivery.objects.filter(
        connection=connection_id, state=State.WAITING, error_code__in=words.OF_CONNECTION
    )
    waiting.update(state=State.QUEUED, error_code="", error="", changed_at=timezone.now())
    lane.ends_connection = False
    lane.save(update_fields=["ends_connection"])
    lanes.call_up(lane, although_resting=True)


def save(rows: Iterable[Delivery]) -> None:
    """Store them, under the lane: an upsert, many times quicker than one by one."""
    rows = list(rows)
    Delivery.objects.bulk_create([row for row in rows if not row.pk])
    Delivery.objects.bulk_create(
        [row for row in rows if row.pk],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*FIELDS, "member"],
    )


def note_visibility(*, connection_id: int, section: str, seen: Mapping[int, str]) -> None:
    """The record was read: who sees what there, by put-code. Changes nothing else."""
    if not seen:
        return
    rows = Delivery.objects.filter(connection=connection_id, section=section)
    known = rows.filter(put_code__in=list(seen)).values_list("put_code", "visibility")
    changed = [code for code, visibility in known if code and seen[code] != visibility]
    if not changed:
        return
    with transaction.atomic():
        lanes.locked(connection_id)
        for visibility in {seen[code] for code in changed}:
            some = [code for code in changed if seen[code] == visibility]
            rows.filter(put_code__in=some).update(visibility=visibility)


def _rows(connection_id: int, section: str, item_ids: Sequence[int]) -> Mapping[int, Delivery]:
    rows = Delivery.objects.of_items(section, item_ids).filter(connection=connection_id)
    return {row.item_id: row for row in rows}


def _ask_for(row: Delivery, made: sources.Payload | sources.Refusal | None) -> bool:
    """Whether the row changed."""
    if made is None:
        return _take_back(row, delete=False)
    was_to_go, row.want = row.want, Want.WRITE
    if isinstance(made, sources.Refusal):
        refuse(row, made)
        return True
    wanted = sources.payload_hash(made)
    if row.put_code is not None and row.payload_hash == wanted and row.state != State.SENDING:
        is_news = (row.state, was_to_go) != (State.IN_ORCID, Want.WRITE)
        turn(row, State.IN_ORCID)
        return is_news
    is_old = row.sent_hash == wanted and was_to_go == Want.WRITE
    if is_old and row.state in {State.FAILED, State.COVERED, State.SENDING}:
        return False
    if row.state == State.SENDING:
        row.revision += 1
    else:
        turn(row, State.QUEUED)
        row.alone = False
        note(row, made)
    return True


def note(row: Delivery, payload: sources.Payload) -> bool:
    """Remember what is to be sent, so that it is found again on the record; whether that is news.

    Of a deletion (no payload) there is nothing: that is how it is told from a change.
    """
    before = row.sent_hash
    row.sent_hash = sources.payload_hash(payload) if payload else ""
    if row.sent_hash != before:
        row.sent_ids = sources.self_ids(payload)
    return row.sent_hash != before


def refuse(row: Delivery, why: sources.Refusal) -> None:
    """It cannot be sent as it is: somebody has to mend it."""
    if row.state == State.SENDING:
        row.revision += 1
        return
    turn(row, State.FAILED, code=words.INCOMPLETE, error=why.words)


def _take_back(row: Delivery, *, delete: bool, by_person: bool = False) -> bool:
    """Whether the row changed."""
    if row.state in DECIDED and not by_person:
        return False
    is_there = row.put_code is not None
    if row.state == State.SENDING:
        row.want = Want.DELETE if delete else row.want
        row.revision += 1
        return True
    if is_there and delete:
        row.want = Want.DELETE
        turn(row, State.QUEUED)
        return True
    if row.state in {*DECIDED, State.DELETED, State.WITHDRAWN, State.IN_ORCID}:
        return False
    row.want = Want.WRITE
    turn(row, State.IN_ORCID if is_there else State.WITHDRAWN)
    return True


def turn(row: Delivery, state: str, *, code: str = "", error: str = "") -> None:
    """Bring it into a state, under the lane; the caller saves it."""
    row.state, row.error_code, row.error = state, code, error
    row.revision += 1
    row.changed_at = timezone.now()


def _own(delivery_id: int, by: Actor) -> tuple[Delivery, Lane]:
    connection = Connection.objects.get(deliveries=delivery_id)
    is_own = by.user is not None and by.reach is None and by.user.orcid == connection.orcid
    if not (is_own or by.is_operator):
        raise PermissionDenied
    lane = lanes.locked(connection.pk)
    return Delivery.objects.get(pk=delivery_id), lane
