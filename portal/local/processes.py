"""The processes of `make run`, under honcho: one log, and when one ends, all end."""

import contextlib
import os
import re
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from types import FrameType

from honcho import manager as honcho
from honcho.manager import SYSTEM_PRINTER_NAME, Manager
from honcho.printer import Message, Printer

from portal.local.places import HOST, ROOT, Places

PATIENCE = 15  # seconds, until what has not ended is killed


def commands(places: Places) -> dict[str, list[str]]:
    python = sys.executable
    sandbox = [python, "-m", "integrations.sandbox"]
    celery = [python, "-m", "celery", "-A", "portal", "--quiet"]
    storage = ["--storage", str(places.sandbox_storage)]
    return {
        "orcid": [
            *sandbox,
            "serve",
            *["--port", str(places.sandbox_port), "--seed", str(places.people_file), *storage],
        ],
        "mailbox": [*sandbox, "mailbox", "--smtp-port", str(places.smtp_port), *storage],
        "portal": [
            *[python, "-m", "gunicorn", "portal.wsgi", "--bind", f"{HOST}:{places.portal_port}"],
            # One process, as sign-in attempts are counted in its memory; threads for the rest.
            *["--workers", "1", "--threads", "8", "--log-level", "warning", "--no-control-socket"],
        ],
        # One task at a time is enough here, and there are no children to complain when it ends.
        "worker": [
            *[*celery, "worker", "--pool", "solo"],
            *["--loglevel", "WARNING", "--without-gossip", "--without-mingle"],
        ],
        # Not inside the worker, where it would outlive a worker that is killed.
        "beat": [
            *[*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""],
            *["--schedule", str(places.data_dir / "beat-schedule")],
        ],
    }


def run(places: Places, environment: Mapping[str, str], *, when_started: Callable[[], None]) -> int:
    """Run them until Ctrl-C (returns 0) or until one ends by itself (returns 1)."""
    # A worker first finishes the mail it is sending, so that nothing is *not known* afterwards.
    honcho.KILL_WAIT = PATIENCE
    log = Log(when_started)
    manager = Manager(printer=log)
    for name, command in commands(places).items():
        line = f"exec {shlex.join(command)}"
        manager.add_process(name, line, env=dict(environment), cwd=str(ROOT))
    # A closed terminal ends them too: each has a session of its own and would live on.
    signal.signal(signal.SIGHUP, _terminate_self)
    manager.loop()
    if log.ended_by_itself:
        log.say("All processes have been stopped. " + log.ended_by_itself)
        return 1
    log.say("Stopped. Your data are kept; `make run` goes on with them.")
    return 0


def _terminate_self(_signal: int, _frame: FrameType | None) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


class Log(Printer):  # type: ignore[misc]  # honcho has no types
    """Lines of all processes, each with its name; honcho's own in plainer words."""

    def __init__(self, when_started: Callable[[], None]) -> None:
        super().__init__(sys.stdout)
        self._when_started: Callable[[], None] | None = when_started
        self._asked_to_stop = False
        self.ended_by_itself = ""

    def write(self, message: Message) -> None:
        if message.name != SYSTEM_PRINTER_NAME:
            super().write(message)
            return
        self._note(str(message.data))
        # Only now: honcho forks, and a thread from before would not follow.
        if self._when_started:
            threading.Thread(target=self._when_started, daemon=True).start()
            self._when_started = None

    def _note(self, what: str) -> None:
        if "received" in what:
            self._asked_to_stop = True
            self.say("Stopping …")
        ended = re.fullmatch(r"(\w+) stopped \(rc=(-?\d+)\)\s*", what)
        if ended and not self._asked_to_stop and not self.ended_by_itself:
            self.ended_by_itself = _epitaph(ended[1], int(ended[2]))
            self.say("One process has ended. Stopping the others …")

    def say(self, line: str) -> None:
        # Whoever closed the terminal reads no more.
        with contextlib.suppress(OSError):
            self.output.write(f"\n{line}\n")
            self.output.flush()


def _epitaph(name: str, status: int) -> str:
    how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
    return f"The process “{name}” {how}; its last lines above may say why."
