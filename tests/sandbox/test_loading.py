"""Works put on records from ORCID's own JSON: over the control address, by file, by command."""

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


def test_command_loads_files_onto_a_record(sandbox: SandboxServer, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps(orcid_work("One")))
    (tmp_path / "two.json").write_text(json.dumps({"group": {"work-summary": orcid_work("Two")}}))

    orcid = sandbox.add_person()

    told = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "integrations.sandbox", "works", orcid]
        + [str(tmp_path / name) for name in ("one.json", "two.json")]
        + ["--storage", str(sandbox.storage)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert told.stdout == f"Local ORCID sandbox: 2 works are on {orcid}.\n"
    assert titles(read(sandbox, f"/{orcid}/works").json()) == [["One"], ["Two"]]
