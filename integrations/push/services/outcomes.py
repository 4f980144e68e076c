"""What ORCID said, written down: state, put-code, history (rule O4). Under the record's lane."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from integrations.orcid.writes import Refused, Written
from integrations.push import words
from integrations.push.models import Attempt, Delivery
from integrations.push.services import queueing
from integrations.push.services.preparing import Ready

State, Want = Delivery.State, Delivery.Want
Kind = Attempt.Kind


@dataclass(frozen=True)
class Apart:
    """A batch was refused as a whole: whose fault it is shows when each goes by itself."""

    refused: Refused


# None: deleted.
Answer = Written | Refused | Apart | None
# So often ORCID may break down over one item; after as many tries without an answer it goes by itself.
MOST_BREAKDOWNS = 5
# Of a whole batch, these are said of each of its items.
_OF_EACH = {9048}


def of_batch(refused: Refused, number: int) -> list[Answer]:
    """An answer for each of a batch that was refused as a whole."""
    is_known = refused.code in _OF_EACH or number == 1
    return [refused if is_known else Apart(refused)] * number


def settle(batch: Sequence[Ready], answers: Sequence[Answer]) -> bool:
    """Write down what ORCID answered to each; whether one is to be sent again, or looked up."""
    here = _fresh(batch)
    holders = _holders(batch, answers)
    history = []
    for one, answer in zip(batch, answers, strict=True):
        history.append(_attempt(one, answer))
        row = here[one.row.pk]
        row.changed_at, row.error_code, row.error = timezone.now(), "", ""
        if answer is None:
            deleted(row)
        elif isinstance(answer, Written):
            _written(row, answer)
            holders[answer.put_code] = row
        elif isinstance(answer, Apart):
            row.state, row.alone = State.QUEUED, True
        else:
            _refused(row, one.kind, answer, holders)
        if row.revision != one.row.revision and row.state not in {State.REMOVED, State.SENDING}:
            row.state = State.QUEUED  # something else was asked for meanwhile
    queueing.save(here.values())
    Attempt.objects.bulk_create(history)
    return any(row.state in {State.QUEUED, State.SENDING} for row in here.values())


def put_back(batch: Sequence[Ready], code: str) -> None:
    """ORCID did nothing: they are queued again, or wait for the permission to be given anew."""
    state = State.WAITING if code == words.RECONNECT else State.QUEUED
    _note(batch, state, code, status=None)


def leave_open(batch: Sequence[Ready], status: int | None) -> None:
    """Whether ORCID did it, nobody knows: they stay *sending*. One over which it may have broken
    down goes by itself the next time; so does one that something in front of ORCID refuses."""
    is_breakdown = status is not None and status <= 500
    code = words.BROKEN if is_breakdown else words.NO_ANSWER
    _note(batch, State.SENDING, code, status=status)


def is_hopeless(row: Delivery) -> bool:
    """Whether ORCID broke down over it too often since it last took it."""
    taken = row.history.filter(code="").values_list("pk", flat=True).first() or 0
    broken = row.history.filter(code=words.BROKEN, pk__gt=taken)
    return broken.count() >= MOST_BREAKDOWNS


def deleted(row: Delivery) -> None:
    """It is gone from the record, as was wanted; what it covered may go now."""
    row.state, row.put_code, row.payload_hash = State.DELETED, None, ""
    covered = row.covers.filter(state=State.COVERED)
    covered.update(state=State.QUEUED, covered_by=None, error_code="", sent_hash="")


def removed(row: Delivery) -> None:
    """The person removed it at ORCID: neither it nor what it covered is added again silently."""
    row.state, row.put_code, row.payload_hash = State.REMOVED, None, ""
    row.error_code = words.REMOVED
    covered = row.covers.exclude(state=State.DISCARDED)
    covered.update(state=State.REMOVED, covered_by=None, error_code=words.REMOVED)


def adopt(row: Delivery, put_code: int, holders: Mapping[int, Delivery]) -> None:
    """The record has it, as this client's: take the put-code and bring the item up to date, unless
    another delivery's item it is."""
    holder = holders.get(put_code)
    if holder is not None and holder.pk != row.pk:
        row.state, row.covered_by, row.error_code = State.COVERED, holder, words.COVERED
        return
    row.state, row.put_code, row.payload_hash = State.QUEUED, put_code, ""


def held(connection_id: int, section: str, put_codes: Sequence[int]) -> dict[int, Delivery]:
    """Whose these put-codes are already."""
    rows = Delivery.objects.filter(connection=connection_id, section=section)
    return {row.put_code: row for row in rows.filter(put_code__in=put_codes) if row.put_code}


def _written(row: Delivery, answer: Written) -> None:
    row.state, row.put_code, row.payload_hash = State.IN_ORCID, answer.put_code, row.sent_hash
    row.in_orcid_at, row.alone, row.covered_by = timezone.now(), False, None
    row.visibility = answer.visibility or row.visibility


def _refused(
    row: Delivery, kind: Attempt.Kind, answer: Refused, holders: Mapping[int, Delivery]
) -> None:
    if kind == Kind.ADD and answer.is_duplicate:
        if answer.put_code is None:
            # ORCID does not say which item it is: the record does, and is asked (`reading_back`).
            row.state, row.error_code = State.SENDING, words.DUPLICATE
        else:
            adopt(row, answer.put_code, holders)
    elif kind != Kind.ADD and answer.is_gone:
        removed(row)
    else:
        row.state, row.error_code = State.FAILED, _code(answer)


def _holders(batch: Sequence[Ready], answers: Sequence[Answer]) -> dict[int, Delivery]:
    named = [each.put_code for each in answers if isinstance(each, Refused) and each.put_code]
    first = batch[0].row
    return held(first.connection_id, first.section, named) if named else {}


def _fresh(batch: Sequence[Ready]) -> dict[int, Delivery]:
    return Delivery.objects.in_bulk([one.row.pk for one in batch])


def _note(batch: Sequence[Ready], state: str, code: str, *, status: int | None) -> None:
    here = _fresh(batch)
    history = []
    for one in batch:
        row = here[one.row.pk]
        row.state, row.error_code, row.changed_at = state, code, timezone.now()
        row.alone = row.alone or code == words.BROKEN
        history.append(Attempt(delivery=row, kind=one.kind, status=status, code=code))
    queueing.save(here.values())
    Attempt.objects.bulk_create(history)


def _attempt(one: Ready, answer: Answer) -> Attempt:
    made = Attempt(delivery=one.row, kind=one.kind, put_code=one.row.put_code)
    if isinstance(answer, Apart):
        answer = answer.refused
    if answer is None:
        made.status = 204
    elif isinstance(answer, Written):
        made.status, made.put_code = answer.status, answer.put_code
    else:
        made.status, made.code = answer.status, _code(answer)
        made.put_code = answer.put_code or made.put_code
    return made


def _code(answer: Refused) -> str:
    return str(answer.code or answer.status)
