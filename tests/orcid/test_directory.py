"""C2: from an e-mail address to an iD, by ORCID's public search."""

from collections.abc import Iterator

import httpx
import pytest
import respx
from django.core.cache import cache
from pytest_django import Settings

from integrations.orcid.directory import FoundPerson, find_by_email
from integrations.orcid.errors import OrcidUnavailable
from tests.sandbox_server import SandboxServer

pytestmark = pytest.mark.django_db
SEARCH = "http://orcid.test/v3.0/expanded-search"


def public(address: str) -> list[dict[str, object]]:
    return [{"email": address, "verified": True, "visibility": "public"}]


@pytest.fixture
def fake(settings: Settings) -> Iterator[respx.MockRouter]:
    cache.clear()
    settings.ORCID_PUBLIC_API_URL = "http://orcid.test/v3.0"
    settings.ORCID_CLIENT_ID = ""
    with respx.mock as router:
        yield router


def test_public_address_finds_its_person(orcid: SandboxServer) -> None:
    person = orcid.add_person(
        given_names="Sofia", family_name="Garcia", emails=public("sofia@uni.example")
    )

    found = find_by_email("sofia@uni.example")

    assert found == FoundPerson(person, "Sofia", "Garcia")
    assert found.display_name == "Sofia Garcia"


def test_capitals_in_what_was_typed_do_not_matter(orcid: SandboxServer) -> None:
    person = orcid.add_person(emails=public("sofia@uni.example"))

    found = find_by_email("  Sofia@Uni.example ")

    assert found is not None
    assert found.orcid == person


@pytest.mark.parametrize(
    "hidden",
    [
        {"verified": True, "visibility": "private"},
        {"verified": True, "visibility": "limited"},
        {"verified": False, "visibility": "public"},
    ],
    ids=str,
)
def test_address_that_is_not_verified_and_public_finds_nobody(
    orcid: SandboxServer, hidden: dict[str, object]
) -> None:
    orcid.add_person(emails=[{"email": "sofia@uni.example", **hidden}])

    assert find_by_email("sofia@uni.example") is None


@pytest.mark.parametrize(
    "typed",
    [
        "*@uni.example",
        '"x\\" OR orcid:*"@uni.example',
        '"\\") OR (email:*"@uni.example',
        "not an address",
        "",
        "sofia@uni.example OR email:*",
    ],
)
def test_what_is_typed_is_never_taken_for_a_query(orcid: SandboxServer, typed: str) -> None:
    orcid.add_person(emails=public("sofia@uni.example"))

    assert find_by_email(typed) is None


def test_query_quotes_the_address_as_typed_and_in_lower_case(fake: respx.MockRouter) -> None:
    search = fake.get(SEARCH).respond(json={"expanded-result": None, "num-found": 0})

    find_by_email('"So\\"fia"@Uni.example')

    assert search.calls.last.request.url.params["q"] == (
        r'email:"\"So\\\"fia\"@Uni.example" OR email:"\"so\\\"fia\"@uni.example"'
    )


def row(orcid: str, **fields: object) -> dict[str, object]:
    return {"orcid-id": orcid, "email": ["sofia@uni.example"], **fields}


ONE, OTHER = "0000-0002-1825-0097", "0000-0001-5109-3700"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row(ONE), row(ONE)], ONE),
        ([row(ONE), row(OTHER)], None),
        ([row(ONE), row(OTHER, email=["somebody@else.example"])], ONE),
        ([row(ONE, email=["SOFIA@uni.example"])], ONE),
        ([], None),
    ],
)
def test_exactly_one_person_is_a_find(
    fake: respx.MockRouter, rows: list[dict[str, object]], expected: str | None
) -> None:
    fake.get(SEARCH).respond(json={"expanded-result": rows, "num-found": len(rows)})

    found = find_by_email("sofia@uni.example")

    assert (found and found.orcid) == expected


@pytest.mark.parametrize(
    "result", ["text", ["text"], [row("0000-0002-1825-0098")], [{"email": []}]], ids=str
)
def test_impossible_result_is_unavailable(fake: respx.MockRouter, result: object) -> None:
    fake.get(SEARCH).respond(json={"expanded-result": result, "num-found": 1})

    with pytest.raises(OrcidUnavailable):
        find_by_email("sofia@uni.example")


@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_search_that_fails_is_unavailable(fake: respx.MockRouter, status: int) -> None:
    fake.get(SEARCH).mock(return_value=httpx.Response(status, json={"response-code": status}))

    with pytest.raises(OrcidUnavailable):
        find_by_email("sofia@uni.example")


def test_characters_that_no_page_can_show_are_left_out(fake: respx.MockRouter) -> None:
    answer = r"""{"expanded-result": [{"orcid-id": "0000-0002-1825-0097",
        "given-names": "So\u0000fia", "family-names": "Gar\ud800cia", "credit-name": null}]}"""
    fake.get(SEARCH).respond(content=answer, headers={"Content-Type": "application/json"})

    found = find_by_email("sofia@uni.example")

    assert found == FoundPerson("0000-0002-1825-0097", "Sofia", "Garcia")
