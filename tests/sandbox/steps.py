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
