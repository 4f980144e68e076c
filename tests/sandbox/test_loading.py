"""Records loaded from ORCID's own JSON: over the control address, by file, by command."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.steps import client_source, external_ids, orcid_work, published, read, titles
from tests.sandbox_server import ROOT, SandboxServer


def loaded(sandbox: SandboxServer, content: Any) -> list[list[str]]:
    orcid = sandbox.add_person()
    sandbox.add_works(orcid, content)
    return titles(read(sandbox, f"/{orcid}/works").json())


@pytest.mark.parametrize("path", ["", "/record", "/activities", "/works"])
def test_what_the_api_answers_can_be_loaded(sandbox: SandboxServer, path: str) -> None:
    orcid = sandbox.add_person()
    source = client_source("APP-REPOSITORY000001", "A repository")
    works = [orcid_work("One", doi="10.5555/a"), orcid_work("Two", doi="10.5555/A", **source)]
    sandbox.add_works(orcid, works)

    assert loaded(sandbox, read(sandbox, f"/{orcid}{path}").json()) == [["Two", "One"]]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda work: work,
        lambda work: [work],
        lambda work: {"work": work},
        lambda work: {"bulk": [{"work": work}, {"error": {"error-code": 9034}}]},
        lambda work: {"group": [{"work-summary": [work]}]},
        lambda work: {"group": {"work-summary": work}},
    ],
)
def test_works_may_be_wrapped_in_any_of_orcids_ways(
    sandbox: SandboxServer, wrap: Callable[[Any], Any]
) -> None:
    assert loaded(sandbox, wrap(orcid_work("One"))) == [["One"]]


def test_dates_visibility_index_and_put_code_are_kept(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person()
    kept = {
        "put-code": 178602,
        "display-index": "7",
        "visibility": "public",
        "created-date": {"value": 1559917017189},
        "last-modified-date": {"value": 1559917017999},
    }
    sandbox.add_works(orcid, orcid_work("One") | kept)

    summary = read(sandbox, f"/{orcid}/work/summary/178602").json()

    assert {key: summary[key] for key in kept} == kept


def test_put_code_of_another_record_is_not_taken_away(sandbox: SandboxServer) -> None:
    work = orcid_work("One") | {"put-code": 178602}
    first, second = sandbox.add_person(), sandbox.add_person()

    assert sandbox.add_works(first, work) == [178602]
    [other] = sandbox.add_works(second, work)

    assert other != 178602
    assert read(sandbox, f"/{first}/work/178602").status_code == 200


def test_loading_a_put_code_again_changes_the_work(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person()
    [put_code] = sandbox.add_works(orcid, orcid_work("Before", doi="10.5555/a"))
    before = read(sandbox, f"/{orcid}/work/{put_code}").json()

    sandbox.add_works(orcid, orcid_work("After", doi="10.5555/b") | {"put-code": put_code})

    body = read(sandbox, f"/{orcid}/works").json()
    assert titles(body) == [["After"]]
    [after] = body["group"][0]["work-summary"]
    assert after["put-code"] == put_code
    assert after["created-date"] == before["created-date"]
    assert after["last-modified-date"]["value"] > before["last-modified-date"]["value"]
    [item] = body["group"][0]["external-ids"]["external-id"]
    assert item["external-id-value"] == "10.5555/b"


def test_put_codes_are_never_given_twice(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person()
    [gone] = sandbox.add_works(orcid, orcid_work("One"))
    sandbox.delete_works(orcid, gone)

    [new] = sandbox.add_works(orcid, orcid_work("One"))

    assert new > gone


@pytest.mark.parametrize(
    "content",
    [
        {"person": {}},
        "a title",
        {"title": None, "type": "book"},
        orcid_work("No such type", type="scroll"),
        orcid_work("Bad date", **published("MCMXII")),
        orcid_work("Bad visibility", visibility="secret"),
        orcid_work("Bad code") | {"put-code": "one"},
        orcid_work("Bad id", **external_ids({"external-id-type": "doi"})),
        orcid_work("Bad list") | {"external-ids": [1]},
    ],
)
def test_what_is_no_work_is_refused_whole(sandbox: SandboxServer, content: Any) -> None:
    orcid = sandbox.add_person()

    answer = sandbox.http.post(f"/sandbox/people/{orcid}/works", json=[orcid_work("A"), content])

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert titles(read(sandbox, f"/{orcid}/works").json()) == []


def test_every_text_comes_back_as_it_was(sandbox: SandboxServer) -> None:
    texts = ["<b>Bold</b> & <script>", "H₂O → x² ≤ \\frac{1}{2}", "مدخل إلى علم البيانات", "=1+1"]
    sandbox_titles = loaded(sandbox, [orcid_work(text) for text in texts])

    assert sorted(sandbox_titles) == sorted([text] for text in texts)


def test_all_of_51_contributors_are_kept(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person()
    authors = [{"credit-name": {"value": f"Author {number}"}} for number in range(51)]
    work = orcid_work("Large", contributors={"contributor": authors})
    [put_code] = sandbox.add_works(orcid, work)

    body = read(sandbox, f"/{orcid}/work/{put_code}").json()

    assert len(body["contributors"]["contributor"]) == 51


def test_people_come_with_the_permissions_they_have_given(sandbox: SandboxServer) -> None:
    client = sandbox.add_client()
    given = {"client_id": client.client_id, "scope": "/read-limited", "access_token": "a-token"}
    orcid = sandbox.add_person(permissions=[given])

    headers = {"Accept": "application/json", "Authorization": "Bearer a-token"}
    works = sandbox.http.get(f"/api/v3.0/{orcid}/works", headers=headers)

    assert works.json()["path"] == f"/{orcid}/works"


def test_people_come_with_their_works(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person(works=[orcid_work("One"), orcid_work("Two")])

    assert titles(read(sandbox, f"/{orcid}/works").json()) == [["One"], ["Two"]]


def test_generated_people_come_with_works_and_tokens(sandbox: SandboxServer) -> None:
    client = sandbox.add_client()
    order = {"people": 3, "works": 2, "client_id": client.client_id, "scope": "/read-limited"}

    made = sandbox.http.post("/sandbox/people/generate", json=order).json()["people"]

    assert len({person["orcid"] for person in made}) == 3
    for person in made:
        body = read(sandbox, f"/{person['orcid']}/works", person["access_token"]).json()
        assert len(body["group"]) == 2


RECORD: dict[str, Any] = {
    "orcid-identifier": {"path": "0000-0002-7319-2192", "host": "sandbox.orcid.org"},
    "preferences": {"locale": "en"},
    "person": {
        "name": {
            "given-names": {"value": "Grace"}, "family-name": {"value": "Hopper"},
            "credit-name": {"value": "G. B. M. Hopper"}, "visibility": "public",
        },
        "other-names": {"other-name": [
            {"content": "Amazing Grace", "visibility": "public"},
            {"content": "A private name", "visibility": "limited"},
        ]},
        "biography": {"content": "Not kept."},
        "emails": {"email": [
            {"email": "grace@navy.example", "verified": True, "primary": True, "visibility": "public"},
            {"email": "hidden@navy.example", "verified": False, "visibility": "private"},
        ]},
    },
    "activities-summary": {
        "employments": {"affiliation-group": [
            {"external-ids": {"external-id": []}, "summaries": [{"employment-summary": {
                "put-code": 22411, "visibility": "public", "role-title": "Rear admiral",
                "department-name": None, "end-date": None,
                "start-date": {"year": {"value": "1943"}, "month": None, "day": None},
                "created-date": {"value": 1559917017189},
                "source": {"source-client-id": {"path": "APP-NAVY000000000001"},
                           "source-name": {"value": "The Navy"}},
                "organization": {
                    "name": "United States Navy",
                    "address": {"city": "Arlington", "region": "VA", "country": "US"},
                    "disambiguated-organization": {
                        "disambiguated-organization-identifier": "https://ror.org/03ar0mv07",
                        "disambiguation-source": "ROR",
                    },
                },
            }}]},
        ]},
        "educations": {"affiliation-group": [{"summaries": [{"education-summary": {
            "role-title": "PhD", "visibility": "limited",
            "organization": {"name": "Yale University", "address": {"city": "New Haven", "country": "US"}},
        }}]}]},
        "fundings": {"group": [{"funding-summary": [{"put-code": 1}]}]},
        "works": {"group": [{"work-summary": [orcid_work("The education of a computer")]}]},
    },
}  # fmt: skip


def test_a_whole_record_comes_with_names_addresses_affiliations_and_works(
    sandbox: SandboxServer,
) -> None:
    before = {"email": "before@navy.example", "primary": True, "visibility": "public"}
    orcid = sandbox.add_person(emails=[before])

    counts = sandbox.load_record(orcid, RECORD)

    client = sandbox.add_client()
    token = sandbox.give_permission(orcid, client.client_id)["access_token"]
    record = read(sandbox, f"/{orcid}/record", token).json()
    person, done = record["person"], record["activities-summary"]
    assert counts == {"works": 1, "affiliations": 2}
    names = [
        person["name"][part]["value"] for part in ("given-names", "family-name", "credit-name")
    ]
    assert names == ["Grace", "Hopper", "G. B. M. Hopper"]
    assert [each["content"] for each in person["other-names"]["other-name"]] == ["Amazing Grace"]
    assert [
        (each["email"], each["verified"], each["primary"]) for each in person["emails"]["email"]
    ] == [("grace@navy.example", True, True), ("before@navy.example", True, False)]
    [job] = done["employments"]["affiliation-group"]
    summary = job["summaries"][0]["employment-summary"]
    for key in ("put-code", "role-title", "start-date", "created-date", "organization"):
        kept = RECORD["activities-summary"]["employments"]["affiliation-group"][0]["summaries"][0]
        assert summary[key] == kept["employment-summary"][key]
    assert summary["source"]["source-name"]["value"] == "The Navy"
    [school] = done["educations"]["affiliation-group"]
    assert school["summaries"][0]["education-summary"]["visibility"] == "limited"
    assert titles(done["works"]) == [["The education of a computer"]]


def test_what_the_api_answers_of_a_record_makes_the_same_again(sandbox: SandboxServer) -> None:
    first, second = sandbox.add_person(), "0000-0002-7319-2192"
    sandbox.load_record(first, RECORD)
    answered = read(sandbox, f"/{first}/record").json()
    answered["person"]["emails"] = None  # an address is one person's

    sandbox.load_record(second, answered)

    assert sections(read(sandbox, f"/{second}/record").json()) == sections(answered)


def sections(record: Any) -> list[Any]:
    """What a reader sees, put-codes and dates aside."""
    name, done = record["person"]["name"], record["activities-summary"]
    job = done["employments"]["affiliation-group"][0]["summaries"][0]["employment-summary"]
    return [name["family-name"], job["organization"], job["source"], titles(done["works"])]


def test_loading_a_record_again_changes_it_and_adds_nothing_twice(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person()
    sandbox.load_record(orcid, read(sandbox, f"/{orcid}/record").json())
    sandbox.load_record(orcid, RECORD)
    answered = read(sandbox, f"/{orcid}/record").json()

    sandbox.load_record(orcid, answered)

    assert sections(read(sandbox, f"/{orcid}/record").json()) == sections(answered)
    again = read(sandbox, f"/{orcid}/employments").json()
    assert len(again["affiliation-group"]) == 1


@pytest.mark.parametrize("section", ["employment", "education", "qualification", "distinction",
                                     "invited-position", "membership", "service"])  # fmt: skip
def test_each_section_of_affiliations_is_loaded(sandbox: SandboxServer, section: str) -> None:
    orcid = sandbox.add_person()

    sandbox.load_record(orcid, {section: {"organization": {"name": "Yale University"}}})

    body = read(sandbox, f"/{orcid}/{section}s").json()
    [group] = body["affiliation-group"]
    assert group["summaries"][0][f"{section}-summary"]["organization"]["name"] == "Yale University"


@pytest.mark.parametrize("works", [{}, {"works": None}])
def test_a_record_without_works_is_loaded_with_the_rest(sandbox: SandboxServer, works: Any) -> None:
    orcid = sandbox.add_person()
    employment = {"employment": {"organization": {"name": "Yale University"}}}

    sandbox.load_record(orcid, {"activities-summary": employment | works})

    assert len(read(sandbox, f"/{orcid}/employments").json()["affiliation-group"]) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"biography": {"content": "x"}}, "Nothing that is kept here in an object with biography."),
        ({"organization": {"name": "Yale"}}, "Of which section?"),
        ("a record", "JSON objects"),
        (
            {"person": {"name": {"given-names": {"value": "G"}, "visibility": "secret"}}},
            "'secret' is none of",
        ),
        ({"person": {"emails": {"email": ["grace@navy.example"]}}}, "another shape than ORCID's"),
        ({"person": {"emails": {"email": [{"email": "taken@navy.example"}]}}}, "another person"),
    ],
)
def test_what_does_not_fit_is_refused_whole(
    sandbox: SandboxServer, content: Any, said: str
) -> None:
    sandbox.add_person(emails=[{"email": "taken@navy.example"}])
    orcid = sandbox.add_person()

    address = f"/sandbox/people/{orcid}/record"
    answer = sandbox.http.post(address, json=[{"work": orcid_work("A")}, content])

    assert answer.status_code == 400
    assert said in answer.json()["error"]
    assert titles(read(sandbox, f"/{orcid}/works").json()) == []


def test_nobody_is_made_without_a_name(sandbox: SandboxServer) -> None:
    address = "/sandbox/people/0000-0002-7319-2192/record"
    answer = sandbox.http.post(address, json=orcid_work("A"))

    assert "Nobody has the iD 0000-0002-7319-2192, and no name" in answer.json()["error"]


def test_command_loads_files_onto_a_record(sandbox: SandboxServer, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps(RECORD))
    (tmp_path / "two.json").write_text(json.dumps({"group": {"work-summary": orcid_work("Two")}}))

    orcid = sandbox.add_person()

    told = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "integrations.sandbox", "record", orcid]
        + [str(tmp_path / name) for name in ("one.json", "two.json")]
        + ["--storage", str(sandbox.storage)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    loaded = "names and e-mails, affiliations: 2, works: 2."
    assert told.stdout == f"Local ORCID sandbox: loaded onto {orcid}: {loaded}\n"
    body = read(sandbox, f"/{orcid}/works").json()
    assert titles(body) == [["The education of a computer"], ["Two"]]
