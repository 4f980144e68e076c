"""Reading a person's record with their permission, by the member API.

All of it raises `TokenRefused`, `RecordMoved`, `RecordClosed`, `OrcidRefused` and
`OrcidUnavailable`; for workers, inside `http.patient()`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx
from django.conf import settings

from integrations.orcid import http, public, tokens
from integrations.orcid.errors import (
    Closed,
    OrcidError,
    OrcidUnavailable,
    RecordClosed,
    RecordMoved,
    TokenRefused,
)
from integrations.orcid.models import Connection

# As many as ORCID reads or writes in one call.
BULK = 100
# Whether the person has disconnected is looked at before a call, at most once in so many seconds (O6).
READ_AGAIN_AFTER = 1.0

# What ORCID says, by status, and word or code (orcid-api.md, 1.7 and 2.4).
_TOKEN_REFUSED = {
    (401, "invalid_token"),  # withdrawn, run out
    (401, 9017),  # of another record
    (403, "forbidden"),
    # The token lacks the permission; 9038 is what the member API says of what is not public.
    *((403, code) for code in (9004, 9005, 9014, 9038)),
}
_CLOSED: dict[tuple[int, int], Closed] = {
    (409, 9018): "locked",
    (409, 9044): "deactivated",
    (404, 9011): "missing",
    (404, 9016): "missing",
}


@dataclass(frozen=True)
class WorksSection:
    """The section *works* of a record, grouped by ORCID (O7)."""

    modified: int | None  # its `last-modified-date`, milliseconds since 1970; None when empty
    groups: list[dict[str, Any]] = field(repr=False)  # ORCID's JSON


def read_works(connection: Connection) -> WorksSection:
    """All works that the permission shows, as summaries: one call.

    An empty section is what a deactivated record shows too: only then, a second call tells.
    """
    answer = read(connection, "works")
    found = answer.get("group")
    if not isinstance(found, list) or not all(isinstance(group, dict) for group in found):
        raise OrcidUnavailable("ORCID's list of works cannot be read.")
    if not found:
        _see_that_it_is_open(connection.orcid)
    return WorksSection(_milliseconds(answer.get("last-modified-date")), found)


def read_work_details(connection: Connection, put_codes: Sequence[int]) -> list[dict[str, Any]]:
    """The whole of up to 100 works (ORCID's JSON), in one call.

    What is gone or no longer visible (9034, 9013) is left out.
    """
    if not put_codes:
        return []
    if len(put_codes) > BULK:
        raise ValueError(f"More than {BULK} works at once.")
    answer = read(connection, f"works/{','.join(map(str, put_codes))}")
    slots = answer.get("bulk")
    if not isinstance(slots, list):
        raise OrcidUnavailable("ORCID's works cannot be read.")
    works = [slot.get("work") for slot in slots if isinstance(slot, dict)]
    return [work for work in works if isinstance(work, dict)]


def read(connection: Connection, path: str) -> dict[str, Any]:
    """GET what lies below the record, with the person's permission; the JSON object it answers."""
    http.wait_for_turn()  # first, as it may take long
    token = tokens.usable_token(connection, good_for=READ_AGAIN_AFTER)
    response = http.send(
        "GET",
        f"{settings.ORCID_MEMBER_API_URL}/{connection.orcid}/{path}",
        "record",
        has_turn=True,
        headers={"Authorization": f"Bearer {token}"},
    )
    if response.is_success:
        return http.json_object(response)
    raise failure(response, orcid=connection.orcid)


def failure(response: httpx.Response, *, orcid: str) -> OrcidError:
    """The exception for an answer of the member API, about that iD, that is not what was asked for."""
    if response.status_code == HTTPStatus.MOVED_PERMANENTLY:
        return RecordMoved(public.moved_to(response, besides=orcid))
    error = http.failure(response)
    if isinstance(error, OrcidUnavailable):
        return error
    if {(error.status, error.error), (error.status, error.code)} & _TOKEN_REFUSED:
        return TokenRefused(status=error.status, error=error.error, code=error.code)
    state = _CLOSED.get((error.status, error.code))
    return RecordClosed(state) if state else error


def _see_that_it_is_open(orcid: str) -> None:
    found = public.read_record_state(orcid)
    if found.state == "moved":
        raise RecordMoved(found.moved_to)
    if found.state != "fine":
        raise RecordClosed(found.state)


def _milliseconds(value: object) -> int | None:
    found = value.get("value") if isinstance(value, dict) else None
    return found if isinstance(found, int) else None
