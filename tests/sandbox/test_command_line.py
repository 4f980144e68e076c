import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox.test_mailbox import send
from tests.sandbox_server import (
    ROOT,
    SandboxServer,
    first_line,
    new_browser,
    running_sandbox,
    start_sandbox,
)


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "integrations.sandbox", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def orcids(server: SandboxServer) -> set[str]:
    people = server.http.get("/sandbox/people.json").json()["people"]
    return {person["orcid"] for person in people}


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    people = [{"orcid": "0009-0008-8800-0019", "given_names": "Ada", "password": "engine"}]
    path = tmp_path / "people.json"
    path.write_text(json.dumps({"clients": [], "people": people}))
    return path


def test_taken_port_is_one_plain_line_and_a_failure(
    sandbox_server: SandboxServer, tmp_path: Path
) -> None:
    port = sandbox_server.base_url.rpartition(":")[2]

    told = command("serve", "--port", port, "--storage", str(tmp_path))

    assert told.returncode == 1
    assert told.stderr == (
        f"Local ORCID sandbox: cannot listen on 127.0.0.1:{port} (Address already in use).\n"
    )


@pytest.mark.parametrize("content", ["not json", '{"people": [{"orcid": "1"}]}'])
def test_bad_people_file_is_one_plain_line_and_a_failure(tmp_path: Path, content: str) -> None:
    seed = tmp_path / "people.json"
    seed.write_text(content)

    told = command("serve", "--port", "0", "--storage", str(tmp_path), "--seed", str(seed))

    assert told.returncode == 1
    assert told.stderr.startswith("Local ORCID sandbox: ")
    assert told.stderr.count("\n") == 1


def test_server_ends_cleanly_when_told_to(tmp_path: Path) -> None:
    for end in (signal.SIGTERM, signal.SIGINT):
        server = start_sandbox(tmp_path)

        server.process.send_signal(end)

        # which sends SIGTERM too, as a process manager does after Ctrl-C
        assert server.stop() == 0
        assert (tmp_path / "server.log").read_text() == ""


def test_calls_are_limited_and_webhooks_called_unless_told_otherwise(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: S603  # our own command
        [
            sys.executable,
            *["-m", "integrations.sandbox", "serve", "--port", "0", "--storage"],
            str(tmp_path),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        url = first_line(server).split()[-1]
        with new_browser(base_url=url) as http:
            limits = http.get("/sandbox/limits").json()
            clock = http.post("/sandbox/webhooks/clock").json()
        server.terminate()

    assert (limits["on"], limits["member_per_second"], limits["burst"]) == (True, 24, 40)
    assert (clock["every_seconds"], clock["retry_seconds"]) == (10, 600)


def test_starting_again_keeps_people_and_the_signing_key(tmp_path: Path, seed: Path) -> None:
    with running_sandbox(tmp_path, seed=seed) as server:
        registered = server.add_person()
        keys = server.http.get("/oauth/jwks").json()

    with running_sandbox(tmp_path, seed=seed) as server:
        assert orcids(server) == {"0009-0008-8800-0019", registered}
        assert server.http.get("/oauth/jwks").json() == keys


def test_reset_command_leaves_only_the_people_file(tmp_path: Path, seed: Path) -> None:
    with running_sandbox(tmp_path, seed=seed) as server:
        server.add_person()

        told = command("reset", "--storage", str(server.storage), "--seed", str(seed))

        assert told.returncode == 0
        assert orcids(server) == {"0009-0008-8800-0019"}


def test_mailbox_command_fills_the_mailbox_that_the_server_shows(
    sandbox: SandboxServer,
) -> None:
    arguments = ["mailbox", "--smtp-port", "0", "--storage", str(sandbox.storage)]
    with subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, "-m", "integrations.sandbox", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as mailbox:
        port = int(first_line(mailbox).rpartition(":")[2])
        send(port, subject="From another process")
        mailbox.terminate()

    assert mailbox.returncode == 0
    assert [mail.subject for mail in sandbox.messages()] == ["From another process"]
