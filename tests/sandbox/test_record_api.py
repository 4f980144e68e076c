"""The record as a whole, and records that are no longer as they were."""

import pytest

from tests.sandbox.steps import client_source, orcid_work, read, titles
from tests.sandbox_server import SandboxClient, SandboxServer

SECTIONS = [
    "distinctions",
    "educations",
    "employments",
    "fundings",
    "invited-positions",
    "memberships",
    "peer-reviews",
    "qualifications",
    "research-resources",
    "services",
    "works",
]


def test_record_has_every_part_in_orcids_order(sandbox: SandboxServer) -> None:
    email = {"email": "ada@uni.example", "visibility": "public"}
    orcid = sandbox.add_person(given_names="Ada", emails=[email])
    sandbox.add_works(orcid, orcid_work("Notes"))

    body = read(sandbox, f"/{orcid}/record").json()

    assert list(body) == [
        "orcid-identifier",
        "preferences",
        "history",
        "person",
        "activities-summary",
        "path",
    ]
    assert body["orcid-identifier"]["uri"] == f"{sandbox.base_url}/{orcid}"
    assert body["person"] == read(sandbox, f"/{orcid}/person").json()
    assert body["activities-summary"] == read(sandbox, f"/{orcid}/activities").json()
    assert body["history"]["claimed"] is True
    assert body["history"]["deactivation-date"] is None
    assert body["history"]["verified-primary-email"] is True
    assert read(sandbox, f"/{orcid}").json() == body


def test_activities_have_every_section(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person()
    sandbox.add_works(orcid, orcid_work("Notes"))

    body = read(sandbox, f"/{orcid}/activities").json()

    assert list(body) == ["last-modified-date", *SECTIONS, "path"]
    assert body["works"] == read(sandbox, f"/{orcid}/works").json()
    assert body["last-modified-date"] == body["works"]["last-modified-date"]
    assert body["employments"] == {
        "last-modified-date": None,
        "affiliation-group": [],
        "path": f"/{orcid}/employments",
    }
    assert body["employments"] == read(sandbox, f"/{orcid}/employments").json()
    assert body["fundings"]["group"] == []


def test_record_shows_each_reader_their_works(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    orcid = sandbox.add_person()
    sandbox.add_works(orcid, orcid_work("Limited", visibility="limited"))
    token = sandbox.give_permission(orcid, member.client_id)["access_token"]

    seen = read(sandbox, f"/{orcid}/record", token).json()["activities-summary"]["works"]
    public = read(sandbox, f"/{orcid}/record").json()["activities-summary"]["works"]

    assert (titles(seen), titles(public)) == ([["Limited"]], [])


def last_modified(sandbox: SandboxServer, orcid: str) -> int:
    history = read(sandbox, f"/{orcid}/record").json()["history"]
    return int(history["last-modified-date"]["value"])


def test_every_change_moves_the_records_date(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person()
    dates = [last_modified(sandbox, orcid)]
    put_codes = sandbox.add_works(orcid, [orcid_work("One"), orcid_work("Two")])
    dates.append(last_modified(sandbox, orcid))
    sandbox.add_works(orcid, orcid_work("One, changed") | {"put-code": put_codes[0]})
    dates.append(last_modified(sandbox, orcid))
    sandbox.delete_works(orcid, put_codes[1])
    dates.append(last_modified(sandbox, orcid))

    assert dates == sorted(set(dates))
    assert titles(read(sandbox, f"/{orcid}/works").json()) == [["One, changed"]]


def test_summary_counts_public_groups_by_who_asserted_them(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    orcid = sandbox.add_person(given_names="Ada", family_name="Byron")
    asserted = client_source("APP-REPOSITORY000001", "A repository")
    sandbox.add_works(
        orcid,
        [
            orcid_work("Typed", doi="10.5555/a"),
            orcid_work("Asserted", doi="10.5555/a", **asserted),
            orcid_work("Typed alone"),
            orcid_work("Limited", visibility="limited"),
        ],
    )
    token = sandbox.give_permission(orcid, member.client_id)["access_token"]

    body = read(sandbox, f"/{orcid}/summary", token).json()

    assert body["works"] == {"self-asserted-count": 1, "validated-count": 1}
    assert body["orcid-identifier"]["path"] == orcid
    assert body["credit-name"] == "Ada Byron"
    assert read(sandbox, f"/{orcid}/summary").status_code == 404


READS = ["", "/record", "/activities", "/works", "/works/1,2", "/work/1", "/employments"]


@pytest.mark.parametrize("path", READS)
def test_moved_record_points_to_the_same_part_of_the_new_one(
    sandbox: SandboxServer, member: SandboxClient, path: str
) -> None:
    new = sandbox.add_person()
    old = sandbox.add_person(status="moved", moved_to=new)
    token = sandbox.give_permission(old, member.client_id)["access_token"]

    answer = read(sandbox, f"/{old}{path}", token)

    assert (answer.status_code, answer.json()["error-code"]) == (301, 9007)
    assert answer.headers["location"] == f"{sandbox.member_api_url}/{new}{path}"


@pytest.mark.parametrize("path", READS)
def test_locked_record_is_refused_everywhere(sandbox: SandboxServer, path: str) -> None:
    orcid = sandbox.add_person(status="locked")

    answer = read(sandbox, f"/{orcid}{path}")

    assert (answer.status_code, answer.json()["error-code"]) == (409, 9018)


def test_deactivated_record_is_readable_and_empty(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    orcid = sandbox.add_person(status="deactivated")
    [put_code] = sandbox.add_works(orcid, orcid_work("Gone", **client_source(member.client_id, "")))
    token = sandbox.give_permission(orcid, member.client_id)["access_token"]

    record = read(sandbox, f"/{orcid}/record", token).json()

    assert record["history"]["deactivation-date"] is not None
    assert record["person"]["name"]["given-names"] == {"value": "Given Names Deactivated"}
    assert record["activities-summary"]["works"]["group"] == []
    assert read(sandbox, f"/{orcid}/work/{put_code}", token).status_code == 404
    assert read(sandbox, f"/{orcid}/works/{put_code}", token).json()["bulk"][0]["error"]


def test_token_of_another_person_is_9017(sandbox: SandboxServer, member: SandboxClient) -> None:
    orcid = sandbox.add_person()
    token = sandbox.give_permission(sandbox.add_person(), member.client_id)["access_token"]

    for path in ("/works", "/record", "/work/1", "/works/1"):
        assert read(sandbox, f"/{orcid}{path}", token).json()["error-code"] == 9017


def test_date_of_the_works_is_that_of_the_newest_left(sandbox: SandboxServer) -> None:
    """As at ORCID: a reader who only compares this date misses a deletion."""
    orcid = sandbox.add_person()
    dated = [{"last-modified-date": {"value": value}} for value in (1000, 2000)]
    older, newer = sandbox.add_works(orcid, [orcid_work("W") | date for date in dated])

    sandbox.delete_works(orcid, older)
    assert read(sandbox, f"/{orcid}/works").json()["last-modified-date"] == {"value": 2000}
    sandbox.delete_works(orcid, newer)
    assert read(sandbox, f"/{orcid}/works").json()["last-modified-date"] is None
