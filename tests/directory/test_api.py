"""The public API: the directory's facts, and nothing of people, history or the inside (A6)."""

import base64
import datetime

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from contacts.models import Role
from members.models import Consortium, Identifier, Member
from tests.factories import make_consortium, make_contact, make_member

pytestmark = pytest.mark.django_db
ROR = "https://ror.org/052gg0110"


@pytest.fixture(autouse=True)
def fresh_throttle() -> None:
    cache.clear()


@pytest.fixture
def consortium() -> Consortium:
    return make_consortium("North Consortium")


def slugs(client: Client, **filters: str) -> list[str]:
    return [row["slug"] for row in client.get("/api/v1/directory/", filters).json()["results"]]


def test_member_has_the_public_fields_and_no_other(client: Client, consortium: Consortium):
    member = make_member(
        "Alpha",
        consortium,
        start=datetime.date(2021, 3, 1),
        website="https://alpha.example",
        public_email="orcid@alpha.example",
        description="We are **Alpha**.",
        street="12 Secret Street",
        city="Hiddenham",
    )
    Identifier.objects.create(member=member, scheme="ror", value=ROR, preferred=True)
    make_contact(member, [Role.MAIN], family_name="Hopper", email="grace@alpha.example")

    response = client.get("/api/v1/directory/alpha/")

    assert response.json() == {
        "slug": "alpha",
        "display_name": "Alpha",
        "legal_name": "Alpha",
        "community": "research",
        "country": "GB",
        "website": "https://alpha.example",
        "public_email": "orcid@alpha.example",
        "description": "We are **Alpha**.",
        "identifiers": [{"scheme": "ror", "value": ROR, "preferred": True, "url": ROR}],
        "membership": {
            "consortium": {"slug": "north-consortium", "name": "North Consortium"},
            "start": "2021-03-01",
        },
        "logo": None,
        "url": "http://testserver/directory/alpha/",
    }


def test_direct_member_belongs_to_no_consortium(client: Client):
    member = make_member("Direct")
    member.memberships.create(start=None)

    found = client.get("/api/v1/directory/direct/").json()["membership"]

    assert found == {"consortium": None, "start": None}


def test_only_active_members_are_listed(client: Client, consortium: Consortium):
    make_member("Active", consortium)
    make_member("Ended", consortium, end=datetime.date(2020, 1, 1))
    make_member("Pending", consortium, start=datetime.date(2999, 1, 1))

    assert slugs(client) == ["active"]


def test_filters_combine(client: Client, consortium: Consortium):
    funder = Member.Community.FUNDER
    make_member("Alpha Fund", consortium, country="IE", community=funder)
    make_member("Alpha Research", consortium, country="IE")
    make_member("Alpha Abroad", consortium, country="FR", community=funder)
    make_member("Beta", consortium, country="IE", community=funder)

    assert slugs(client, search="álpha", country="IE", community="funder") == ["alpha-fund"]


@pytest.mark.parametrize("given", [ROR, "052gg0110", "ror.org/052GG0110"])
def test_member_is_found_by_ror_however_it_is_written(
    client: Client, consortium: Consortium, given: str
):
    member = make_member("Alpha", consortium)
    Identifier.objects.create(member=member, scheme="ror", value=ROR)
    make_member("Beta", consortium)

    assert slugs(client, ror=given) == ["alpha"]


def test_ror_that_is_none_finds_nothing(client: Client, consortium: Consortium):
    make_member("Alpha", consortium)

    assert slugs(client, ror="nonsense") == []


def test_unknown_country_is_refused(client: Client):
    response = client.get("/api/v1/directory/", {"country": "XX"})

    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == ["country"]


def test_pages_follow_the_id(client: Client, consortium: Consortium):
    expected = [make_member(f"Member {99 - n}", consortium).slug for n in range(52)]

    first = client.get("/api/v1/directory/").json()
    second = client.get(first["next"]).json()

    assert [row["slug"] for row in first["results"] + second["results"]] == expected
    assert second["next"] is None


def test_api_is_read_only(client: Client, consortium: Consortium):
    make_member("Alpha", consortium)

    statuses = [
        client.post("/api/v1/directory/").status_code,
        client.delete("/api/v1/directory/alpha/").status_code,
        client.patch("/api/v1/directory/alpha/").status_code,
    ]

    assert statuses == [405, 405, 405]


def test_eager_readers_are_slowed_down(client: Client, settings: Settings):
    settings.API_READS_PER_NETWORK_PER_MINUTE = 2

    statuses = [client.get("/api/v1/directory/").status_code for _ in range(3)]

    assert statuses == [200, 200, 429]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_queries_do_not_grow_with_rows(
    client: Client, consortium: Consortium, rows: int, django_assert_num_queries
):
    for number in range(rows):
        member = make_member(f"Member {number}", consortium)
        Identifier.objects.create(member=member, scheme="ringgold", value=str(number))

    # members, their identifiers, their active memberships with the consortium
    with django_assert_num_queries(3):
        client.get("/api/v1/directory/")


@pytest.mark.parametrize("query", ["p=abc", "p=", "p=%00", "r=1&p=x", "p=1.5", "o=-1"])
def test_cursor_that_was_made_up_is_not_found(client: Client, query: str):
    cursor = base64.b64encode(query.encode()).decode()

    response = client.get("/api/v1/directory/", {"cursor": cursor})

    assert (response.status_code, response.json()["detail"]) == (404, "Invalid cursor")
