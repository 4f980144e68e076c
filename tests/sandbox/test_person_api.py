import json

import pytest

from tests.sandbox.steps import JSON, bearer, client_token, read, user_token
from tests.sandbox_server import SandboxClient, SandboxServer

EMAILS = [
    {"email": "public@uni.example", "visibility": "public", "primary": True},
    {"email": "limited@uni.example", "visibility": "limited"},
    {"email": "private@uni.example", "visibility": "private"},
    {"email": "unproved@uni.example", "visibility": "public", "verified": False},
]


def addresses(sandbox: SandboxServer, orcid: str, token: str = "") -> list[str]:
    return [item["email"] for item in read(sandbox, f"/{orcid}/email", token).json()["email"]]


def test_everybody_sees_verified_public_addresses(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person(emails=EMAILS)

    assert addresses(sandbox, orcid) == ["public@uni.example"]


def test_read_limited_adds_the_limited_addresses_of_that_person(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    orcid = sandbox.add_person(emails=EMAILS)
    token = user_token(sandbox, member, orcid, scope="/read-limited")["access_token"]

    assert addresses(sandbox, orcid, token) == ["public@uni.example", "limited@uni.example"]


@pytest.mark.parametrize("scope", ["openid", "/authenticate", "/activities/update"])
def test_other_permissions_show_only_what_is_public(
    sandbox: SandboxServer, member: SandboxClient, scope: str
) -> None:
    orcid = sandbox.add_person(emails=EMAILS)
    token = user_token(sandbox, member, orcid, scope=scope)["access_token"]

    assert addresses(sandbox, orcid, token) == ["public@uni.example"]


def test_public_api_shows_only_what_is_public_even_to_a_read_limited_token(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    orcid = sandbox.add_person(emails=EMAILS)
    token = user_token(sandbox, member, orcid, scope="/read-limited")["access_token"]

    answer = sandbox.http.get(f"/pub/v3.0/{orcid}/email", headers=bearer(token))

    assert [item["email"] for item in answer.json()["email"]] == ["public@uni.example"]


def test_email_read_private_is_for_clients_that_orcid_enables(sandbox: SandboxServer) -> None:
    enabled = sandbox.add_client(extra_scopes=["/email/read-private"])
    orcid = sandbox.add_person(emails=EMAILS)
    token = user_token(sandbox, enabled, orcid, scope="/email/read-private")["access_token"]

    assert addresses(sandbox, orcid, token) == [
        "public@uni.example",
        "limited@uni.example",
        "private@uni.example",
    ]


def test_email_has_orcids_shape(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person(
        given_names="Ada",
        family_name="Byron",
        emails=[{"email": "a@b.example", "visibility": "public"}],
    )

    body = read(sandbox, f"/{orcid}/email").json()

    changed = body["email"][0]["last-modified-date"]
    assert isinstance(changed["value"], int)
    assert body == {
        "last-modified-date": changed,
        "email": [
            {
                "created-date": changed,
                "last-modified-date": changed,
                "source": {
                    "source-orcid": {
                        "uri": f"{sandbox.base_url}/{orcid}",
                        "path": orcid,
                        "host": sandbox.base_url.removeprefix("http://"),
                    },
                    "source-client-id": None,
                    "source-name": {"value": "Ada Byron"},
                    "assertion-origin-orcid": None,
                    "assertion-origin-client-id": None,
                    "assertion-origin-name": None,
                },
                "email": "a@b.example",
                "path": None,
                "visibility": "public",
                "verified": True,
                "primary": True,
                "put-code": None,
            }
        ],
        "path": f"/{orcid}/email",
    }


def test_person_has_every_section_in_orcids_order(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person(given_names="Ada", family_name="Byron", other_names=["Ada L."])

    body = read(sandbox, f"/{orcid}/person").json()

    assert list(body) == [
        "last-modified-date",
        "name",
        "other-names",
        "biography",
        "researcher-urls",
        "emails",
        "addresses",
        "keywords",
        "external-identifiers",
        "path",
    ]
    assert body["name"]["given-names"] == {"value": "Ada"}
    assert body["name"]["credit-name"] is None
    assert body["name"]["path"] == orcid
    assert [item["content"] for item in body["other-names"]["other-name"]] == ["Ada L."]
    assert body["emails"] == {
        "last-modified-date": None,
        "email": [],
        "path": f"/{orcid}/email",
    }


def test_limited_name_is_null_to_everybody_and_shown_to_read_limited(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    orcid = sandbox.add_person(given_names="Mei", name_visibility="limited")
    token = user_token(sandbox, member, orcid, scope="/read-limited")["access_token"]

    assert read(sandbox, f"/{orcid}/person").json()["name"] is None
    shown = read(sandbox, f"/{orcid}/person", token).json()["name"]
    assert shown["given-names"] == {"value": "Mei"}


def test_two_legged_read_public_reads_any_record(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    token = client_token(sandbox, member, "/read-public")

    assert addresses(sandbox, sandbox.add_person(emails=EMAILS), token) == ["public@uni.example"]


def test_no_token_at_the_member_api_is_forbidden_in_oauth_words(sandbox: SandboxServer) -> None:
    answer = sandbox.http.get(f"/api/v3.0/{sandbox.add_person()}/person", headers=JSON)

    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert answer.json()["error"] == "forbidden"


@pytest.mark.parametrize("api", ["pub", "api"])
def test_bad_token_is_invalid_token_at_both_apis(sandbox: SandboxServer, api: str) -> None:
    answer = sandbox.http.get(
        f"/{api}/v3.0/{sandbox.add_person()}/person", headers=bearer("no-such-token")
    )

    assert answer.status_code == 401
    assert answer.json() == {
        "error": "invalid_token",
        "error_description": "Invalid access token: no-such-token",
    }


def test_public_client_is_refused_at_the_member_api(
    sandbox: SandboxServer, public_client: SandboxClient
) -> None:
    token = client_token(sandbox, public_client, "/read-public")

    assert read(sandbox, f"/{sandbox.add_person()}/person", token).status_code == 403


def error(answer_json: dict[str, object]) -> tuple[object, object]:
    return answer_json["response-code"], answer_json["error-code"]


def test_token_of_another_person_is_9017(sandbox: SandboxServer, member: SandboxClient) -> None:
    token = user_token(sandbox, member, sandbox.add_person())["access_token"]

    answer = read(sandbox, f"/{sandbox.add_person()}/person", token)

    assert (answer.status_code, error(answer.json())) == (401, (401, 9017))


def test_token_without_read_public_is_9004(sandbox: SandboxServer, member: SandboxClient) -> None:
    token = client_token(sandbox, member, "/webhook")

    answer = read(sandbox, f"/{sandbox.add_person()}/person", token)

    assert (answer.status_code, error(answer.json())) == (403, (403, 9004))


def test_unknown_record_has_orcids_error_body(sandbox: SandboxServer) -> None:
    answer = read(sandbox, "/0000-0002-1825-0097/person")

    assert answer.status_code == 404
    assert answer.json() == {
        "response-code": 404,
        "developer-message": "404 Not Found: The resource was not found.",
        "user-message": "The resource was not found.",
        "error-code": 9016,
        "more-info": "https://members.orcid.org/api/resources/troubleshooting",
    }


def test_moved_record_redirects_to_the_new_one(
    sandbox: SandboxServer, member: SandboxClient
) -> None:
    new = sandbox.add_person()
    old = sandbox.add_person(status="moved", moved_to=new)
    token = client_token(sandbox, member, "/read-public")

    answer = read(sandbox, f"/{old}/email", token)

    assert (answer.status_code, answer.json()["error-code"]) == (301, 9007)
    assert answer.headers["location"] == f"{sandbox.member_api_url}/{new}/email"


def test_locked_record_is_9018(sandbox: SandboxServer) -> None:
    answer = read(sandbox, f"/{sandbox.add_person(status='locked')}/person")

    assert (answer.status_code, answer.json()["error-code"]) == (409, 9018)


def test_deactivated_record_is_readable_and_empty(sandbox: SandboxServer) -> None:
    orcid = sandbox.add_person(status="deactivated", emails=EMAILS, other_names=["X"])

    body = read(sandbox, f"/{orcid}/person").json()

    assert body["name"]["given-names"] == {"value": "Given Names Deactivated"}
    assert body["name"]["family-name"] == {"value": "Family Name Deactivated"}
    assert body["emails"]["email"] == []
    assert body["other-names"]["other-name"] == []


def test_missing_biography_is_9041(sandbox: SandboxServer) -> None:
    answer = read(sandbox, f"/{sandbox.add_person()}/biography")

    assert (answer.status_code, answer.json()["error-code"]) == (404, 9041)


def test_wrong_method_and_unknown_path_are_9001(sandbox: SandboxServer) -> None:
    wrong_method = sandbox.http.post(f"/pub/v3.0/{sandbox.add_person()}/email", headers=JSON)
    unknown_path = read(sandbox, "/no/such/thing")

    assert (wrong_method.status_code, wrong_method.json()["error-code"]) == (405, 9001)
    assert (unknown_path.status_code, unknown_path.json()["error-code"]) == (404, 9001)


def test_plain_json_is_compact_and_orcids_types_are_pretty(sandbox: SandboxServer) -> None:
    path = f"/pub/v3.0/{sandbox.add_person()}/email"

    compact = sandbox.http.get(path, headers=JSON)
    for own in ("application/orcid+json", "application/vnd.orcid+json"):
        pretty = sandbox.http.get(path, headers={"Accept": own})
        assert pretty.headers["content-type"] == f"{own};charset=UTF-8"
        assert '\n  "email" : []' in pretty.text
        assert pretty.json() == compact.json()

    assert compact.headers["content-type"] == "application/json;charset=UTF-8"
    assert compact.text == json.dumps(compact.json(), separators=(",", ":"))


def test_without_accept_the_requests_own_type_counts(sandbox: SandboxServer) -> None:
    answer = sandbox.http.get(
        f"/pub/v3.0/{sandbox.add_person()}/email", headers={"Content-Type": "application/json"}
    )

    assert answer.headers["content-type"] == "application/json;charset=UTF-8"


def test_xml_where_a_client_forgot_accept_is_refused_in_xml(sandbox: SandboxServer) -> None:
    answer = sandbox.http.get(f"/pub/v3.0/{sandbox.add_person()}/email")

    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/vnd.orcid+xml;charset=UTF-8"
    assert "<error-code>9001</error-code>" in answer.text
