"""`python -m portal.local run|reset`, behind `make run` and `make reset`."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence

from portal.local import environment, ports, processes, welcome
from portal.local.places import ROOT, Complaint, Places

# What is made in the data folder; anything else there is not ours to delete.
FOLDERS = ("sandbox", "media", "static", "broker")
FILES = ("portal.sqlite3*", "portal.env*", "people.json*", "beat-schedule*")


def main(arguments: Sequence[str]) -> int:
    commands = {"run": run, "reset": reset, "prepare": prepare}
    if len(arguments) != 1 or arguments[0] not in commands:
        sys.stderr.write(f"Usage: python -m portal.local {'|'.join(commands)}\n")
        return 2
    try:
        return commands[arguments[0]](Places.from_environment())
    except Complaint as complaint:
        sys.stderr.write(f"\n{complaint}\n\n")
        return 1


def run(places: Places) -> int:
    with only_one(places):
        ports.check_free(places)
        variables = environment.write_files(places)
        surroundings = environment.for_processes(places, variables)
        prepare_in_own_process(surroundings)
        return processes.run(
            places,
            surroundings,
            when_started=lambda: welcome.tell_when_ready(places, variables),
        )


def reset(places: Places) -> int:
    if os.environ.get("DATABASE_URL"):
        raise Complaint("DATABASE_URL is set: that database is not mine to empty.")
    with only_one(places):
        for name in FOLDERS:
            shutil.rmtree(places.data_dir / name, ignore_errors=True)
        for pattern in FILES:
            for path in places.data_dir.glob(pattern):
                path.unlink()
    sys.stdout.write("Portal, local ORCID and mailbox are empty. `make run` starts over.\n")
    return 0


@contextlib.contextmanager
def only_one(places: Places) -> Iterator[None]:
    """Hold the data folder. Raises `Complaint` while another `make run` has it."""
    places.data_dir.mkdir(parents=True, exist_ok=True)
    with places.lock_file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Complaint(
                "Member Tools is running already with this data folder. Stop it with Ctrl-C "
                "first, or choose another folder and other ports: DATA_DIR, PORTAL_PORT, "
                "SANDBOX_PORT, SMTP_PORT."
            ) from None
        yield


def prepare_in_own_process(surroundings: Mapping[str, str]) -> None:
    """Database, demo and static files; apart, so that no connection is open when honcho forks."""
    command = [sys.executable, "-m", "portal.local", "prepare"]
    done = subprocess.run(command, cwd=ROOT, env=surroundings, check=False)  # noqa: S603  # ours
    if done.returncode:
        raise Complaint("The database could not be prepared: see the lines above.")


def prepare(places: Places) -> int:
    import django  # noqa: PLC0415  # only here, where the settings' environment is complete
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    password = environment.read(places.env_file)["DEMO_OPERATOR_PASSWORD"]
    call_command("load_demo", if_empty=True, operator_password=password)
    call_command("collectstatic", verbosity=0, interactive=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
