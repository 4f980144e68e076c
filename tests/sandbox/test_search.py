import datetime as dt
from typing import Any

import pytest

from tests.sandbox.steps import JSON, bearer, client_token, read
from tests.sandbox_server import SandboxClient, SandboxServer


def search(sandbox: SandboxServer, q: str, **more: str) -> dict[str, Any]:
    answer = sandbox.http.get("/pub/v3.0/search", params={"q": q, **more}, headers=JSON)
    body: dict[str, Any] = answer.json()
    return body


def found(sandbox: SandboxServer, q: str, **more: str) -> list[str]:
    rows = search(sandbox, q, **more)["result"] or []
    return [row["orcid-identifier"]["path"] for row in rows]


@pytest.mark.parametrize(
    ("email", "is_found"),
    [
        ({"visibility": "public"}, True),
        ({"visibility": "public", "verified": False}, False),
        ({"visibility": "limited"}, False),
        ({"visibility": "private"}, False),
    ],
)
def test_email_search_sees_only_verified_public_addresses(
    sandbox: SandboxServer, email: dict[str, object], *, is_found: bool
) -> None:
    orcid = sandbox.add_person(emails=[{"email": "jane@uni.example", **email}])

    assert found(sandbox, 'email:"jane@uni.example"') == ([orcid] if is_found else [])


def test_email_search_is_exact_and_case_sensitive(sandbox: SandboxServer) -> None:
    sandbox.add_person(emails=[{"email": "Jane@uni.example", "visibility": "public"}])

    assert found(sandbox, 'email:"jane@uni.example"') == []
    assert found(sandbox, 'email:"ane@uni.example"') == []


def test_email_search_by_domain(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person(emails=[{"email": "jane@uni.example", "visibility": "public"}])
    sandbox.add_person(emails=[{"email": "joe@notuni.example", "visibility": "public"}])

    assert found(sandbox, "email:*@uni.example") == [orcid]


def test_result_has_orcids_shape(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person()

    assert search(sandbox, f"orcid:{orcid}") == {
        "result": [
            {
                "orcid-identifier": {
                    "uri": f"{sandbox.base_url}/{orcid}",
                    "path": orcid,
                    "host": sandbox.base_url.removeprefix("http://"),
                }
            }
        ],
        "num-found": 1,
    }


def test_nothing_found_is_null(sandbox: SandboxServer) -> None:
    expanded = read(sandbox, "/expanded-search?q=nobodyofthisname")

    assert search(sandbox, "nobodyofthisname") == {"result": None, "num-found": 0}
    assert expanded.json() == {"expanded-result": None, "num-found": 0}


def test_expanded_search_shows_what_is_public(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person(
        given_names="Rob",
        family_name="Blackwood",
        other_names=["Robert B."],
        emails=[
            {"email": "rob@uni.example", "visibility": "public"},
            {"email": "rob@home.example", "visibility": "private"},
        ],
        employments=[{"organization": "Uni", "ror": "https://ror.org/05qwgg493"}],
    )

    answer = read(sandbox, "/expanded-search?q=family-name:Blackwood")

    assert answer.json() == {
        "expanded-result": [
            {
                "orcid-id": orcid,
                "given-names": "Rob",
                "family-names": "Blackwood",
                "credit-name": None,
                "other-name": ["Robert B."],
                "email": ["rob@uni.example"],
                "institution-name": ["Uni"],
            }
        ],
        "num-found": 1,
    }


def test_hidden_names_are_neither_found_nor_shown(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person(given_names="Hidden", name_visibility="private")

    row = read(sandbox, f"/expanded-search?q=orcid:{orcid}").json()["expanded-result"][0]

    assert found(sandbox, "given-names:Hidden") == []
    assert (row["given-names"], row["family-names"]) == (None, None)


@pytest.mark.parametrize("status", ["locked", "deactivated", "moved"])
def test_records_that_are_not_active_are_not_found(sandbox: SandboxServer, status: str) -> None:
    orcid = sandbox.add_person(status=status, moved_to="0009-0009-9900-0011")

    assert found(sandbox, f"orcid:{orcid}") == []


def test_people_are_found_by_the_ror_of_their_employment(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person(
        employments=[{"organization": "Uni", "ror": "https://ror.org/0abcdef12"}]
    )

    assert found(sandbox, 'ror-org-id:"https://ror.org/0abcdef12"') == [orcid]


def test_rows_and_start_cut_a_page_out_of_the_matches(sandbox: SandboxServer) -> None:
    people = sorted(sandbox.add_person(family_name="Manifold") for _ in range(3))

    page = search(sandbox, "family-name:Manifold", rows="1", start="1")

    assert page["num-found"] == 3
    assert found(sandbox, "family-name:Manifold", rows="1", start="1") == [people[1]]
    assert search(sandbox, "family-name:Manifold", rows="0")["result"] is None


@pytest.mark.parametrize(
    ("window", "code"),
    [
        ({"rows": "1001"}, 9012),
        ({"rows": "-1"}, 9012),
        ({"rows": "many"}, 9012),
        ({"start": "10001"}, 9043),
    ],
)
def test_window_out_of_range_is_400(
    sandbox: SandboxServer, window: dict[str, str], code: int
) -> None:
    body = search(sandbox, "x", **window)

    assert (body["response-code"], body["error-code"]) == (400, code)


def test_start_is_not_limited_for_a_token(sandbox: SandboxServer, member: SandboxClient) -> None:
    token = client_token(sandbox, member, "/read-public")

    assert read(sandbox, "/search?q=x&start=10001", token).status_code == 200


def test_unreadable_query_is_400(sandbox: SandboxServer) -> None:
    assert search(sandbox, 'email:"open')["error-code"] == 9012


def test_member_api_search_needs_read_public(sandbox: SandboxServer, member: SandboxClient) -> None:
    token = client_token(sandbox, member, "/webhook")

    assert read(sandbox, "/search?q=x", token).status_code == 403


def test_many_ids_can_be_asked_for_at_once(sandbox: SandboxServer) -> None:
    people = sorted(sandbox.add_person() for _ in range(3))
    listed = " OR ".join(f'"{orcid}"' for orcid in people[:2])

    assert found(sandbox, f"orcid:({listed})") == people[:2]


@pytest.mark.parametrize("host", ["pub", "api"])
def test_records_changed_since_a_moment_are_found(
    sandbox: SandboxServer, member: SandboxClient, host: str
) -> None:
    changed, unchanged = sandbox.add_person(), sandbox.add_person()
    stranger = sandbox.add_person()
    listed = f'orcid:("{changed}" OR "{unchanged}")'
    history = read(sandbox, f"/{stranger}/record").json()["history"]
    after = history["last-modified-date"]["value"] + 1
    since = dt.datetime.fromtimestamp(after / 1000, tz=dt.UTC).isoformat(timespec="milliseconds")
    sandbox.generate_works(changed, 1)
    sandbox.generate_works(stranger, 1)

    token = client_token(sandbox, member, "/read-public")
    query = f"{listed} AND profile-last-modified-date:[{since.replace('+00:00', 'Z')} TO *]"
    answer = sandbox.http.get(f"/{host}/v3.0/search", params={"q": query}, headers=bearer(token))

    rows = [row["orcid-identifier"]["path"] for row in answer.json()["result"]]
    assert rows == [changed]


@pytest.mark.parametrize(
    ("span", "is_found"),
    [
        ("[* TO *]", True),
        ("[NOW-1DAY TO NOW]", True),
        ("[2020-01-01T00:00:00Z TO *]", True),
        ("{2020-01-01 TO NOW+1HOUR}", True),
        ("[* TO 2020-01-01T00:00:00Z]", False),
        ("[NOW+1DAY TO *]", False),
    ],
)
def test_spans_of_time(sandbox: SandboxServer, span: str, *, is_found: bool) -> None:
    orcid = sandbox.add_person()

    hits = found(sandbox, f"orcid:{orcid} AND profile-last-modified-date:{span}")

    assert hits == ([orcid] if is_found else [])


def test_excluded_ids_are_not_the_only_ones_looked_at(sandbox: SandboxServer) -> None:
    one, other = sandbox.add_person(family_name="Manifold"), sandbox.add_person()

    assert found(sandbox, f"family-name:Manifold AND NOT orcid:{other}") == [one]
    assert set(found(sandbox, f"family-name:Manifold OR orcid:{other}")) == {one, other}
