"""Starts the local ORCID for tests, as a process of its own, and talks to it over HTTP."""

import contextlib
import re
import select
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 30
STOP_SECONDS = 5
# sign-in, consent and a forced second sign-in take fewer pages than this
MAX_PAGES = 10
READY = re.compile(r"(?P<url>http://\S+)(?: .*SMTP on 127\.0\.0\.1:(?P<smtp>\d+))?")


@dataclass(frozen=True)
class SandboxClient:
    """An application registered at the sandbox."""

    client_id: str
    client_secret: str
    redirect_uri: str


@dataclass(frozen=True)
class Mail:
    """A mail that the sandbox's mailbox received."""

    id: int
    sender: str
    to: list[str]
    subject: str
    text: str
    html: str
    headers: list[list[str]] = field(repr=False)

    @property
    def links(self) -> list[str]:
        """The addresses in the text part, in their order."""
        return re.findall(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]", self.text)


def new_browser(**settings: Any) -> httpx.Client:
    """A client that keeps cookies and follows no redirects, as `authorize` wants it."""
    # An empty context: httpx would read the certificates of the world for every client.
    no_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.Client(trust_env=False, verify=no_tls, timeout=20, **settings)


class SandboxServer:
    """A running sandbox. Cheap to `reset()`, so start one per session."""

    def __init__(
        self, process: subprocess.Popen[str], *, base_url: str, smtp_port: int, storage: Path
    ) -> None:
        self.base_url = base_url
        self.public_api_url = f"{base_url}/pub/v3.0"
        self.member_api_url = f"{base_url}/api/v3.0"
        self.smtp_port = smtp_port
        self.storage = storage
        self.process = process
        self.http = new_browser(base_url=base_url)

    def reset(self) -> None:
        """Back to the people file: nothing granted, registered, mailed or faulty is left."""
        self.http.post("/sandbox/reset").raise_for_status()

    def add_person(self, **fields: Any) -> str:
        """Add a person, given as in the people file; returns the iD (made if not given)."""
        entry = {"given_names": "Test", "family_name": "Person", **fields}
        return str(self._post("/sandbox/people", entry)["orcid"])

    def add_client(self, **fields: Any) -> SandboxClient:
        """Register an application, given as in the people file."""
        entry = {
            "client_id": "APP-TESTCLIENT000001",
            "client_secret": "test-client-secret",
            "name": "Test client",
            "redirect_uris": ["http://127.0.0.1:8000/callback"],
            **fields,
        }
        self._post("/sandbox/clients", entry)
        redirect_uri = next(iter(entry["redirect_uris"]), "")
        return SandboxClient(entry["client_id"], entry["client_secret"], redirect_uri)

    def add_organization(self, name: str, **identifiers: str) -> None:
        """Have the registry know an organisation: `ROR`, `GRID`, `FUNDREF`, `RINGGOLD`, `LEI`."""
        self._post("/sandbox/organizations", {"name": name, **identifiers})

    def load_record(self, orcid: str, content: Any) -> dict[str, int]:
        """Put what ORCID's JSON holds on a record (see README); how many `works`, `affiliations`."""
        counts: dict[str, int] = self._post(f"/sandbox/people/{orcid}/record", content)
        return counts

    def add_works(self, orcid: str, content: Any) -> list[int]:
        """Put works on a record, given as ORCID's JSON has them (see README); their put-codes.

        A put-code that the record has is replaced: so a work changes at ORCID.
        """
        return self._put_codes(f"/sandbox/people/{orcid}/works", content)

    def generate_works(self, orcid: str, count: int) -> list[int]:
        """Put that many made-up works on a record; their put-codes."""
        return self._put_codes(f"/sandbox/people/{orcid}/works/generate", {"count": count})

    def delete_works(self, orcid: str, *put_codes: int) -> None:
        """Delete these works of a record; all of them if none are named."""
        named = ",".join(map(str, put_codes))
        answer = self.http.delete(f"/sandbox/people/{orcid}/works", params={"put-codes": named})
        answer.raise_for_status()

    def give_permission(
        self, orcid: str, client_id: str, scope: str = "/read-limited"
    ) -> dict[str, str]:
        """What the person's consent would give: `access_token` and `refresh_token`."""
        order = {"orcid": orcid, "client_id": client_id, "scope": scope}
        return self._post("/sandbox/permissions", order)

    def fault(
        self,
        path_prefix: str,
        *,
        status: int | None = None,
        body: str = "",
        times: int | None = 1,
        delay_ms: int = 0,
        **more: Any,
    ) -> None:
        """Make the next `times` requests to these paths slow (`delay_ms`) or fail (`status`).

        `times=None`: until cleared. `more`: `method` (any if not given), `content_type` (text/html
        if not given), `headers`, or `kind` instead of all these: busy, quota, dropped, lost, cut,
        truncated, broken-json, html.
        """
        order = {"path_prefix": path_prefix, "status": status, "body": body, "times": times}
        self._post("/sandbox/faults", {**order, "delay_ms": delay_ms, **more})

    def clear_faults(self) -> None:
        self.http.delete("/sandbox/faults").raise_for_status()

    def set_status(self, orcid: str, status: str, *, moved_to: str = "") -> None:
        """Lock, deactivate or move a record, or make it active again."""
        self._post(f"/sandbox/people/{orcid}/status", {"status": status, "moved_to": moved_to})

    def limit(self, **numbers: Any) -> None:
        """Switch ORCID's rate limit on, with these numbers, and begin to count anew.

        `on`, `member_per_second`, `public_per_second`, `burst`, `works_per_record`; what is not
        given stays.
        """
        self._post("/sandbox/limits", {"on": True, **numbers})

    def limits(self) -> dict[str, Any]:
        """The numbers, and what was counted: `calls`, `refused`, `peak`, and by `callers`."""
        answer: dict[str, Any] = self.http.get("/sandbox/limits").raise_for_status().json()
        return answer

    def run_webhooks(self) -> list[dict[str, Any]]:
        """Have the webhooks called that are due: `orcid`, `uri`, `status`, `problem`, `done` each."""
        calls: list[dict[str, Any]] = self._post("/sandbox/webhooks/run", {})["calls"]
        return calls

    def turn_clock(self, **orders: float) -> None:
        """Webhooks' clock: `advance_seconds`, `retry_seconds`, `every_seconds` between rounds."""
        self._post("/sandbox/webhooks/clock", orders)

    def messages(self, to: str | None = None) -> list[Mail]:
        """The mails received, newest first; `to` is a whole address or a piece of one."""
        answer = self.http.get("/mailbox/messages.json", params={"to": to or ""})
        answer.raise_for_status()
        return [
            Mail(
                id=item["id"],
                sender=item["from"],
                to=item["to"],
                subject=item["subject"],
                text=item["text"],
                html=item["html"],
                headers=item["headers"],
            )
            for item in answer.json()["messages"]
        ]

    def clear_messages(self) -> None:
        self.http.delete("/mailbox/").raise_for_status()

    def stop(self) -> int:
        """End the process; returns its exit status."""
        self.http.close()
        self.process.terminate()
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        return status

    def _put_codes(self, path: str, content: Any) -> list[int]:
        put_codes: list[int] = self._post(path, content)["put-codes"]
        return put_codes

    def _post(self, path: str, body: Any) -> dict[str, Any]:
        answer = self.http.post(path, json=body)
        if answer.is_error:
            raise AssertionError(f"sandbox: {answer.status_code} {answer.text[:500]}")
        content: dict[str, Any] = answer.json()
        return content


def start_sandbox(storage: Path, *, seed: Path | None = None) -> SandboxServer:
    """Start a server on free ports; it is ready when this returns. The caller stops it."""
    storage.mkdir(parents=True, exist_ok=True)
    arguments = ["serve", "--port", "0", "--smtp-port", "0", "--storage", str(storage)]
    # Tests are not slowed, and make webhooks call when they want them to.
    arguments += ["--no-rate-limit", "--webhook-seconds", "0"]
    if seed:
        arguments += ["--seed", str(seed)]
    log = storage / "server.log"
    with log.open("w") as errors:
        process = subprocess.Popen(  # noqa: S603  # our own command
            [sys.executable, "-m", "integrations.sandbox", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    line = first_line(process)
    ready = READY.search(line)
    if ready is None:
        process.kill()
        process.communicate()
        raise RuntimeError(f"The sandbox did not start: {log.read_text()[-2000:]}")
    return SandboxServer(
        process, base_url=ready["url"], smtp_port=int(ready["smtp"] or 0), storage=storage
    )


@contextlib.contextmanager
def running_sandbox(tmp_path: Path, *, seed: Path | None = None) -> Iterator[SandboxServer]:
    """A local ORCID with its mailbox, stopped at the end.

    `seed`: a people file; without one the sandbox's built-in people are there.
    """
    server = start_sandbox(tmp_path / "sandbox", seed=seed)
    try:
        yield server
    finally:
        server.stop()


def first_line(process: subprocess.Popen[str]) -> str:
    """What a command of the sandbox prints when it is ready; empty when it fails or hangs."""
    if process.stdout is None:
        raise ValueError("Start the process with stdout=PIPE.")
    readable, _, _ = select.select([process.stdout], [], [], START_SECONDS)
    return process.stdout.readline() if readable else ""


def authorize(client: httpx.Client, authorize_url: str, orcid: str, *, deny: bool = False) -> str:
    """Walk an authorization as the person with this iD; returns the redirect to the application.

    `client` is the person's browser (`new_browser()`), which keeps the sandbox's cookies between
    calls. The application is not visited.
    """
    walk = Walk(client, authorize_url, orcid, "deny" if deny else "authorize")
    walk.sign_in(authorize_url)
    pages = 0
    while not walk.left_to:
        walk.go_on()
        pages += 1
        if pages > MAX_PAGES:
            walk.fail("never comes to an end")
    return walk.left_to


class Walk:
    """A person's way through the sandbox's pages, by HTTP."""

    def __init__(self, client: httpx.Client, url: str, orcid: str, decision: str) -> None:
        parts = urlsplit(url)
        self.client = client
        self.sandbox = f"{parts.scheme}://{parts.netloc}"
        self.orcid = orcid
        self.decision = decision
        self.page = client.get(f"{self.sandbox}/signin", follow_redirects=False)

    @property
    def target(self) -> str:
        """Where the page redirects to, as a whole address; empty when it does not."""
        location = self.page.headers.get("location", "")
        return urljoin(str(self.page.url), location) if self.page.is_redirect else ""

    @property
    def left_to(self) -> str:
        target = self.target
        return target if target and not f"{target}/".startswith(f"{self.sandbox}/") else ""

    def go_on(self) -> None:
        if self.target:
            self.page = self.client.get(self.target, follow_redirects=False)
        elif self.page.url.path in {"/signin", "/register"}:
            self.sign_in(parse_qs(self.page.url.query.decode())["next"][0])
        elif self.page.is_success and self.page.url.path == "/oauth/authorize":
            self.post(str(self.page.url), decision=self.decision, persistent="on")
        else:
            self.fail(f"stops with {self.page.status_code}")

    def sign_in(self, next_url: str) -> None:
        parts = urlsplit(next_url)
        url = httpx.URL(f"{self.sandbox}/signin/as", params={"next": f"{parts.path}?{parts.query}"})
        self.post(str(url), orcid=self.orcid)

    def post(self, url: str, **data: str) -> None:
        token = self.client.cookies.get("sandbox_csrftoken") or ""
        self.page = self.client.post(
            url, data={**data, "csrfmiddlewaretoken": token}, follow_redirects=False
        )

    def fail(self, what: str) -> NoReturn:
        words = re.sub(r"<[^>]+>|\s+", " ", self.page.text)
        raise AssertionError(f"The authorization {what} at {self.page.url}: {words[-800:]}")
