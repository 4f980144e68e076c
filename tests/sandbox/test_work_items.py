"""Single works, their summaries, and a hundred at once."""

import json
from typing import Any

import pytest

from tests.sandbox.steps import (
    client_source,
    error_codes,
    external_id,
    external_ids,
    orcid_work,
    read,
)
from tests.sandbox_server import ROOT, SandboxClient, SandboxServer

SAMPLE = ROOT / "tests/data/orcid-samples/work-full-3.0.json"


def code_of(sandbox: SandboxServer, path: str, token: str = "") -> tuple[int, int]:
    answer = read(sandbox, path, token)
    return answer.status_code, answer.json()["error-code"]


def test_orcids_own_sample_comes_back_whole(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person()
    sample = json.loads(SAMPLE.read_text())
    [put_code] = sandbox.add_works(orcid, sample)

    body = read(sandbox, f"/{orcid}/work/{put_code}").json()

    assert list(body) == [
        "created-date",
        "last-modified-date",
        "source",
        "put-code",
        "path",
        "title",
        "journal-title",
        "short-description",
        "citation",
        "type",
        "publication-date",
        "external-ids",
        "url",
        "contributors",
        "language-code",
        "country",
        "visibility",
    ]
    assert body["path"] == f"/{orcid}/work/{put_code}"
    for same in (
        "title",
        "journal-title",
        "short-description",
        "citation",
        "type",
        "publication-date",
        "url",
        "language-code",
        "country",
    ):
        assert body[same] == sample[same]
    authors = body["contributors"]["contributor"]
    assert [author["credit-name"]["value"] for author in authors] == ["Jordan", "Fran"]
    assert authors[0]["contributor-orcid"]["path"] == "0000-0002-5391-5437"
    # Taken, and dropped.
    assert authors[0]["contributor-email"] is None


def test_id_that_cannot_be_normalised_says_so(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person()
    [put_code] = sandbox.add_works(orcid, orcid_work("Title", doi="123"))

    body = read(sandbox, f"/{orcid}/work/{put_code}").json()

    [item] = body["external-ids"]["external-id"]
    assert item["external-id-normalized"] is None
    assert item["external-id-normalized-error"] == {
        "error-code": "8001",
        "error-message": "Cannot normalize identifier value doi:123",
        "transient": True,
    }


@pytest.mark.parametrize(
    ("kind", "value", "normal"),
    [
        ("doi", "https://doi.org/10.1087/20120404", "10.1087/20120404"),
        ("doi", "DOI: 10.1000.10/ABC.d", "10.1000.10/abc.d"),
        ("isbn", "978-0-306-40615-7", "9780306406157"),
        ("isbn", "0-8044-2957-x", "080442957X"),
        ("issn", "1234567X", "1234-567X"),
        ("pmid", "https://pubmed.ncbi.nlm.nih.gov/12345", "12345"),
        ("pmc", "PMC1234567", "1234567"),
        ("arxiv", "https://arxiv.org/abs/2101.01234v2", "arXiv:2101.01234v2"),
        ("uri", "example.org/a", "http://example.org/a"),
        ("source-work-id", "As-It-Is", "As-It-Is"),
    ],
)
def test_ids_are_normalised_by_their_type(
    sandbox: SandboxServer, kind: str, value: str, normal: str
) -> None:
    orcid = sandbox.add_person()
    sandbox.add_works(orcid, orcid_work("W", **external_ids(external_id(kind, value))))

    [group] = read(sandbox, f"/{orcid}/works").json()["group"]

    [item] = group["external-ids"]["external-id"]
    assert item["external-id-value"] == value
    assert item["external-id-normalized"]["value"] == normal


def test_summary_is_what_the_list_shows(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person()
    [put_code] = sandbox.add_works(orcid, orcid_work("Title", doi="10.5555/a"))

    summary = read(sandbox, f"/{orcid}/work/summary/{put_code}").json()

    assert [summary] == read(sandbox, f"/{orcid}/works").json()["group"][0]["work-summary"]


def test_work_that_is_not_there_is_not_found(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person()
    [elsewhere] = sandbox.add_works(sandbox.add_person(), orcid_work("Another's"))

    assert code_of(sandbox, f"/{orcid}/work/{elsewhere}") == (404, 9016)
    assert code_of(sandbox, f"/{orcid}/work/summary/1") == (404, 9016)
    assert code_of(sandbox, f"/{orcid}/work/abc") == (400, 9034)


@pytest.mark.parametrize("path", ["work", "work/summary"])
def test_single_work_that_may_not_be_seen_says_why(
    sandbox: SandboxServer, member: SandboxClient, path: str
) -> None:
    orcid = sandbox.add_person()
    limited, private = sandbox.add_works(
        orcid, [orcid_work("A", visibility="limited"), orcid_work("B", visibility="private")]
    )
    reader = sandbox.give_permission(orcid, member.client_id)["access_token"]
    updater = sandbox.give_permission(orcid, member.client_id, "/activities/update")

    assert read(sandbox, f"/{orcid}/{path}/{limited}", reader).json()["put-code"] == limited
    assert code_of(sandbox, f"/{orcid}/{path}/{private}", reader) == (403, 9013)
    assert code_of(sandbox, f"/{orcid}/{path}/{limited}", updater["access_token"]) == (403, 9038)
    assert code_of(sandbox, f"/{orcid}/{path}/{limited}") == (403, 9039)


def bulk(sandbox: SandboxServer, orcid: str, put_codes: list[int], token: str = "") -> Any:
    return read(sandbox, f"/{orcid}/works/{','.join(map(str, put_codes))}", token).json()


def test_bulk_reads_whole_works(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person()
    put_codes = sandbox.generate_works(orcid, 100)

    body = bulk(sandbox, orcid, put_codes[::-1])

    assert [slot["work"]["put-code"] for slot in body["bulk"]] == put_codes
    alone = read(sandbox, f"/{orcid}/work/{put_codes[0]}").json()
    assert body["bulk"][0]["work"] == alone


def test_bulk_has_slots_for_what_is_hidden_and_then_for_what_is_unknown(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    orcid = sandbox.add_person()
    one, hidden, mine = sandbox.add_works(
        orcid,
        [
            orcid_work("One"),
            orcid_work("Hidden", visibility="private"),
            orcid_work("Mine", visibility="private", **client_source(member.client_id, "")),
        ],
    )
    token = sandbox.give_permission(orcid, member.client_id)["access_token"]

    body = bulk(sandbox, orcid, [1, hidden, one, mine], token)

    assert error_codes(body) == [None, 9013, None, 9034]
    assert body["bulk"][3]["error"]["response-code"] == 400


def test_bulk_reads_no_more_than_a_hundred(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person()
    path = f"/{orcid}/works/{','.join(map(str, range(1, 102)))}"

    assert code_of(sandbox, path) == (400, 9042)


def test_bulk_names_the_source_of_each(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person(given_names="Ada", family_name="Byron")
    source = client_source("APP-REPOSITORY000001", "A repository")
    put_codes = sandbox.add_works(orcid, [orcid_work("Typed"), orcid_work("Asserted", **source)])

    slots = bulk(sandbox, orcid, put_codes)["bulk"]

    names = [slot["work"]["source"]["source-name"]["value"] for slot in slots]
    assert names == ["Ada Byron", "A repository"]
