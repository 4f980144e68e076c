"""Writing to a person's record with their permission, by the member API: one call each.

Items are ORCID's JSON; `section` is ORCID's word for one of them (`work`, `employment`). Who calls
has waited for the limiter (`http.wait_for_turn`) and renewed the token (`tokens.usable_token`), so
that between the last look at the permission and the call there is nothing.

What ORCID says about one item is an answer. All else is raised: `TokenRefused`, `RecordMoved`,
`RecordClosed`, `OrcidRefused` about this client; `OrcidUnavailable` when ORCID certainly did
nothing (429, 503), `Unsure` when it may have.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx
from django.conf import settings

from integrations.orcid import http, public, records, tokens
from integrations.orcid.errors import (
    OrcidRefused,
    OrcidUnavailable,
    RecordMoved,
    TokenRefused,
)
from integrations.orcid.models import Connection

Json = dict[str, Any]

_DUPLICATE, _MOVED, _CLIENT_LOCKED = 9021, 9007, 9057
# The item named by its put-code is not there; of the whole record ORCID says 9011.
_NO_ITEM = 9016
_DUPLICATE_OF = re.compile(r"put-code (\d{1,18})", re.ASCII)
_LAST_PART = re.compile(r"/(\d{1,18})/?$", re.ASCII)


class Unsure(OrcidUnavailable):
    """No answer that says whether it was done: look at the record before anything is sent again."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Written:
    """It is on the record."""

    put_code: int
    status: int = HTTPStatus.OK
    # Who sees it there, in ORCID's word; empty where the answer does not say.
    visibility: str = ""


@dataclass(frozen=True)
class Refused:
    """ORCID did not take the item (orcid-api.md, 2.4)."""

    status: int
    code: int
    put_code: int | None = None  # 9021: of the item that is there already

    @property
    def is_duplicate(self) -> bool:
        return self.code == _DUPLICATE

    @property
    def is_gone(self) -> bool:
        """There is no such item on the record. A gateway that lost its way says 404, too."""
        return (self.status, self.code) == (HTTPStatus.NOT_FOUND, _NO_ITEM)


@dataclass(frozen=True)
class OwnItem:
    """An item of the record that this client wrote."""

    put_code: int
    # Type and value of each identifier of relationship *self*: as written, and as ORCID compares.
    ids: frozenset[tuple[str, str]] = field(repr=False)


def post_works(connection: Connection, works: Sequence[Json]) -> list[Written | Refused]:
    """Add up to 100 works; an answer for each, in their order."""
    if len(works) > records.BULK:
        raise ValueError(f"More than {records.BULK} works at once.")
    body = {"bulk": [{"work": work} for work in works]}
    answer = _send(connection, "POST", "works", body)
    slots = (_object(answer)).get("bulk")
    if not isinstance(slots, list) or len(slots) != len(works):
        raise Unsure("ORCID's answer to many works cannot be read.")
    return [_slot(slot) for slot in slots]


def post_item(connection: Connection, section: str, item: Json) -> Written | Refused:
    """Add one item."""
    answer = _send(connection, "POST", section, item)
    if isinstance(answer, Refused):
        return answer
    found = _LAST_PART.search(answer.headers.get("location", ""))
    if answer.status_code != HTTPStatus.CREATED or found is None:
        raise Unsure("ORCID does not say where it put the item.")
    return Written(int(found[1]), answer.status_code)


def put_item(connection: Connection, section: str, put_code: int, item: Json) -> Written | Refused:
    """Bring the item with this put-code to this content."""
    body = item | {"put-code": put_code}
    answer = _send(connection, "PUT", f"{section}/{put_code}", body)
    if isinstance(answer, Refused):
        return answer
    stored = http.body_of(answer) or {}
    if stored.get("put-code") != put_code:
        raise Unsure("ORCID's answer to a changed item cannot be read.")
    return Written(put_code, answer.status_code, visibility_of(stored))


def delete_item(connection: Connection, section: str, put_code: int) -> Refused | None:
    """Delete the item; None when that is done. Works with a token that was withdrawn, too."""
    answer = _send(connection, "DELETE", f"{section}/{put_code}", None)
    if isinstance(answer, Refused):
        return answer
    if answer.status_code != HTTPStatus.NO_CONTENT:
        raise Unsure("ORCID's answer to a deletion cannot be read.")
    return None


def own_items(connection: Connection, section: str) -> list[OwnItem]:
    """What this client has in that section of the record: one call. Raises as `records`."""
    answer = records.read(connection, f"{section}s")
    client = connection.credential.client_id
    return [
        OwnItem(summary["put-code"], _self_ids(summary))
        for summary in _summaries(answer)
        if _source_client(summary) == client
    ]


def _send(
    connection: Connection, method: str, path: str, body: Json | None
) -> "httpx.Response | Refused":
    is_deleting = method == "DELETE"
    token = tokens.token_to_delete(connection) if is_deleting else tokens.usable_token(connection)
    url = f"{settings.ORCID_MEMBER_API_URL}/{connection.orcid}/{path}"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    # Escaped, so that no text, however broken, keeps the others from going out.
    content = None if body is None else json.dumps(body).encode()
    try:
        response = http.send(method, url, "write", has_turn=True, headers=headers, content=content)
    except OrcidUnavailable as error:
        raise Unsure(str(error)) from None
    if response.is_success:
        return response
    return _refused(connection, response, names_item=method != "POST")


def _refused(connection: Connection, response: httpx.Response, *, names_item: bool) -> Refused:
    """What ORCID says about the item. Raises all else."""
    body = http.body_of(response) or {}
    status, code = response.status_code, body.get("error-code")
    if status == HTTPStatus.CONFLICT and code == _MOVED:
        raise RecordMoved(_new_id(connection.orcid))
    if names_item and (status, code) == (HTTPStatus.NOT_FOUND, _NO_ITEM):
        return Refused(status, _NO_ITEM)
    if response.is_server_error and status != HTTPStatus.SERVICE_UNAVAILABLE:
        raise Unsure(f"ORCID failed (status {status}).", status=status)
    error = records.failure(response, orcid=connection.orcid)
    if _is_not_orcids(response, error):
        raise Unsure(f"Something refused the call (status {status}).", status=status)
    is_about_the_item = isinstance(error, OrcidRefused) and not isinstance(error, TokenRefused)
    if not is_about_the_item or status == HTTPStatus.UNAUTHORIZED or code == _CLIENT_LOCKED:
        raise error
    return _as_refused(status, body)


# Of these ORCID, or its proxy, says that the call was not taken, whatever it was about.
_NOT_NOW = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)


def _is_not_orcids(response: httpx.Response, error: Exception) -> bool:
    """A 4xx without a word of ORCID's: of a firewall that does not like a title, or to which it is too
    much at once. It may be about one item, which must not hold up the others."""
    says_nothing = isinstance(error, OrcidUnavailable) or (
        isinstance(error, OrcidRefused) and not error.code and not error.error
    )
    return response.is_client_error and response.status_code not in _NOT_NOW and says_nothing


def _as_refused(status: int, error: Json) -> Refused:
    code = error.get("error-code")
    code = code if isinstance(code, int) else 0
    found = _DUPLICATE_OF.search(http.shown(error.get("developer-message")))
    return Refused(status, code, int(found[1]) if found and code == _DUPLICATE else None)


def _slot(slot: object) -> Written | Refused:
    """One place of a bulk answer: the stored work, or ORCID's error body."""
    found = slot if isinstance(slot, dict) else {}
    work, error = found.get("work"), found.get("error")
    if isinstance(work, dict) and isinstance(work.get("put-code"), int):
        return Written(work["put-code"], visibility=visibility_of(work))
    if isinstance(error, dict):
        status = error.get("response-code")
        return _as_refused(status if isinstance(status, int) else 0, error)
    raise Unsure("ORCID's answer to one of many works cannot be read.")


def _object(answer: "httpx.Response | Refused") -> Json:
    if isinstance(answer, Refused):
        raise BatchRefused(answer)
    return http.body_of(answer) or {}


class BatchRefused(Exception):
    """ORCID refused a whole batch, and does not say because of which item."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(f"ORCID refused a batch: {refused.status} {refused.code}")
        self.refused = refused


def _new_id(orcid: str) -> str:
    """ORCID's answer to a write says that the record has moved; where to, only a read says."""
    state = public.read_record_state(orcid)
    if state.state != "moved":
        raise OrcidUnavailable("ORCID says that a record has moved, not where to.")
    return state.moved_to


def _summaries(found: object) -> Iterator[Json]:
    """Every item in a section, however ORCID groups it."""
    if isinstance(found, list):
        for each in found:
            yield from _summaries(each)
    elif isinstance(found, dict):
        if isinstance(found.get("put-code"), int):
            yield found
        else:
            for each in found.values():
                yield from _summaries(each)


def visibility_of(item: Json) -> str:
    """Who sees an item, in ORCID's word; empty for none that we know."""
    found = str(item.get("visibility") or "").lower()
    return found if found in {"public", "limited", "private"} else ""


def _source_client(summary: Json) -> object:
    source = summary.get("source")
    client = source.get("source-client-id") if isinstance(source, dict) else None
    return client.get("path") if isinstance(client, dict) else None


def _self_ids(summary: Json) -> frozenset[tuple[str, str]]:
    listed = (summary.get("external-ids") or {}).get("external-id") or []
    ids = set()
    for each in listed:
        if each.get("external-id-relationship") != "self":
            continue
        kind, normalized = str(each.get("external-id-type")), each.get("external-id-normalized")
        values = [each.get("external-id-value"), (normalized or {}).get("value")]
        ids |= {(kind, str(value)) for value in values if value}
    return frozenset(ids)
