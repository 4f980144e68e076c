"""What a person finds in the inbox: requests for permission, and what was changed on the record."""

from typing import Any

import httpx
import pytest

from tests.sandbox.steps import bearer, client_token, external_id, orcid_work, send
from tests.sandbox_server import SandboxClient, SandboxServer

Json = dict[str, Any]

XML_REQUEST = """<?xml version="1.0" encoding="UTF-8"?>
<notification:notification xmlns:common="http://www.orcid.org/ns/common"
    xmlns:notification="http://www.orcid.org/ns/notification">
  <notification:notification-type>permission</notification:notification-type>
  <notification:authorization-url>
    <notification:path>/oauth/authorize?client_id=APP-1&amp;scope=/activities/update</notification:path>
  </notification:authorization-url>
  <notification:notification-subject>Your publications</notification:notification-subject>
  <notification:notification-intro>We have some for you.</notification:notification-intro>
  <notification:items>
    <notification:item>
      <notification:item-type>work</notification:item-type>
      <notification:item-name>An article</notification:item-name>
      <common:external-id>
        <common:external-id-type>doi</common:external-id-type>
        <common:external-id-value>10.5555/a</common:external-id-value>
        <common:external-id-relationship>self</common:external-id-relationship>
      </common:external-id>
    </notification:item>
    <notification:item>
      <notification:item-type>employment</notification:item-type>
      <notification:item-name>Head of research</notification:item-name>
    </notification:item>
  </notification:items>
</notification:notification>
"""


@pytest.fixture
def orcid(sandbox: SandboxServer) -> str:
    return sandbox.add_person()


@pytest.fixture
def token(sandbox: SandboxServer, member: SandboxClient) -> str:
    return client_token(sandbox, member, "/premium-notification")


def request_for(**changed: Any) -> Json:
    return {
        "notification-type": "permission",
        "authorization-url": {"uri": "http://127.0.0.1:8000/oauth/authorize?client_id=APP-1"},
        "notification-subject": "Your publications",
        "notification-intro": "We have some for you.",
        "items": {"item": [{"item-type": "work", "item-name": "An article"}]},
        **changed,
    }


def ask(sandbox: SandboxServer, orcid: str, token: str, **changed: Any) -> httpx.Response:
    path = f"/api/v3.0/{orcid}/notification-permission"
    return sandbox.http.post(path, headers=bearer(token), json=request_for(**changed))


def path_of(answer: httpx.Response) -> str:
    assert answer.status_code == 201, answer.text
    return httpx.URL(answer.headers["location"]).path


def refused(answer: httpx.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["error-code"]


def inbox(browser: httpx.Client, sandbox: SandboxServer, orcid: str) -> str:
    send(browser, sandbox, "/signin/as", orcid=orcid)
    return browser.get(f"{sandbox.base_url}/inbox").text


def test_request_in_xml_reaches_the_inbox(
    sandbox: SandboxServer, orcid: str, token: str, browser: httpx.Client
) -> None:
    answer = sandbox.http.post(
        f"/api/v3.0/{orcid}/notification-permission",
        headers={**bearer(token), "Content-Type": "application/vnd.orcid+xml"},
        content=XML_REQUEST,
    )

    body = sandbox.http.get(path_of(answer), headers=bearer(token)).json()
    assert body["authorization-url"]["uri"].startswith(f"{sandbox.base_url}/oauth/authorize?")
    assert [item["item-name"] for item in body["items"]["item"]] == [
        "An article",
        "Head of research",
    ]
    assert (body["read-date"], body["archived-date"]) == (None, None)
    page = inbox(browser, sandbox, orcid)
    for words in ("Test client asks for permission: Your publications", "We have some for you."):
        assert words in page
    assert "/oauth/authorize?client_id=APP-1&amp;scope=/activities/update" in page
    assert sandbox.http.get(path_of(answer), headers=bearer(token)).json()["read-date"]


def test_request_can_be_taken_back_until_it_is_read(
    sandbox: SandboxServer, orcid: str, token: str, browser: httpx.Client
) -> None:
    first, second = (path_of(ask(sandbox, orcid, token)) for _ in range(2))

    archived = sandbox.http.delete(first, headers=bearer(token))
    inbox(browser, sandbox, orcid)

    assert (archived.status_code, archived.json()["archived-date"] is None) == (200, False)
    assert refused(sandbox.http.delete(second, headers=bearer(token))) == (403, 9009)
    listed = sandbox.http.get(first.rpartition("/")[0], headers=bearer(token)).json()
    assert [str(one["put-code"]) for one in listed["notifications"]] == [second.rpartition("/")[2]]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"put-code": 1}, (400, 9024)),
        ({"notification-type": "news"}, (400, 9051)),
        ({"authorization-url": None}, (400, 9020)),
        ({"notification-intro": "a" * 1001}, (400, 9020)),
        ({"items": None}, (400, 9020)),
        ({"items": {"item": {"item-type": "cake", "item-name": "A"}}}, (400, 9051)),
        (
            {
                "items": {
                    "item": {
                        "item-type": "work",
                        "item-name": "A",
                        "external-id": external_id("no-such-type", "1"),
                    }
                }
            },
            (400, 9023),
        ),
    ],
)
def test_request_that_is_wrong_is_refused(
    sandbox: SandboxServer, orcid: str, token: str, changed: Json, expected: tuple[int, int]
) -> None:
    assert refused(ask(sandbox, orcid, token, **changed)) == expected


def test_only_its_client_sees_a_request_and_the_scope_is_needed(
    sandbox: SandboxServer, orcid: str, token: str, member: SandboxClient
) -> None:
    path = path_of(ask(sandbox, orcid, token))
    other = sandbox.add_client(client_id="APP-OTHERCLIENT00001", name="Other")
    others = client_token(sandbox, other, "/premium-notification")
    reader = client_token(sandbox, member, "/read-public")

    assert refused(sandbox.http.get(path, headers=bearer(others))) == (404, 9029)
    assert refused(sandbox.http.get(path, headers=bearer(reader))) == (403, 9004)
    assert refused(ask(sandbox, orcid, reader)) == (403, 9004)


def test_person_can_refuse_requests(
    sandbox: SandboxServer, orcid: str, token: str, browser: httpx.Client
) -> None:
    send(browser, sandbox, "/signin/as", orcid=orcid)
    send(browser, sandbox, "/inbox/requests", take="no")
    refusal = ask(sandbox, orcid, token)
    send(browser, sandbox, "/inbox/requests", take="yes")

    assert refused(refusal) == (409, 9032)
    assert ask(sandbox, orcid, token).status_code == 201


def test_inbox_tells_what_an_organisation_did(
    sandbox: SandboxServer, orcid: str, member: SandboxClient, browser: httpx.Client
) -> None:
    token = sandbox.give_permission(orcid, member.client_id, "/activities/update")["access_token"]
    works = [{"work": orcid_work(f"Part {n}", doi=f"10.5555/{n}")} for n in range(2)]
    path = f"/api/v3.0/{orcid}/works"
    done = sandbox.http.post(path, headers=bearer(token), json={"bulk": works}).json()
    code = done["bulk"][0]["work"]["put-code"]
    sandbox.http.delete(f"/api/v3.0/{orcid}/work/{code}", headers=bearer(token))

    page = inbox(browser, sandbox, orcid)

    assert page.index("Test client deleted an item") < page.index("Test client added 2 items")
    assert page.count("Part 0") == 2
    archive = page.partition('action="/inbox/')[2].partition('"')[0]
    send(browser, sandbox, f"/inbox/{archive}")
    assert "deleted an item" not in browser.get(f"{sandbox.base_url}/inbox").text
