"""`GET /{orcid}/works`: groups, order, sources, and who sees what."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.steps import (
    client_source,
    client_token,
    external_id,
    external_ids,
    orcid_work,
    published,
    read,
    titles,
    user_token,
)
from tests.sandbox_server import SandboxClient, SandboxServer


def works(sandbox: SandboxServer, orcid: str, token: str = "") -> dict[str, Any]:
    answer: dict[str, Any] = read(sandbox, f"/{orcid}/works", token).json()
    return answer


def limited(sandbox: SandboxServer, client: SandboxClient, orcid: str) -> str:
    return sandbox.give_permission(orcid, client.client_id)["access_token"]


def test_empty_record_has_an_empty_list_and_no_date(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person()

    assert works(sandbox, orcid) == {
        "last-modified-date": None,
        "group": [],
        "path": f"/{orcid}/works",
    }


def test_group_has_orcids_shape(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person(given_names="Ada", family_name="Byron")
    work = orcid_work(
        "Notes",
        doi="https://doi.org/10.5555/ABC",
        url={"value": "https://journal.example/1"},
        **published("1843", "8"),
        **client_source("APP-REPOSITORY000001", "A repository"),
        **{"journal-title": "Taylor's Scientific Memoirs", "created-date": {"value": 1000}},
        **{"last-modified-date": {"value": 2000}},
    )
    [put_code] = sandbox.add_works(orcid, work)

    body = works(sandbox, orcid)

    ids = {
        "external-id": [
            {
                "external-id-type": "doi",
                "external-id-value": "https://doi.org/10.5555/ABC",
                "external-id-normalized": {"value": "10.5555/abc", "transient": True},
                "external-id-normalized-error": None,
                "external-id-url": None,
                "external-id-relationship": "self",
            }
        ]
    }
    host = sandbox.base_url.removeprefix("http://")
    client = "APP-REPOSITORY000001"
    summary = {
        "put-code": put_code,
        "created-date": {"value": 1000},
        "last-modified-date": {"value": 2000},
        "source": {
            "source-orcid": None,
            "source-client-id": {
                "uri": f"{sandbox.base_url}/client/{client}",
                "path": client,
                "host": host,
            },
            "source-name": {"value": "A repository"},
            "assertion-origin-orcid": None,
            "assertion-origin-client-id": None,
            "assertion-origin-name": None,
        },
        "title": {"title": {"value": "Notes"}, "subtitle": None, "translated-title": None},
        "external-ids": ids,
        "url": {"value": "https://journal.example/1"},
        "type": "journal-article",
        "publication-date": {"year": {"value": "1843"}, "month": {"value": "08"}, "day": None},
        "journal-title": {"value": "Taylor's Scientific Memoirs"},
        "visibility": "public",
        "path": f"/{orcid}/work/{put_code}",
        "display-index": "1",
    }
    assert body["group"] == [
        {"last-modified-date": {"value": 2000}, "external-ids": ids, "work-summary": [summary]}
    ]
    assert list(body["group"][0]["work-summary"][0]) == list(summary)
    assert body["last-modified-date"] == {"value": 2000}
    assert put_code > 100_000_000


def test_what_a_person_typed_has_the_person_as_source(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person(given_names="Ada", family_name="Byron")
    sandbox.add_works(orcid, orcid_work("Notes"))

    [group] = works(sandbox, orcid)["group"]

    [item] = group["work-summary"]
    assert item["source"]["source-orcid"]["path"] == orcid
    assert item["source"]["source-client-id"] is None
    assert item["source"]["source-name"] == {"value": "Ada Byron"}
    assert item["display-index"] == "0"


def test_shared_ids_group_also_by_way_of_others(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person()
    both = external_ids(
        external_id("doi", "10.5555/A"), external_id("pmid", "PMID: 77", "version-of")
    )
    sandbox.add_works(
        orcid,
        [
            orcid_work("By DOI", doi="doi:10.5555/a", **published("2003")),
            orcid_work("By PMID", **external_ids(external_id("pmid", "77")), **published("2002")),
            orcid_work("Bridge", **both, **published("2001")),
            orcid_work("Alone", **published("2000")),
        ],
    )

    body = works(sandbox, orcid)

    assert titles(body) == [["By DOI", "By PMID", "Bridge"], ["Alone"]]
    shared = body["group"][0]["external-ids"]["external-id"]
    assert {item["external-id-normalized"]["value"] for item in shared} == {"10.5555/a", "77"}


# The same value in two schemes is two identifiers.
KEYS = [(kind, f"10.5555/{number}") for kind in ("doi", "handle") for number in range(3)]


@given(
    st.lists(st.sets(st.sampled_from(KEYS), max_size=2), max_size=6),
    st.randoms(use_true_random=False),
)
def test_two_are_together_if_and_only_if_a_chain_of_shared_ids_leads_from_one_to_the_other(
    sandbox_server: SandboxServer, keys: list[set[tuple[str, str]]], chance: random.Random
) -> None:
    orcid = sandbox_server.add_person()
    given_in_any_order = [
        orcid_work(str(number), **external_ids(*(external_id(*key) for key in mine)))
        for number, mine in enumerate(keys)
    ]
    chance.shuffle(given_in_any_order)
    sandbox_server.add_works(orcid, given_in_any_order)

    together = {frozenset(map(int, group)) for group in titles(works(sandbox_server, orcid))}

    assert together == {chain(number, keys) for number in range(len(keys))}


def chain(start: int, keys: list[set[tuple[str, str]]]) -> frozenset[int]:
    """Those that are reached from one by way of shared keys, itself among them."""
    reached, todo = {start}, [start]
    while todo:
        here = keys[todo.pop()]
        more = {number for number, there in enumerate(keys) if here & there} - reached
        reached |= more
        todo += more
    return frozenset(reached)


@pytest.mark.parametrize(
    "ids",
    [
        [external_id("issn", "1234-5679", "part-of")],
        [external_id("grant_number", "G1", "funded-by")],
        [],
    ],
)
def test_what_a_work_belongs_to_does_not_group(
    sandbox: SandboxServer, ids: list[dict[str, Any]]
) -> None:
    orcid = sandbox.add_person()
    sandbox.add_works(orcid, [orcid_work(name, **external_ids(*ids)) for name in ("A", "B")])

    body = works(sandbox, orcid)

    assert titles(body) == [["A"], ["B"]]
    assert body["group"][0]["external-ids"] == {"external-id": []}


def test_preferred_version_comes_first_then_the_older(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person()
    sandbox.add_works(
        orcid,
        [
            orcid_work("Newer", doi="10.5555/a") | {"created-date": {"value": 9}},
            orcid_work("Older", doi="10.5555/a") | {"created-date": {"value": 5}},
            orcid_work("Preferred", doi="10.5555/a") | {"display-index": "3"},
        ],
    )

    assert titles(works(sandbox, orcid)) == [["Preferred", "Older", "Newer"]]


def test_groups_are_sorted_by_date_title_and_type(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person()
    sandbox.add_works(
        orcid,
        [
            orcid_work("Undated"),
            orcid_work("Year only", **published("2020")),
            orcid_work("B", **published("2020", "5")),
            orcid_work("A", **published("2020", "05")),
            orcid_work("Newest", **published("2021", "01", "02")),
        ],
    )

    assert titles(works(sandbox, orcid)) == [["Newest"], ["A"], ["B"], ["Year only"], ["Undated"]]


ALL = [
    orcid_work(name, doi="10.5555/a", visibility=name) for name in ("public", "limited", "private")
]


def test_readers_see_what_their_scope_reaches(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    orcid = sandbox.add_person()
    sandbox.add_works(orcid, ALL)
    update = sandbox.give_permission(orcid, member.client_id, "/activities/update")

    assert titles(works(sandbox, orcid)) == [["public"]]
    assert titles(works(sandbox, orcid, update["access_token"])) == [["public"]]
    assert titles(works(sandbox, orcid, client_token(sandbox, member, "/read-public"))) == [
        ["public"]
    ]
    assert titles(works(sandbox, orcid, limited(sandbox, member, orcid))) == [["public", "limited"]]


def test_client_always_sees_what_it_wrote_itself(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    orcid = sandbox.add_person()
    mine = client_source(member.client_id, "")
    other = client_source("APP-REPOSITORY000001", "A repository")
    sandbox.add_works(
        orcid,
        [
            orcid_work("Mine", visibility="private", **mine),
            orcid_work("Not mine", visibility="private", **other),
        ],
    )

    assert titles(works(sandbox, orcid, limited(sandbox, member, orcid))) == [["Mine"]]
    assert titles(works(sandbox, orcid)) == []


def test_hidden_version_does_not_tie_a_group_together(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person()
    ids = [external_id("doi", "10.5555/a"), external_id("doi", "10.5555/b")]
    sandbox.add_works(
        orcid,
        [
            orcid_work("A", doi="10.5555/a"),
            orcid_work("B", doi="10.5555/b"),
            orcid_work("Bridge", visibility="private", **external_ids(*ids)),
        ],
    )

    assert titles(works(sandbox, orcid)) == [["A"], ["B"]]


def test_permission_through_the_pages_reads_the_same(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    orcid = sandbox.add_person()
    sandbox.add_works(orcid, ALL)
    token = user_token(sandbox, member, orcid, scope="/read-limited")["access_token"]

    assert titles(works(sandbox, orcid, token)) == [["public", "limited"]]


def test_new_items_get_the_visibility_that_the_person_chose(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person(default_visibility="private")
    sandbox.add_works(orcid, orcid_work("Hidden"))

    assert titles(works(sandbox, orcid)) == []


def test_generated_works_are_versions_of_each_other_now_and_then(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    orcid = sandbox.add_person()
    sandbox.generate_works(orcid, 400)

    body = works(sandbox, orcid, limited(sandbox, member, orcid))

    assert sum(len(group["work-summary"]) for group in body["group"]) == 400
    assert sum(len(group["work-summary"]) == 2 for group in body["group"]) == 40
