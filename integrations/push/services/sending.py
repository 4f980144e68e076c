"""Writing what is queued to one record (rules O3, O4, O5, H1).

A worker holds the record's lane. What was on its way when another one died is read back first. Then,
for each call: wait for the limiter; in one transaction look once more whether each may go, and say
*sending*; call ORCID; in one transaction write down what it said. Killed at any moment, it leaves
rows that say *queued*, and nothing has gone out, or *sending*, and the record is asked.
"""

import logging
from collections.abc import Sequence

from contacts.services import moving
from integrations.orcid import connections, http, tokens, writes
from integrations.orcid.errors import (
    OrcidRefused,
    OrcidUnavailable,
    RecordClosed,
    RecordMoved,
    TokenRefused,
)
from integrations.orcid.models import Connection
from integrations.orcid.records import BULK
from integrations.orcid.writes import BatchRefused, Unsure
from integrations.push import words
from integrations.push.models import Attempt, Delivery
from integrations.push.services import lanes, outcomes, preparing, reading_back
from integrations.push.services.outcomes import Answer
from integrations.push.services.preparing import Ready
from members.actors import Actor

log = logging.getLogger(__name__)

# Calls in one turn: then another record has its turn.
MOST_CALLS = 50
Kind = Attempt.Kind


def deliver(*, connection_id: int) -> bool:
    """Send what is queued for one record; False when another worker does, or nothing is due.

    What cannot be sent now waits for a person, or for the next try: nothing is raised but what is a
    fault of ours, and then the lane rests, too.
    """
    hold = lanes.claim(connection_id)
    if hold is None:
        return False
    try:
        with http.patient():
            _attempt(hold)
    except lanes.LaneLost:
        log.info("Another worker writes to the record of connection %s.", connection_id)
    except Exception:
        _rest_if_held(hold)
        raise
    return True


def _attempt(hold: lanes.Hold) -> None:
    """One turn, and what follows from what ORCID says of record, permission or client."""
    turn = _Turn(hold)
    try:
        turn.take()
    except TokenRefused:
        connections.mark_withdrawn(connection_id=hold.connection_id, seen=turn.connection)
        # Whoever has connected anew meanwhile is not asked to.
        turn.nothing_was_done(words.BUSY if turn.is_connected_anew else words.RECONNECT)
    except RecordClosed:
        turn.nothing_was_done(words.CLOSED)
        connections.mark_closed(connection_id=hold.connection_id)
    except RecordMoved as moved:
        turn.nothing_was_done(words.MOVED)
        # Here the lane is lost: what is queued goes to the new record, by another worker.
        moving.move_orcid(old=turn.connection.orcid, new=moved.new_orcid, by=Actor.system())
        return
    except Unsure as error:
        turn.who_knows(error.status)
        lanes.rest(hold)
        return
    except OrcidUnavailable as error:
        turn.nothing_was_done(words.BUSY)
        lanes.rest(hold, retry_after=error.retry_after)
        return
    except OrcidRefused as error:
        # About this client, not about one item: it would be said of each.
        log.error("ORCID refuses to be written to: %s", error)  # noqa: TRY400  # says all there is
        turn.nothing_was_done(str(error.code or error.status))
        lanes.rest(hold, retry_after=lanes.LONGEST_PAUSE.total_seconds())
        return
    lanes.release(hold)
    _end_if_wanted(hold.connection_id)


def _rest_if_held(hold: lanes.Hold) -> None:
    try:
        lanes.rest(hold)
    except lanes.LaneLost:
        log.info("The lane of connection %s is another worker's.", hold.connection_id)


def _end_if_wanted(connection_id: int) -> None:
    """All that was to be deleted has been: now the token is revoked (O6)."""
    if lanes.may_end(connection_id):
        connections.disconnect(connection_id=connection_id)


class _Turn:
    def __init__(self, hold: lanes.Hold) -> None:
        self.hold = hold
        self.calls = 0
        # What is on its way, for who has to write down that ORCID did nothing, or that nobody knows.
        self.under_way: list[Ready] = []
        self.kind = Kind.ADD
        self.connection = self._fresh()

    def take(self) -> None:
        is_more = True
        while is_more:
            self._read_back()
            ready, is_more = self._prepare()
            for batch in preparing.batches(ready):
                is_more |= self._send(batch)
                if self.calls >= MOST_CALLS:
                    return

    def _fresh(self) -> Connection:
        return Connection.objects.select_related("credential").get(pk=self.hold.connection_id)

    @property
    def is_connected_anew(self) -> bool:
        now = Connection.objects.filter(pk=self.hold.connection_id).first()
        return now is not None and str(now.access_token) != str(self.connection.access_token)

    def _read_back(self) -> None:
        """O3, O4: what another worker left on its way is looked for on the record; so is what ORCID
        says is there, but not under which put-code."""
        for section in reading_back.sections(self.connection):
            self.calls += 1
            found = writes.own_items(self.connection, section)
            with self.hold.step():
                reading_back.settle(self.connection, section, found)
        with self.hold.step():
            reading_back.repeat_deletions(self.connection)

    def _prepare(self) -> tuple[list[Ready], bool]:
        """What needs a call, of the next hundred; and whether there may be more than these."""
        self.connection = self._fresh()
        with self.hold.step():
            rows = list(Delivery.objects.to_send(self.hold.connection_id)[:BULK])
            return preparing.prepare(rows, self.connection), len(rows) == BULK

    def _send(self, batch: Sequence[Ready]) -> bool:
        """Whether something of it is to be sent again, or looked up."""
        self.calls += 1
        self.kind = batch[0].kind
        # First whatever may take long, so that nothing lies between the last look and the call.
        if self.kind == Kind.DELETE:
            tokens.token_to_delete(self.connection)
        else:
            tokens.usable_token(self.connection)
        http.wait_for_turn()
        with self.hold.step():
            self.connection = self._fresh()
            self.under_way = preparing.send_off(batch, self.connection)
        if not self.under_way:
            return False
        answers = self._call(self.under_way)
        with self.hold.step():
            is_more = outcomes.settle(self.under_way, answers)
        self.under_way = []
        return is_more

    def _call(self, batch: Sequence[Ready]) -> list[Answer]:
        first = batch[0]
        row, section = first.row, first.row.section
        if self.kind == Kind.DELETE:
            return [writes.delete_item(self.connection, section, first.put_code)]
        if self.kind == Kind.UPDATE:
            return [writes.put_item(self.connection, section, first.put_code, first.payload)]
        if section != preparing.WORK or row.alone:
            return [writes.post_item(self.connection, section, first.payload)]
        try:
            return list(writes.post_works(self.connection, [one.payload for one in batch]))
        except BatchRefused as whole:
            return outcomes.of_batch(whole.refused, len(batch))

    def nothing_was_done(self, code: str) -> None:
        """ORCID did not take the call: what was on its way is queued again."""
        with self.hold.step():
            outcomes.put_back(self.under_way, code)

    def who_knows(self, status: int | None) -> None:
        """It may have been done or not: it stays *sending*, and is read back."""
        with self.hold.step():
            outcomes.leave_open(self.under_way, status)
