"""What was on its way when a worker died, or ORCID did not answer: the record tells (rule O3).

Under the record's lane, so that nothing that is *sending* belongs to a worker that lives.
"""

from collections.abc import Sequence

from django.utils import timezone

from integrations.orcid.models import Connection
from integrations.orcid.writes import OwnItem
from integrations.push import words
from integrations.push.models import Attempt, Delivery
from integrations.push.services import outcomes, queueing

State = Delivery.State


def sections(connection: Connection) -> list[str]:
    """Those with something on its way; none while the record may not be read."""
    if not connection.is_active:
        return []
    under_way = Delivery.objects.filter(connection=connection, state=State.SENDING)
    return list(under_way.order_by("section").values_list("section", flat=True).distinct())


def settle(connection: Connection, section: str, found: Sequence[OwnItem]) -> None:
    """Say of each that was on its way whether it arrived. What is on the record is adopted, and
    then brought up to date; what is not is queued again."""
    rows = list(
        Delivery.objects.filter(
            connection=connection, section=section, state=State.SENDING
        ).order_by("pk")
    )
    there = {item.put_code for item in found}
    by_id = {each: item.put_code for item in found for each in item.ids}
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
    broke, row.error_code = row.error_code == words.BROKEN, ""
    was_deletion = not row.sent_hash
    if row.put_code is not None:
        if put_code == row.put_code:
            row.state = State.QUEUED  # changing or deleting once more does no harm
        elif was_deletion:
            outcomes.deleted(row)
        else:
            outcomes.removed(row)
    elif put_code is not None:
        outcomes.adopt(row, put_code, holders)
        holders.setdefault(put_code, row)
    elif broke and row.attempts >= outcomes.MOST_BREAKDOWNS:
        row.state, row.error_code = State.FAILED, words.BROKEN
    else:
        row.state = State.QUEUED


def _found(row: Delivery, by_id: dict[tuple[str, str], int]) -> int | None:
    """The put-code of an own item with an identifier that was sent; never for one that had its own."""
    if row.put_code is not None:
        return None
    kept = (by_id.get((kind, value)) for kind, value in row.sent_ids)
    return next((put_code for put_code in kept if put_code), None)
