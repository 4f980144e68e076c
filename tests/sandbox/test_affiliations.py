"""Affiliations: the seven sections, written by the member API and read by both."""

import json
from typing import Any

import httpx
import pytest

from tests.sandbox.steps import bearer, client_token, external_id, external_ids, read
from tests.sandbox_server import ROOT, SandboxClient, SandboxServer

SAMPLES = ROOT / "tests/data/orcid-samples"
Json = dict[str, Any]
SECTIONS = {
    "distinction": "distinctions",
    "education": "educations",
    "employment": "employments",
    "invited-position": "invited-positions",
    "membership": "memberships",
    "qualification": "qualifications",
    "service": "services",
}
BOSTON = {
    "name": "Boston University",
    "address": {"city": "Boston", "region": None, "country": "US"},
    "disambiguated-organization": {
        "disambiguated-organization-identifier": "https://ror.org/05qwgg493",
        "disambiguation-source": "ROR",
    },
}


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


def post(sandbox: SandboxServer, orcid: str, kind: str, token: str, **said: Any) -> httpx.Response:
    return write(sandbox, "POST", f"/{orcid}/{kind}", token, {"organization": BOSTON, **said})


def add(sandbox: SandboxServer, orcid: str, kind: str, token: str, **said: Any) -> int:
    answer = post(sandbox, orcid, kind, token, **said)
    assert answer.status_code == 201, answer.text
    return int(answer.headers["location"].rpartition("/")[2])


def refused(answer: httpx.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["error-code"]


def year(number: int) -> Json:
    return {"year": {"value": str(number)}, "month": None, "day": None}


@pytest.mark.parametrize("kind", SECTIONS)
def test_every_section_adds_reads_changes_and_deletes(
    sandbox: SandboxServer, orcid: str, token: str, kind: str
) -> None:
    said = {"role-title": "Reader", "start-date": year(2020)}
    answer = post(sandbox, orcid, kind, token, **said)
    start, _, put_code = answer.headers["location"].rpartition("/")
    path = f"/{orcid}/{kind}/{put_code}"

    assert (answer.status_code, start) == (201, f"{sandbox.member_api_url}/{orcid}/{kind}")
    stored = read(sandbox, path, token).json()
    assert stored["path"] == path
    assert (stored["role-title"], stored["start-date"]) == ("Reader", year(2020))
    assert stored["organization"] == BOSTON
    summary = read(sandbox, f"/{orcid}/{kind}/summary/{put_code}").json()
    listed = read(sandbox, f"/{orcid}/{SECTIONS[kind]}").json()
    [group] = listed["affiliation-group"]
    assert group == {
        "last-modified-date": stored["last-modified-date"],
        "external-ids": {"external-id": []},
        "summaries": [{f"{kind}-summary": summary}],
    }
    activities = read(sandbox, f"/{orcid}/activities").json()
    assert activities[SECTIONS[kind]] == listed
    assert activities["last-modified-date"] == stored["last-modified-date"]

    changed = write(sandbox, "PUT", path, token, {**stored, "role-title": "Professor"})
    assert (changed.status_code, changed.json()["role-title"]) == (200, "Professor")
    assert write(sandbox, "DELETE", path, token).status_code == 204
    assert refused(write(sandbox, "DELETE", path, token)) == (404, 9016)
    assert read(sandbox, f"/{orcid}/{SECTIONS[kind]}").json()["affiliation-group"] == []


@pytest.mark.parametrize("kind", ["employment", "education", "service"])
def test_orcids_own_samples_are_taken(
    sandbox: SandboxServer, orcid: str, token: str, kind: str
) -> None:
    sample = json.loads((SAMPLES / f"{kind}-3.0.json").read_text())

    put_code = add(sandbox, orcid, kind, token, **sample)

    stored = read(sandbox, f"/{orcid}/{kind}/{put_code}").json()
    for same in ("department-name", "role-title", "start-date", "end-date", "organization", "url"):
        assert stored[same] == sample[same]
    assert stored["source"]["source-client-id"]["path"] == "APP-TESTCLIENT000001"
    assert len(stored["external-ids"]["external-id"]) == 3


def test_put_code_of_another_section_is_not_found(
    sandbox: SandboxServer, orcid: str, token: str
) -> None:
    put_code = add(sandbox, orcid, "employment", token)

    assert refused(read(sandbox, f"/{orcid}/education/{put_code}", token)) == (404, 9016)
    assert refused(write(sandbox, "DELETE", f"/{orcid}/work/{put_code}", token)) == (404, 9016)


def test_only_an_external_id_betrays_a_duplicate(
    sandbox: SandboxServer, orcid: str, token: str
) -> None:
    said = external_ids(external_id("grant_number", "Post 7"))

    without = [add(sandbox, orcid, "employment", token) for _ in range(2)]
    first = add(sandbox, orcid, "employment", token, **said)
    again = post(sandbox, orcid, "employment", token, **said)
    # Only within the same class.
    add(sandbox, orcid, "education", token, **said)

    assert refused(again) == (409, 9021)
    assert f"put-code {first}." in again.json()["developer-message"]
    listed = read(sandbox, f"/{orcid}/employments").json()["affiliation-group"]
    assert len(listed) == len({*without, first})


def test_what_goes_on_comes_first_and_versions_stand_together(
    sandbox: SandboxServer, orcid: str, token: str
) -> None:
    other = sandbox.add_client(client_id="APP-OTHERCLIENT00001", name="Other")
    scope = "/activities/update"
    others = sandbox.give_permission(orcid, other.client_id, scope)["access_token"]
    ids = external_ids(external_id("source-work-id", "1"))
    old = {"start-date": year(2001), "end-date": year(2005)}
    add(sandbox, orcid, "membership", token, **old, **ids)
    add(sandbox, orcid, "membership", others, **old, **ids)
    add(sandbox, orcid, "membership", token, **{"start-date": year(2006), "end-date": year(2010)})
    add(sandbox, orcid, "membership", token, **{"start-date": year(1999)})

    groups = read(sandbox, f"/{orcid}/memberships").json()["affiliation-group"]

    starts = [group["summaries"][0]["membership-summary"]["start-date"] for group in groups]
    assert starts == [year(1999), year(2006), year(2001)]
    assert len(groups[2]["summaries"]) == 2
    assert len(groups[2]["external-ids"]["external-id"]) == 1


def organization(**changed: Any) -> Json:
    return {"organization": {**BOSTON, **changed}}


def known_as(source: str, identifier: str) -> Json:
    return organization(
        **{
            "disambiguated-organization": {
                "disambiguated-organization-identifier": identifier,
                "disambiguation-source": source,
            }
        }
    )


@pytest.mark.parametrize(
    ("kind", "said", "code"),
    [
        ("employment", {"put-code": 1}, 9024),
        ("employment", {"organization": None}, 9046),
        ("employment", organization(name=""), 9046),
        ("employment", organization(**{"disambiguated-organization": None}), 9045),
        # Letter for letter.
        ("employment", known_as("ROR", "ror.org/05qwgg493"), 9045),
        ("employment", known_as("GRID", "https://ror.org/05qwgg493"), 9045),
        ("service", known_as("ROR", "https://ror.org/000000000"), 9045),
        ("employment", organization(address=None), 9060),
        ("education", organization(address={"city": "Boston"}), 9060),
        ("service", organization(address={"city": "Boston"}), 9061),
        ("service", organization(**{"disambiguated-organization": None}), 9062),
        ("employment", {"start-date": {"year": {"value": "2020"}, "day": {"value": "01"}}}, 9049),
        ("employment", {"start-date": year(2020), "end-date": year(2019)}, 9055),
        ("employment", external_ids(external_id("no-such-type", "1")), 9023),
        ("employment", {"role": "Boss"}, 9047),
        ("employment", {"role-title": {"value": "Boss"}}, 9047),
    ],
)
def test_what_is_wrong_with_an_affiliation_has_its_code(
    sandbox: SandboxServer, member: SandboxClient, kind: str, said: Json, code: int
) -> None:
    orcid = sandbox.add_person()
    token = sandbox.give_permission(orcid, member.client_id, "/activities/update")["access_token"]

    assert refused(post(sandbox, orcid, kind, token, **said)) == (400, code)


def test_others_than_posts_need_no_organisation_id_and_no_place(
    sandbox: SandboxServer, orcid: str, token: str
) -> None:
    said = {"organization": {"name": "A club"}, **external_ids(external_id("uri", "http://a.b"))}

    put_code = add(sandbox, orcid, "membership", token, **said)

    stored = read(sandbox, f"/{orcid}/membership/{put_code}").json()
    assert stored["organization"] == {
        "name": "A club",
        "address": None,
        "disambiguated-organization": None,
    }


def test_organisations_can_be_made_known(sandbox: SandboxServer, orcid: str, token: str) -> None:
    said = known_as("ROR", "https://ror.org/0abcdef12")
    before = post(sandbox, orcid, "employment", token, **said)

    sandbox.add_organization("A new one", ROR="https://ror.org/0abcdef12")

    assert refused(before) == (400, 9045)
    add(sandbox, orcid, "employment", token, **said)


def test_organisations_of_a_loaded_record_are_known_from_then_on(
    sandbox: SandboxServer, orcid: str, token: str
) -> None:
    said = known_as("ROR", "https://ror.org/0abcdef12")

    sandbox.load_record(sandbox.add_person(), {"education": said})

    assert post(sandbox, orcid, "employment", token, **said).status_code == 201
    assert len(read(sandbox, f"/{orcid}/employments").json()["affiliation-group"]) == 1


def test_asserted_affiliation_is_found_by_its_ror(
    sandbox: SandboxServer, member: SandboxClient, orcid: str, token: str
) -> None:
    add(sandbox, orcid, "education", token)
    reader = client_token(sandbox, member, "/read-public")

    answer = read(sandbox, '/search?q=ror-org-id:"https://ror.org/05qwgg493"', reader)

    assert [row["orcid-identifier"]["path"] for row in answer.json()["result"]] == [orcid]


def test_summary_counts_what_organisations_assert(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    orcid = sandbox.add_person(employments=[{"organization": "Uni", "current": False}])
    scope = "/activities/update"
    token = sandbox.give_permission(orcid, member.client_id, scope)["access_token"]
    add(sandbox, orcid, "employment", token)
    add(sandbox, orcid, "service", token)

    body = read(sandbox, f"/{orcid}/summary", token).json()

    assert [one["validated"] for one in body["employments"]["employment"]] == [False, True]
    assert body["professional-activities"]["count"] == 1
    assert body["education-qualifications"] == {"count": 0, "education-qualification": None}


def test_limited_affiliation_is_seen_by_its_source_and_the_trusted(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    orcid = sandbox.add_person(default_visibility="private")
    token = sandbox.give_permission(orcid, member.client_id, "/activities/update")["access_token"]
    put_code = add(sandbox, orcid, "employment", token)

    assert refused(read(sandbox, f"/{orcid}/employment/{put_code}")) == (403, 9039)
    assert read(sandbox, f"/{orcid}/employments").json()["affiliation-group"] == []
    [group] = read(sandbox, f"/{orcid}/employments", token).json()["affiliation-group"]
    assert group["summaries"][0]["employment-summary"]["visibility"] == "private"


def test_record_page_shows_affiliations(sandbox: SandboxServer, orcid: str, token: str) -> None:
    said = {"role-title": "Lecturer", "department-name": "Physics", "start-date": year(2020)}
    add(sandbox, orcid, "employment", token, **said)

    page = sandbox.http.get(f"/{orcid}").text

    for words in ("Boston University", "Lecturer, Physics", "2020 – present", "Test client"):
        assert words in page
