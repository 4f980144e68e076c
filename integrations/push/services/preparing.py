"""Before a call: what is to be sent, whether it may go, and how it is said that it is on its way.

Everything here happens inside a transaction under the record's lane.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import F
from django.utils import timezone

from integrations.orcid import scopes
from integrations.orcid.models import Connection
from integrations.orcid.records import BULK
from integrations.push import sources, words
from integrations.push.models import Attempt, Delivery
from integrations.push.services import lanes, queueing

State, Want = Delivery.State, Delivery.Want
Kind = Attempt.Kind
# The one section that ORCID takes many items of in one call.
WORK = "work"


@dataclass(frozen=True)
class Ready:
    """A delivery with what is to be sent, made a moment ago."""

    row: Delivery
    kind: Attempt.Kind
    payload: sources.Payload = field(repr=False)

    @property
    def put_code(self) -> int:
        return self.row.put_code or 0


def prepare(rows: Sequence[Delivery], connection: Connection) -> list[Ready]:
    """Those that need a call. For the others it is written down what they are instead."""
    deletions = [row for row in rows if row.want == Want.DELETE]
    ready, settled = [], []
    for row in deletions:
        if row.put_code is None:
            _settle(row, State.WITHDRAWN)
            settled.append(row)
        else:
            ready.append(Ready(row, Kind.DELETE, {}))
    for row, made in _made([row for row in rows if row.want == Want.WRITE], connection):
        if made is None:
            _settle(row, State.WITHDRAWN if row.put_code is None else State.IN_ORCID)
        elif isinstance(made, sources.Refusal):
            queueing.refuse(row, made)
        elif row.put_code is not None and row.payload_hash == sources.payload_hash(made):
            _settle(row, State.IN_ORCID)  # O4: unchanged, no call
        else:
            ready.append(Ready(row, Kind.ADD if row.put_code is None else Kind.UPDATE, made))
            continue
        settled.append(row)
    return _allowed(ready, connection, settled)


def batches(ready: Sequence[Ready]) -> Iterator[Sequence[Ready]]:
    """Works to be added go together, everything else by itself."""
    together = [
        one
        for one in ready
        if one.kind == Kind.ADD and one.row.section == WORK and not one.row.alone
    ]
    for start in range(0, len(together), BULK):
        yield together[start : start + BULK]
    keys = {one.row.pk for one in together}
    for one in ready:
        if one.row.pk not in keys:
            yield [one]


def send_off(batch: Sequence[Ready], connection: Connection) -> list[Ready]:
    """Say *sending* of those that may go at this very moment, and are what they were when prepared."""
    fresh = Delivery.objects.filter(state=State.QUEUED).in_bulk([one.row.pk for one in batch])
    unchanged = [
        Ready(fresh[one.row.pk], one.kind, one.payload)
        for one in batch
        if one.row.pk in fresh and fresh[one.row.pk].revision == one.row.revision
    ]
    going = _allowed(unchanged, connection, [])
    # Mostly it is what was to be sent when it was queued, and that is written down already.
    queueing.save(one.row for one in going if queueing.note(one.row, one.payload))
    Delivery.objects.filter(pk__in=[one.row.pk for one in going]).update(
        state=State.SENDING, changed_at=timezone.now(), attempts=F("attempts") + 1
    )
    return going


def _allowed(
    ready: Sequence[Ready], connection: Connection, settled: list[Delivery]
) -> list[Ready]:
    """Without those that may not go; these wait, and say for what. Stores them, and the settled."""
    going = []
    reasons = _reasons([one.row for one in ready], connection)
    for one in ready:
        code = _obstacle(connection, one.row)
        if code:
            _settle(one.row, State.WAITING, code=code)
        elif one.row.pk in reasons:
            _settle(one.row, State.WAITING, code=words.NOT_NOW, error=reasons[one.row.pk])
        else:
            going.append(one)
            continue
        settled.append(one.row)
    queueing.save(settled)
    return going


def _made(
    rows: Sequence[Delivery], connection: Connection
) -> Iterator[tuple[Delivery, sources.Payload | sources.Refusal | None]]:
    for section, items in _by_section(rows).items():
        made = sources.of(section).payloads([row.item_id for row in items], connection)
        for row in items:
            yield row, sources.complete(made.get(row.item_id))


def _reasons(rows: Sequence[Delivery], connection: Connection) -> dict[int, str]:
    """What the rooms say against it. What a person wants deleted before they disconnect is theirs
    alone to say (O6): then no room is asked."""
    if any(row.want == Want.DELETE for row in rows) and lanes.is_ending(connection.pk):
        rows = [row for row in rows if row.want != Want.DELETE]
    reasons: dict[int, str] = {}
    for section, items in _by_section(rows).items():
        reasons |= sources.of(section).may_go(items)
    return reasons


def _by_section(rows: Sequence[Delivery]) -> dict[str, list[Delivery]]:
    found: dict[str, list[Delivery]] = defaultdict(list)
    for row in rows:
        found[row.section].append(row)
    return found


def _obstacle(connection: Connection, row: Delivery) -> str:
    """Why the connection does not let it go; empty when it does."""
    if connection.state == Connection.State.WITHDRAWN:
        # ORCID lets a withdrawn token delete what was written with it.
        is_deletion = row.want == Want.DELETE and connection.access_token
        return "" if is_deletion else words.RECONNECT
    if connection.state == Connection.State.CLOSED:
        return words.CLOSED
    if not connection.is_active:
        return words.NOT_CONNECTED
    return words.NO_SCOPE if scopes.missing(connection.scopes, [scopes.ACTIVITIES_UPDATE]) else ""


def _settle(row: Delivery, state: str, *, code: str = "", error: str = "") -> None:
    row.state, row.error_code, row.error = state, code, error
    row.changed_at = timezone.now()
