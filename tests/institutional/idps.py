"""Starts the identity providers as processes of their own, and talks to them over HTTP."""

import contextlib
import html
import re
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from tests.sandbox_server import ROOT, first_line, new_browser

MAX_PAGES = 8


@dataclass
class Idp:
    """A running identity provider."""

    base_url: str
    http: httpx.Client = field(repr=False)

    def order(self, path: str, **order: Any) -> None:
        self.http.post(path, json=order).raise_for_status()


class OidcIdp(Idp):
    def add_person(self, username: str, **claims: Any) -> None:
        self.order("/control/person", username=username, **claims)

    def add_client(self, client_id: str, secret: str, redirect_uri: str) -> None:
        self.order("/control/client", id=client_id, secret=secret, redirect_uri=redirect_uri)

    def say_wrong(self, **what: dict[str, Any]) -> None:
        """Claims of `id_token` and `userinfo` that are not as they should be; nothing puts it right."""
        self.order("/control/wrong", **what)

    def walk(self, url: str, username: str, *, allow: bool = True) -> str:
        """Sign in there as that person; the address that the browser is sent back to."""
        with new_browser() as browser:
            page = browser.get(url)
            for _number in range(MAX_PAGES):
                if page.is_redirect:
                    target = urljoin(str(page.url), page.headers["location"])
                    if not target.startswith(self.base_url):
                        return target
                    page = browser.get(target)
                else:
                    page = self._fill(browser, page, username, allow=allow)
        raise AssertionError(f"never comes to an end: {page.status_code} {page.text[:800]}")

    def _fill(
        self, browser: httpx.Client, page: httpx.Response, username: str, *, allow: bool
    ) -> httpx.Response:
        data: dict[str, Any] = {}
        for tag in re.findall(r"<input[^>]*>", page.text):
            name = re.search(r'name="([^"]*)"', tag)
            value = re.search(r'value="([^"]*)"', tag)
            if name and 'type="checkbox"' not in tag:
                data[name[1]] = html.unescape(value[1]) if value else ""
            elif name and value:
                data.setdefault(name[1], []).append(value[1])
        if "password" in data:
            data |= {"login": username, "password": username}
        else:
            data["action"] = "grant" if allow else "cancel"
        form = re.search(r'<form[^>]*action="([^"]*)"', page.text)
        return browser.post(
            urljoin(str(page.url), html.unescape(form[1]) if form else ""), data=data
        )


@dataclass(frozen=True)
class Posted:
    """What a SAML identity provider has the browser post to the portal."""

    url: str
    response: str
    relay_state: str

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def xml(self) -> str:
        return b64decode(self.response).decode()

    def changed(self, xml: str) -> "Posted":
        return Posted(self.url, b64encode(xml.encode()).decode(), self.relay_state)

    @property
    def form(self) -> dict[str, str]:
        return {"SAMLResponse": self.response, "RelayState": self.relay_state}


class SamlIdp(Idp):
    @property
    def entity_id(self) -> str:
        return f"{self.base_url}/metadata"

    def add_person(self, username: str, **attributes: Any) -> None:
        self.order("/control", people={username: attributes})

    def know(self, portal_metadata: str) -> None:
        self.order("/control", portal=portal_metadata)

    def answer(self, **mode: Any) -> None:
        """How to answer from now on: `sign_assertion`, `sign_response`, `encrypt`, `audience`,
        `name_id_format`, `deny`, `signed_in_ago`; as usual where nothing is said."""
        self.order("/control", mode=mode)

    def walk(self, url: str, username: str) -> Posted:
        """Sign in there as that person; what the browser is made to post to the portal."""
        with new_browser() as browser:
            page = browser.post(url, data={"username": username, "password": username})
        return self._posted(page)

    def unasked(self, username: str, *, acs: str, portal: str) -> Posted:
        asked = {"username": username, "acs": acs, "portal": portal}
        return self._posted(self.http.get("/unsolicited", params=asked))

    def _posted(self, page: httpx.Response) -> Posted:
        found = dict(re.findall(r'<input name="(\w+)" value="([^"]*)"', page.text))
        form = re.search(r'action="([^"]*)"', page.text)
        assert page.is_success, page.text[:800]
        assert form, page.text[:800]
        relay_state = html.unescape(found["RelayState"])
        return Posted(html.unescape(form[1]), found["SAMLResponse"], relay_state)


@contextlib.contextmanager
def running(module: str, folder: Path) -> Iterator[str]:
    """Serve one of them; its address."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "server.log"
    with log.open("w") as errors:
        process = subprocess.Popen(  # noqa: S603  # our own command
            [sys.executable, "-m", f"tests.institutional.{module}", str(folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        url = first_line(process).strip()
        if not url:
            raise RuntimeError(f"{module} did not start: {log.read_text()[-2000:]}")
        yield url
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
