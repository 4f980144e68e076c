"""Works written by the member API: added, changed, deleted, and what is refused."""

import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.sandbox.steps import (
    bearer,
    client_source,
    client_token,
    error_codes,
    external_id,
    external_ids,
    orcid_work,
    published,
    read,
    send,
    titles,
)
from tests.sandbox_server import ROOT, SandboxClient, SandboxServer

SAMPLE = ROOT / "tests/data/orcid-samples/work-full-3.0.json"
Json = dict[str, Any]


@pytest.fixture
def orcid(sandbox: SandboxServer) -> str:
    return sandbox.add_person()


@pytest.fixture
def token(sandbox: SandboxServer, orcid: str, member: SandboxClient) -> str:
    scope = "/activities/update /read-limited"
    return sandbox.give_permission(orcid, member.client_id, scope)["access_token"]


def write(
    sandbox: SandboxServer, method: str, path: str, token: str, body: Any = None
) -> httpx.Response:
    return sandbox.http.request(method, f"/api/v3.0{path}", headers=bearer(token), json=body)


def add(sandbox: SandboxServer, orcid: str, token: str, work: Json) -> int:
    answer = write(sandbox, "POST", f"/{orcid}/work", token, work)
    assert answer.status_code == 201, answer.text
    return int(answer.headers["location"].rpartition("/")[2])


def refused(answer: httpx.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["error-code"]


def test_post_adds_a_work_and_says_where(sandbox: SandboxServer, orcid: str, token: str) -> None:
    answer = write(sandbox, "POST", f"/{orcid}/work", token, json.loads(SAMPLE.read_text()))

    assert (answer.status_code, answer.content) == (201, b"")
    start, _, put_code = answer.headers["location"].rpartition("/")
    assert start == f"{sandbox.member_api_url}/{orcid}/work"
    stored = read(sandbox, f"/{orcid}/work/{put_code}", token).json()
    assert stored["title"]["title"]["value"] == "Work Title"
    assert stored["source"]["source-client-id"]["path"] == "APP-TESTCLIENT000001"
    assert stored["source"]["source-name"] == {"value": "Test client"}
    summary = read(sandbox, f"/{orcid}/work/summary/{put_code}", token).json()
    assert summary["display-index"] == "1"


def test_put_changes_what_stands_there(sandbox: SandboxServer, orcid: str, token: str) -> None:
    put_code = add(sandbox, orcid, token, orcid_work("Before", doi="10.5555/a"))
    before = read(sandbox, f"/{orcid}/work/{put_code}", token).json()

    changed = orcid_work("After", doi="10.5555/b", **{"put-code": put_code})
    answer = write(sandbox, "PUT", f"/{orcid}/work/{put_code}", token, changed)

    body = answer.json()
    assert (answer.status_code, body["title"]["title"]["value"]) == (200, "After")
    assert body == read(sandbox, f"/{orcid}/work/{put_code}", token).json()
    assert body["created-date"] == before["created-date"]
    assert body["last-modified-date"]["value"] > before["last-modified-date"]["value"]


def test_put_of_the_same_moves_no_date(sandbox: SandboxServer, orcid: str, token: str) -> None:
    work = orcid_work("Same", doi="10.5555/a")
    put_code = add(sandbox, orcid, token, work)
    record = read(sandbox, f"/{orcid}/record", token).json()

    path = f"/{orcid}/work/{put_code}"
    answer = write(sandbox, "PUT", path, token, {**work, "put-code": put_code})

    assert answer.json() == read(sandbox, path, token).json()
    assert read(sandbox, f"/{orcid}/record", token).json()["history"] == record["history"]


def test_what_was_read_can_be_sent_back(sandbox: SandboxServer, orcid: str, token: str) -> None:
    put_code = add(sandbox, orcid, token, json.loads(SAMPLE.read_text()))
    path = f"/{orcid}/work/{put_code}"
    stored = read(sandbox, path, token).json()

    assert write(sandbox, "PUT", path, token, stored).json() == stored


def test_deleted_work_is_gone(sandbox: SandboxServer, orcid: str, token: str) -> None:
    path = f"/{orcid}/work/{add(sandbox, orcid, token, orcid_work('A', doi='10.5555/a'))}"

    first = write(sandbox, "DELETE", path, token)
    again = write(sandbox, "DELETE", path, token)

    assert (first.status_code, first.content) == (204, b"")
    assert refused(again) == (404, 9016)
    assert refused(write(sandbox, "PUT", path, token, orcid_work("A", doi="10.5555/a"))) == (
        404,
        9016,
    )
    assert refused(write(sandbox, "DELETE", f"/{orcid}/work/abc", token)) == (400, 9034)


def test_every_change_moves_the_records_date(
    sandbox: SandboxServer, orcid: str, token: str
) -> None:
    def modified() -> int:
        history = read(sandbox, f"/{orcid}/record", token).json()["history"]
        return int(history["last-modified-date"]["value"])

    dates = [modified()]
    put_code = add(sandbox, orcid, token, orcid_work("A", doi="10.5555/a"))
    dates.append(modified())
    work = orcid_work("B", doi="10.5555/a", **{"put-code": put_code})
    write(sandbox, "PUT", f"/{orcid}/work/{put_code}", token, work)
    dates.append(modified())
    write(sandbox, "DELETE", f"/{orcid}/work/{put_code}", token)
    dates.append(modified())

    assert dates == sorted(set(dates))


def test_write_calls_the_webhooks(
    sandbox: SandboxServer, orcid: str, token: str, member: SandboxClient
) -> None:
    listener = client_token(sandbox, member, "/webhook")
    # Nobody listens there.
    uri = quote("http://127.0.0.1:9/hook", safe="")
    sandbox.http.put(f"/api/{orcid}/webhook/{uri}", headers=bearer(listener))
    before = sandbox.run_webhooks()

    add(sandbox, orcid, token, orcid_work("A", doi="10.5555/a"))

    assert before == []
    assert [called["orcid"] for called in sandbox.run_webhooks()] == [orcid]


# Who may write.


def test_visibility_that_was_sent_does_not_count(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    orcid = sandbox.add_person(default_visibility="limited")
    token = sandbox.give_permission(orcid, member.client_id, "/activities/update")["access_token"]

    put_code = add(sandbox, orcid, token, orcid_work("A", doi="10.5555/a", visibility="public"))

    path = f"/{orcid}/work/{put_code}"
    # Its own source reads it, whatever the scope.
    stored = read(sandbox, path, token).json()
    assert stored["visibility"] == "limited"
    assert write(sandbox, "PUT", path, token, stored).status_code == 200
    assert refused(write(sandbox, "PUT", path, token, {**stored, "visibility": "public"})) == (
        403,
        9035,
    )


def test_source_is_who_asks(sandbox: SandboxServer, orcid: str, token: str) -> None:
    work = orcid_work("A", doi="10.5555/a", **client_source("APP-SOMEBODY", "Somebody"))

    put_code = add(sandbox, orcid, token, work)

    source = read(sandbox, f"/{orcid}/work/{put_code}", token).json()["source"]
    assert source["source-name"]["value"] == "Test client"


def test_items_of_others_cannot_be_changed(sandbox: SandboxServer, orcid: str, token: str) -> None:
    [put_code] = sandbox.add_works(orcid, orcid_work("Typed", doi="10.5555/a"))
    path = f"/{orcid}/work/{put_code}"
    work = orcid_work("Mine", doi="10.5555/a", **{"put-code": put_code})

    assert refused(write(sandbox, "PUT", path, token, work)) == (403, 9010)
    assert refused(write(sandbox, "DELETE", path, token)) == (403, 9010)
    assert read(sandbox, path).json()["title"]["title"]["value"] == "Typed"


def test_scope_is_needed_and_the_right_record(
    sandbox: SandboxServer, orcid: str, token: str, member: SandboxClient
) -> None:
    work = orcid_work("A", doi="10.5555/a")
    reader = sandbox.give_permission(orcid, member.client_id)["access_token"]
    path = f"/{orcid}/work"

    assert refused(write(sandbox, "POST", path, reader, work)) == (403, 9004)
    assert refused(write(sandbox, "POST", f"/{sandbox.add_person()}/work", token, work)) == (
        401,
        9017,
    )
    stranger = write(sandbox, "POST", path, "nonsense", work)
    assert (stranger.status_code, stranger.json()["error"]) == (401, "invalid_token")
    nobody = sandbox.http.post(f"/api/v3.0{path}", json=work)
    assert (nobody.status_code, nobody.json()["error"]) == (403, "forbidden")
    assert read(sandbox, f"/{orcid}/works").json()["group"] == []


def test_public_api_only_reads(sandbox: SandboxServer, orcid: str, token: str) -> None:
    work = orcid_work("A", doi="10.5555/a")
    bulk = sandbox.http.post(f"/pub/v3.0/{orcid}/works", headers=bearer(token), json={})
    single = sandbox.http.post(f"/pub/v3.0/{orcid}/work", headers=bearer(token), json=work)

    assert (refused(bulk), bulk.headers["allow"]) == ((405, 9001), "GET")
    assert refused(single) == (404, 9001)


def test_record_that_is_no_more_is_not_written(
    sandbox: SandboxServer, orcid: str, token: str
) -> None:
    put_code = add(sandbox, orcid, token, orcid_work("A", doi="10.5555/a"))
    other = sandbox.add_person()
    work = orcid_work("B", doi="10.5555/b", **{"put-code": put_code})

    def refusals() -> set[tuple[int, int]]:
        one = f"/{orcid}/work/{put_code}"
        calls = [("POST", f"/{orcid}/work"), ("POST", f"/{orcid}/works"), ("PUT", one)]
        return {
            refused(write(sandbox, method, path, token, work))
            for method, path in [*calls, ("DELETE", one)]
        }

    sandbox.set_status(orcid, "moved", moved_to=other)
    assert refusals() == {(409, 9007)}
    moved = write(sandbox, "POST", f"/{orcid}/work", token, work).json()
    assert f"/{other}" in moved["developer-message"]
    sandbox.set_status(orcid, "locked")
    assert refusals() == {(409, 9018)}
    sandbox.set_status(orcid, "deactivated")
    assert refusals() == {(409, 9044)}


def test_revoked_token_deletes_and_does_nothing_else(
    sandbox: SandboxServer, orcid: str, token: str, browser: httpx.Client
) -> None:
    put_code = add(sandbox, orcid, token, orcid_work("A", doi="10.5555/a"))
    path = f"/{orcid}/work/{put_code}"
    send(browser, sandbox, "/signin/as", orcid=orcid)
    page = browser.get(f"{sandbox.base_url}/trusted-parties").text
    client = page.partition("/trusted-parties/")[2].partition("/")[0]
    send(browser, sandbox, f"/trusted-parties/{client}/revoke")

    work = orcid_work("B", doi="10.5555/b", **{"put-code": put_code})
    for answer in (
        read(sandbox, path, token),
        write(sandbox, "PUT", path, token, work),
        write(sandbox, "POST", f"/{orcid}/work", token, work),
        write(sandbox, "POST", f"/{orcid}/works", token, {"bulk": []}),
    ):
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert write(sandbox, "DELETE", path, token).status_code == 204
    assert read(sandbox, f"/{orcid}/works").json()["group"] == []


# Duplicates.


def test_second_with_the_same_self_id_is_a_duplicate(
    sandbox: SandboxServer, orcid: str, token: str
) -> None:
    put_code = add(sandbox, orcid, token, orcid_work("A", doi="10.5555/ABC"))

    again = orcid_work("B", doi="https://doi.org/10.5555/abc")
    answer = write(sandbox, "POST", f"/{orcid}/work", token, again)

    assert answer.json() == {
        "response-code": 409,
        "developer-message": "409 Conflict: You have already added this activity (matched by "
        f"external identifiers), please see element with put-code {put_code}. If you are trying "
        "to edit the item, please use PUT instead of POST.",
        "user-message": "There was an error when updating the record. Please try again. If the "
        "error persists, please contact Test client for assistance.",
        "error-code": 9021,
        "more-info": "https://members.orcid.org/api/resources/troubleshooting",
    }


def test_only_self_ids_of_the_same_source_make_a_duplicate(
    sandbox: SandboxServer, orcid: str, token: str
) -> None:
    sandbox.add_works(orcid, orcid_work("Typed", doi="10.5555/a"))
    other = sandbox.add_client(client_id="APP-OTHERCLIENT00001", name="Other")
    scope = "/activities/update"
    others = sandbox.give_permission(orcid, other.client_id, scope)["access_token"]
    add(sandbox, orcid, others, orcid_work("Other's", doi="10.5555/a"))
    version = external_ids(external_id("doi", "10.5555/b"), external_id("isbn", "1", "part-of"))

    add(sandbox, orcid, token, orcid_work("Mine", doi="10.5555/a"))
    add(sandbox, orcid, token, orcid_work("Chapter 1", **version))
    second = external_ids(
        external_id("doi", "10.5555/c"),
        external_id("isbn", "1", "part-of"),
        external_id("doi", "10.5555/b", "version-of"),
    )
    add(sandbox, orcid, token, orcid_work("Chapter 2", **second))

    groups = titles(read(sandbox, f"/{orcid}/works", token).json())
    assert sorted(map(len, groups)) == [2, 3]


def test_put_may_not_make_a_duplicate_of_another(
    sandbox: SandboxServer, orcid: str, token: str
) -> None:
    first = add(sandbox, orcid, token, orcid_work("A", doi="10.5555/a"))
    second = add(sandbox, orcid, token, orcid_work("B", doi="10.5555/b"))

    work = orcid_work("B", doi="10.5555/a", **{"put-code": second})
    answer = write(sandbox, "PUT", f"/{orcid}/work/{second}", token, work)

    assert refused(answer) == (409, 9021)
    assert f"put-code {first}." in answer.json()["developer-message"]


# What a work must say.

GOOD = orcid_work("Good", doi="10.5555/good")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"title": None}, 9022),
        ({"title": {"title": {"value": " "}}}, 9022),
        ({"external-ids": None}, 9023),
        (external_ids(), 9023),
        (external_ids(external_id("doi", "10.5555/a", "part-of")), 9023),
        (external_ids(external_id("doi", "")), 9023),
        (external_ids(external_id("no-such-type", "1")), 9023),
        (
            external_ids(external_id("doi", "10.5555/a"), external_id("isbn", "1", "funded-by")),
            9023,
        ),
        (external_ids({**external_id("doi", "1"), "external-id-relationship": None}), 9023),
        (external_ids(external_id("doi", "10.5555/a", "same-as")), 9051),
        ({"put-code": 1234}, 9024),
        ({"type": None}, 9037),
        ({"type": "JOURNAL_ARTICLE"}, 9037),
        ({"language-code": "klingon"}, 9037),
        # Hebrew has its old name there.
        ({"language-code": "he"}, 9037),
        ({"country": {"value": "ZZ"}}, 9037),
        ({"title": {"title": {"value": "A"}, "translated-title": {"value": "B"}}}, 9037),
        ({"citation": {"citation-type": "mla", "citation-value": "A"}}, 9037),
        ({"citation": {"citation-type": "bibtex", "citation-value": ""}}, 9020),
        ({"contributors": {"contributor": [{"credit-name": {"value": ""}}]}}, 9020),
        (published("2020", "13"), 9049),
        (published("2021", "02", "29"), 9049),
        (published("21"), 9049),
        (published("", "05"), 9049),
        (published("2021", "", "05"), 9049),
        ({"titel": "A"}, 9047),
        ({"title": "A"}, 9047),
        ({"journal-title": "A"}, 9047),
        ({"short-description": {"value": "A"}}, 9047),
    ],
)
def test_what_is_wrong_with_a_work_has_its_code(
    sandbox: SandboxServer, orcid: str, token: str, changed: Json, code: int
) -> None:
    answer = write(sandbox, "POST", f"/{orcid}/work", token, {**GOOD, **changed})

    assert refused(answer) == (400, code)
    assert answer.json()["developer-message"].startswith("400 Bad Request: ")


def test_unknown_role_of_a_contributor_is_9058(
    sandbox: SandboxServer, orcid: str, token: str
) -> None:
    def work(role: str) -> Json:
        attributes = {"contributor-sequence": "first", "contributor-role": role}
        contributor = {"credit-name": {"value": "A"}, "contributor-attributes": attributes}
        # A single one counts as a list.
        return {**GOOD, "contributors": {"contributor": contributor}}

    assert refused(write(sandbox, "POST", f"/{orcid}/work", token, work("boss"))) == (400, 9058)
    add(sandbox, orcid, token, work("http://credit.niso.org/contributor-roles/software/"))


def test_put_code_must_stand_in_the_body_of_a_put(
    sandbox: SandboxServer, orcid: str, token: str
) -> None:
    path = f"/{orcid}/work/{add(sandbox, orcid, token, GOOD)}"

    assert refused(write(sandbox, "PUT", path, token, GOOD)) == (400, 9019)
    assert refused(write(sandbox, "PUT", path, token, {**GOOD, "put-code": 1})) == (400, 9019)


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("application/json", "{", (400, 9001)),
        ("application/json", "", (400, 9001)),
        ("application/json", "[]", (400, 9047)),
        ("text/plain", "{}", (415, 9001)),
    ],
)
def test_body_that_cannot_be_read_is_refused(
    sandbox: SandboxServer,
    member: SandboxClient,
    content_type: str,
    body: str,
    expected: tuple[int, int],
) -> None:
    orcid = sandbox.add_person()
    token = sandbox.give_permission(orcid, member.client_id, "/activities/update")["access_token"]
    headers = {**bearer(token), "Content-Type": content_type}

    answer = sandbox.http.post(f"/api/v3.0/{orcid}/work", headers=headers, content=body)

    assert refused(answer) == expected


def test_what_can_be_asked_for_is_said(sandbox: SandboxServer, orcid: str, token: str) -> None:
    answer = write(sandbox, "PATCH", f"/{orcid}/works", token, {})

    assert (refused(answer), answer.headers["allow"]) == ((405, 9001), "GET, POST")


# A hundred at once.


def post_bulk(sandbox: SandboxServer, orcid: str, token: str, works: list[Json]) -> Json:
    body = {"bulk": [{"work": work} for work in works]}
    answer = write(sandbox, "POST", f"/{orcid}/works", token, body)
    assert answer.status_code == 200, answer.text
    content: Json = answer.json()
    return content


def test_bulk_answers_each_in_its_place(sandbox: SandboxServer, orcid: str, token: str) -> None:
    there = add(sandbox, orcid, token, orcid_work("There", doi="10.5555/there"))

    body = post_bulk(
        sandbox,
        orcid,
        token,
        [
            orcid_work("One", doi="10.5555/1"),
            orcid_work("", doi="10.5555/2"),
            orcid_work("There again", doi="10.5555/THERE"),
            orcid_work("Three", doi="10.5555/3"),
            orcid_work("One again", doi="doi:10.5555/1"),
            {**orcid_work("Five", doi="10.5555/5"), "put-code": 5},
        ],
    )

    assert error_codes(body) == [None, 9022, 9021, None, 9021, 9024]
    one, _, twice, three, again, _ = body["bulk"]
    assert f"put-code {there}." in twice["error"]["developer-message"]
    assert f"put-code {one['work']['put-code']}." in again["error"]["developer-message"]
    path = f"/{orcid}/work/{three['work']['put-code']}"
    assert three["work"] == read(sandbox, path, token).json()
    assert three["work"]["title"]["title"]["value"] == "Three"


def test_bulk_takes_no_more_than_a_hundred(sandbox: SandboxServer, orcid: str, token: str) -> None:
    many = [orcid_work(f"W{n}", doi=f"10.5555/{n}") for n in range(101)]

    answer = write(
        sandbox, "POST", f"/{orcid}/works", token, {"bulk": [{"work": work} for work in many]}
    )
    done = post_bulk(sandbox, orcid, token, many[:100])

    assert refused(answer) == (400, 9006)
    assert [slot["work"]["title"]["title"]["value"] for slot in done["bulk"]] == [
        f"W{n}" for n in range(100)
    ]
    again = post_bulk(sandbox, orcid, token, many[:100])
    assert set(error_codes(again)) == {9021}


def test_bulk_with_an_unknown_key_is_refused_whole(
    sandbox: SandboxServer, orcid: str, token: str
) -> None:
    works = [{"work": GOOD}, {"work": {**GOOD, "titel": "A"}}]

    answer = write(sandbox, "POST", f"/{orcid}/works", token, {"bulk": works})

    assert refused(answer) == (400, 9047)
    assert read(sandbox, f"/{orcid}/works").json()["group"] == []


def test_record_takes_so_many_works_and_no_more(
    sandbox: SandboxServer, orcid: str, token: str
) -> None:
    assert sandbox.limits()["works_per_record"] == 10_000
    sandbox.limit(on=False, works_per_record=3)
    sandbox.generate_works(orcid, 2)
    two = [orcid_work(f"W{n}", doi=f"10.5555/new-{n}") for n in range(2)]

    bulk = {"bulk": [{"work": work} for work in two]}
    answer = write(sandbox, "POST", f"/{orcid}/works", token, bulk)
    add(sandbox, orcid, token, two[0])
    last = write(sandbox, "POST", f"/{orcid}/work", token, two[1])

    assert refused(answer) == (409, 9048)
    assert refused(last) == (409, 9048)


def test_lost_answer_leaves_the_works_there(sandbox: SandboxServer, orcid: str, token: str) -> None:
    sandbox.fault(f"/api/v3.0/{orcid}/works", kind="lost", method="POST")
    read(sandbox, f"/{orcid}/works", token)

    with pytest.raises(httpx.RemoteProtocolError):
        post_bulk(sandbox, orcid, token, [GOOD])

    assert titles(read(sandbox, f"/{orcid}/works", token).json()) == [["Good"]]
