"""Steps that many tests of the sandbox take."""

import contextlib
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.sandbox_server import SandboxClient, SandboxServer, authorize, new_browser

T = TypeVar("T")

JSON = {"Accept": "application/json"}


def authorize_url(sandbox: SandboxServer, client: SandboxClient, **parameters: str) -> str:
    query = {
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uri,
        "response_type": "code",
        "scope": "openid",
        **parameters,
    }
    return str(httpx.URL(f"{sandbox.base_url}/oauth/authorize", params=query))


def parameters(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def get_code(sandbox: SandboxServer, client: SandboxClient, orcid: str, **asked: str) -> str:
    with new_browser() as browser:
        url = authorize(browser, authorize_url(sandbox, client, **asked), orcid)
    return parameters(url)["code"]


def post_token(
    sandbox: SandboxServer, client: SandboxClient, *, host: str = "", **form: str
) -> httpx.Response:
    credentials = {"client_id": client.client_id, "client_secret": client.client_secret}
    return sandbox.http.post(f"{host}/oauth/token", data={**credentials, **form})


def redeem(
    sandbox: SandboxServer, client: SandboxClient, code: str, **changed: str
) -> httpx.Response:
    form = {"grant_type": "authorization_code", "redirect_uri": client.redirect_uri, **changed}
    return post_token(sandbox, client, code=code, **form)


def user_token(
    sandbox: SandboxServer, client: SandboxClient, orcid: str, **asked: str
) -> dict[str, Any]:
    answer: dict[str, Any] = redeem(
        sandbox, client, get_code(sandbox, client, orcid, **asked)
    ).json()
    return answer


def client_token(sandbox: SandboxServer, client: SandboxClient, scope: str) -> str:
    answer = post_token(sandbox, client, grant_type="client_credentials", scope=scope)
    return str(answer.json()["access_token"])


def send(browser: httpx.Client, sandbox: SandboxServer, path: str, **form: str) -> httpx.Response:
    """Post a form as a browser does, from a page of the sandbox."""
    if "sandbox_csrftoken" not in browser.cookies:
        browser.get(f"{sandbox.base_url}/signin")
    token = browser.cookies["sandbox_csrftoken"]
    return browser.post(f"{sandbox.base_url}{path}", data={**form, "csrfmiddlewaretoken": token})


def bearer(token: str) -> dict[str, str]:
    return {**JSON, "Authorization": f"Bearer {token}"}


def all_at_once(sandbox: SandboxServer, request: Callable[[], T], *, times: int) -> list[T]:
    """The answers to requests that are all under way before the first of them can write."""
    with (
        ThreadPoolExecutor(times) as pool,
        contextlib.closing(sqlite3.connect(sandbox.storage / "sandbox.sqlite3")) as database,
    ):
        database.execute("BEGIN IMMEDIATE")
        waiting = [pool.submit(request) for _ in range(times)]
        done, _ = wait(waiting, timeout=0.5)
        database.rollback()
        assert not done, "nothing was written: the requests did not meet"
        return [future.result() for future in waiting]


def read(sandbox: SandboxServer, path: str, token: str = "") -> httpx.Response:
    """GET from the member API with a token, from the public API without."""
    if token:
        return sandbox.http.get(f"/api/v3.0{path}", headers=bearer(token))
    return sandbox.http.get(f"/pub/v3.0{path}", headers=JSON)


def orcid_work(title: str, *, doi: str = "", **fields: Any) -> dict[str, Any]:
    """A work as ORCID's JSON has it; the DOI is its own."""
    ids = [external_id("doi", doi)] if doi else []
    return {
        "title": {"title": {"value": title}},
        "type": "journal-article",
        "external-ids": {"external-id": ids},
        **fields,
    }


def external_id(kind: str, value: str, relationship: str = "self") -> dict[str, Any]:
    return {
        "external-id-type": kind,
        "external-id-value": value,
        "external-id-relationship": relationship,
    }


def external_ids(*ids: dict[str, Any]) -> dict[str, Any]:
    return {"external-ids": {"external-id": list(ids)}}


def client_source(client_id: str, name: str) -> dict[str, Any]:
    return {"source": {"source-client-id": {"path": client_id}, "source-name": {"value": name}}}


def published(year: str, month: str = "", day: str = "") -> dict[str, Any]:
    parts = {"year": year, "month": month, "day": day}
    return {"publication-date": {name: {"value": v} if v else None for name, v in parts.items()}}


def titles(works: dict[str, Any]) -> list[list[str]]:
    """The titles in each group of a list of works."""
    return [
        [item["title"]["title"]["value"] for item in group["work-summary"]]
        for group in works["group"]
    ]


def error_codes(bulk: dict[str, Any]) -> list[int | None]:
    """The error code of each slot of a bulk answer; None where a work stands."""
    return [slot["error"]["error-code"] if "error" in slot else None for slot in bulk["bulk"]]
