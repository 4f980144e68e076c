"""`make run` before anything starts: ports, folders, the environment file."""

import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.local import __main__ as command
from portal.local import environment, ports, processes, welcome
from portal.local.places import Complaint, Places


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(portal_port=1, sandbox_port=2, smtp_port=3, data_dir=tmp_path / "data")


def test_taken_port_is_named_with_the_variable_that_changes_it(taken_port: int) -> None:
    places = Places(free_port(), taken_port, free_port(), Path())

    with pytest.raises(Complaint) as complaint:
        ports.check_free(places)

    first, second = str(complaint.value).splitlines()
    assert first == f"Port {taken_port}, meant for the local ORCID, is taken by another program."
    assert second.startswith("Choose another: SANDBOX_PORT=")


def test_free_ports_are_no_complaint() -> None:
    ports.check_free(Places(free_port(), free_port(), free_port(), Path()))


def test_ports_and_folder_come_from_the_environment(tmp_path: Path) -> None:
    places = Places.from_environment(
        {
            "PORTAL_PORT": "8100",
            "SANDBOX_PORT": "8101",
            "SMTP_PORT": "8102",
            "DATA_DIR": str(tmp_path),
        }
    )

    assert places == Places(8100, 8101, 8102, tmp_path)


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "8000.5"])
def test_what_is_no_port_is_refused_by_name(port: str) -> None:
    with pytest.raises(Complaint, match=f"PORTAL_PORT must be a port number.*“{port}”"):
        Places.from_environment({"PORTAL_PORT": port})


def test_two_programs_cannot_share_a_port() -> None:
    with pytest.raises(Complaint, match="a port of its own: PORTAL_PORT=8001, SANDBOX_PORT=8001"):
        Places.from_environment({"PORTAL_PORT": "8001"})


def test_secrets_are_made_once_and_addresses_follow_the_ports(places: Places) -> None:
    first = environment.write_files(places)
    moved = Places(91, 92, 93, places.data_dir)

    second = environment.write_files(moved)

    secrets = ["SECRET_KEY", "FIELD_KEYS", "ORCID_CLIENT_SECRET", "DEMO_OPERATOR_PASSWORD"]
    assert [second[name] for name in secrets] == [first[name] for name in secrets]
    assert second["SITE_URL"] == "http://127.0.0.1:91"
    assert second["ORCID_BASE_URL"] == "http://127.0.0.1:92"
    assert second["EMAIL_URL"] == "smtp://127.0.0.1:93"
    assert environment.read(moved.env_file) == second


def test_files_with_secrets_are_readable_by_their_owner_alone(places: Places) -> None:
    environment.write_files(places)

    modes = [stat.S_IMODE(path.stat().st_mode) for path in (places.env_file, places.people_file)]
    assert modes == [0o600, 0o600]


def test_shell_may_choose_the_database_but_not_the_addresses(places: Places) -> None:
    variables = environment.write_files(places)
    given = {"DATABASE_URL": "postgres://…", "SITE_URL": "http://elsewhere.example", "PATH": "/bin"}

    surroundings = environment.for_processes(places, variables, given)

    assert surroundings["DATABASE_URL"] == "postgres://…"
    assert surroundings["SITE_URL"] == "http://127.0.0.1:1"
    assert surroundings["PATH"] == "/bin"


def test_portal_worker_beat_orcid_and_mailbox_are_processes_of_their_own(places: Places) -> None:
    assert list(processes.commands(places)) == ["orcid", "mailbox", "portal", "worker", "beat"]


def test_welcome_names_addresses_people_and_the_operators_password(places: Places) -> None:
    variables = environment.write_files(places)

    text = welcome.text(places, variables)

    assert "http://127.0.0.1:1/\n" in text
    assert "http://127.0.0.1:2/mailbox/" in text
    for role in (
        *("main contact", "technical contact", "lead-desk reader", "lead-desk manager"),
        *("two organisations", "publications desk", "author", "researcher"),
    ):
        assert role in text
    assert f"password: {variables['DEMO_OPERATOR_PASSWORD']}" in text


def test_data_folder_serves_one_run_at_a_time(places: Places) -> None:
    with (
        command.only_one(places),
        pytest.raises(Complaint, match="running already"),
        command.only_one(places),
    ):
        pass


def test_reset_removes_our_data_and_nothing_else(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    environment.write_files(places)
    (places.data_dir / "media").mkdir()
    (places.data_dir / "portal.sqlite3-wal").touch()
    (places.data_dir / "thesis.txt").touch()

    command.reset(places)

    assert sorted(path.name for path in places.data_dir.iterdir()) == ["run.lock", "thesis.txt"]


def test_reset_refuses_a_database_it_did_not_make(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere.example/members")

    with pytest.raises(Complaint, match="not mine to empty"):
        command.reset(places)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
