"""What was on its way when a worker died, or ORCID did not answer, or did not say under which
put-code the record has it already: the record tells (rules O3, O4).

Under the record's lane, so that nothing that is *sending* belongs to a worker that lives.
"""

from collections.abc import Iterable, Sequence

from django.utils import timezone

from integrations.orcid.models import Connection
from integrations.orcid.writes import OwnItem
from integrations.push import sources, words
from integrations.push.models import Attempt, Delivery
from integrations.push.services import outcomes, queueing

State = Delivery.State
Id = tuple[str, str]


def sections(connection: Connection) -> list[str]:
    """Those with something on its way; none while the record may not be read."""
    if not connection.is_active:
        return []
    under_way = Delivery.objects.filter(connection=connection, state=State.SENDING)
    return list(under_way.order_by("section").values_list("section", flat=True).distinct())


def repeat_deletions(connection: Connection) -> None:
    """A record whose permission was withdrawn can be deleted from, not read: what was to be deleted
    is deleted once more, which does no harm."""
    if connection.state != Connection.State.WITHDRAWN:
        return
    deletions = Delivery.objects.filter(connection=connection, want="delete", state=State.SENDING)
    deletions.filter(put_code__isnull=False).update(state=State.QUEUED)


def settle(connection: Connection, section: str, found: Sequence[OwnItem]) -> None:
    """Say of each that was on its way whether it arrived. What is on the record is adopted, and
    then brought up to date; what is not is queued again."""
    rows = list(
        Delivery.objects.filter(
            connection=connection, section=section, state=State.SENDING
        ).order_by("pk")
    )
    there = {item.put_code for item in found}
    by_id = {key: item.put_code for item in found for key in _keys(section, item.ids)}
    holders = outcomes.held(connection.pk, section, list(there))
    history = []
    for row in rows:
        put_code = row.put_code if row.put_code in there else _found(row, by_id)
        code = words.FOUND if put_code else words.NOT_FOUND
        look = Attempt(delivery=row, kind=Attempt.Kind.LOOK, code=code, put_code=put_code)
        history.append(look)
        _settle(row, put_code, holders)
        row.changed_at = timezone.now()
    queueing.save(rows)
    Attempt.objects.bulk_create(history)


def _settle(row: Delivery, put_code: int | None, holders: dict[int, Delivery]) -> None:
    before, row.error_code = row.error_code, ""
    was_deletion = not row.sent_hash
    is_there = put_code is not None
    if (
        before == words.BROKEN
        and is_there == (row.put_code is not None)
        and outcomes.is_hopeless(row)
    ):
        row.state, row.error_code = State.FAILED, before
    elif row.put_code is not None:
        if put_code == row.put_code:
            row.state = State.QUEUED  # changing or deleting once more does no harm
        elif was_deletion:
            outcomes.deleted(row)
            if row.want == Delivery.Want.WRITE:
                row.state = State.QUEUED  # published again meanwhile
        else:
            outcomes.removed(row)
    elif put_code is not None:
        outcomes.adopt(row, put_code, holders)
        holders.setdefault(put_code, row)
    elif before == words.DUPLICATE:
        row.state, row.error_code = State.FAILED, before
    else:
        row.state = State.QUEUED
        # Perhaps it is the one because of which there was no answer.
        row.alone = row.alone or row.attempts >= outcomes.MOST_BREAKDOWNS


def _keys(section: str, ids: Iterable[Id]) -> set[Id]:
    """By what they are found: as they stand, and as two of them are compared."""
    as_compared = sources.of(section).normalized
    return {(kind, form) for kind, value in ids for form in (value, as_compared(kind, value))}


def _found(row: Delivery, by_id: dict[Id, int]) -> int | None:
    """The put-code of an own item with an identifier that was sent; never for one that had its own."""
    if row.put_code is not None:
        return None
    sent = _keys(row.section, ((kind, value) for kind, value in row.sent_ids))
    return next((by_id[key] for key in sorted(sent) if key in by_id), None)
