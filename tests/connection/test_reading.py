"""Reading a record with a person's permission: what is asked, and each answer that ORCID may give."""

import datetime
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import respx
from pytest_django import Settings

from integrations.orcid import changes, records
from integrations.orcid.errors import (
    OrcidError,
    OrcidRefused,
    OrcidUnavailable,
    RecordClosed,
    RecordMoved,
    TokenRefused,
)
from integrations.orcid.models import Connection
from tests.factories import make_connection, new_orcid

pytestmark = pytest.mark.django_db
API, PUBLIC = "http://api.orcid.test/v3.0", "http://pub.orcid.test/v3.0"
NEW = "0000-0002-1825-0097"
EMPTY: dict[str, Any] = {"last-modified-date": None, "group": []}


@pytest.fixture
def fake(settings: Settings) -> Iterator[respx.MockRouter]:
    settings.ORCID_MEMBER_API_URL, settings.ORCID_PUBLIC_API_URL = API, PUBLIC
    settings.ORCID_CLIENT_ID = ""  # public reads are anonymous: no token to ask for
    with respx.mock(assert_all_called=False) as router:
        yield router


@pytest.fixture
def made(fake: respx.MockRouter) -> Connection:
    return make_connection()


def error(status: int, code: int) -> httpx.Response:
    return httpx.Response(status, json={"response-code": status, "error-code": code})


def test_works_are_read_in_one_call_with_the_persons_token(
    fake: respx.MockRouter, made: Connection
) -> None:
    group = {"last-modified-date": {"value": 5}, "work-summary": []}
    fake.get(f"{API}/{made.orcid}/works").respond(
        json={"last-modified-date": {"value": 1559917017189}, "group": [group]}
    )

    found = records.read_works(made)

    assert (found.modified, found.groups) == (1559917017189, [group])
    assert fake.calls.call_count == 1
    request = fake.calls.last.request
    assert request.headers["Authorization"] == f"Bearer {made.access_token}"
    assert made.access_token not in str(request.url)


def test_details_come_in_bulk_without_what_is_gone(
    fake: respx.MockRouter, made: Connection
) -> None:
    gone = {"error": {"response-code": 404, "error-code": 9034}}
    fake.get(f"{API}/{made.orcid}/works/1,2,3").respond(
        json={"bulk": [{"work": {"put-code": 1}}, {"work": {"put-code": 3}}, gone]}
    )

    works = records.read_work_details(made, [1, 2, 3])

    assert [work["put-code"] for work in works] == [1, 3]


def test_more_than_orcid_takes_at_once_is_our_mistake(made: Connection) -> None:
    with pytest.raises(ValueError, match="100"):
        records.read_work_details(made, range(101))


def test_nothing_to_read_costs_no_call(fake: respx.MockRouter, made: Connection) -> None:
    assert records.read_work_details(made, []) == []
    assert fake.calls.call_count == 0


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.Response(401, json={"error": "invalid_token"}), TokenRefused),
        (error(401, 9017), TokenRefused),
        (httpx.Response(403, json={"error": "forbidden"}), TokenRefused),
        (error(403, 9038), TokenRefused),
        (error(409, 9018), RecordClosed),
        (error(409, 9044), RecordClosed),
        (error(404, 9016), RecordClosed),
        (error(409, 9036), OrcidRefused),
        (error(400, 9042), OrcidRefused),
        (httpx.Response(503, html="<h1>Slow down</h1>"), OrcidUnavailable),
        (httpx.Response(401, html="<h1>A proxy</h1>"), OrcidUnavailable),
        (httpx.Response(200, json={"last-modified-date": None}), OrcidUnavailable),
        (httpx.Response(200, json={"group": ["x"]}), OrcidUnavailable),
        (httpx.Response(200, html="<h1>Hello</h1>"), OrcidUnavailable),
    ],
    ids=str,
)
def test_every_other_answer_has_its_name(
    fake: respx.MockRouter, made: Connection, answer: httpx.Response, expected: type[OrcidError]
) -> None:
    fake.get(f"{API}/{made.orcid}/works").mock(return_value=answer)

    with pytest.raises(OrcidError) as caught:
        records.read_works(made)

    assert type(caught.value) is expected


def test_c8_moved_record_says_where_to(fake: respx.MockRouter, made: Connection) -> None:
    fake.get(f"{API}/{made.orcid}/works").respond(
        301, headers={"Location": f"{API}/{NEW}/works"}, json={"error-code": 9007}
    )

    with pytest.raises(RecordMoved) as caught:
        records.read_works(made)

    assert caught.value.new_orcid == NEW


def test_empty_section_of_a_record_in_order_is_empty(
    fake: respx.MockRouter, made: Connection
) -> None:
    fake.get(f"{API}/{made.orcid}/works").respond(json=EMPTY)
    fake.get(f"{PUBLIC}/{made.orcid}/person").respond(json={"name": None})

    assert records.read_works(made) == records.WorksSection(None, [])


def test_empty_section_of_a_deactivated_record_is_no_news(
    fake: respx.MockRouter, made: Connection
) -> None:
    """ORCID answers 200 with nothing in it, which must not empty a person's list here."""
    fake.get(f"{API}/{made.orcid}/works").respond(json=EMPTY)
    name = {"given-names": {"value": "Given Names Deactivated"}}
    fake.get(f"{PUBLIC}/{made.orcid}/person").respond(json={"name": name})

    with pytest.raises(RecordClosed) as caught:
        records.read_works(made)

    assert caught.value.state == "deactivated"


def test_search_hints_at_what_has_changed(fake: respx.MockRouter) -> None:
    changed, same = new_orcid(), new_orcid()
    search = fake.get(f"{PUBLIC}/search").respond(json={"result": rows(changed, NEW)})
    since = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)

    assert changes.changed_since([changed, same], since) == {changed}

    assert search.calls.last.request.url.params["q"] == (
        f"orcid:({changed} OR {same}) AND profile-last-modified-date:[2026-03-01T12:00:00Z TO *]"
    )


def rows(*orcids: str) -> list[dict[str, Any]]:
    return [{"orcid-identifier": {"path": orcid}} for orcid in orcids]


def test_nothing_has_changed(fake: respx.MockRouter) -> None:
    fake.get(f"{PUBLIC}/search").respond(json={"result": None, "num-found": 0})

    assert changes.changed_since([NEW], datetime.datetime.now(datetime.UTC)) == set()
