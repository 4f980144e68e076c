"""The command line: `python -m integrations.sandbox serve|reset|record|mailbox`."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import TextIO
from urllib.parse import urlsplit

import django
from django.core.management import call_command

from integrations.sandbox import storage

DEFAULT_STORAGE = Path("var/sandbox")
STOPPING = threading.Event()


def main(argv: Sequence[str] | None = None) -> int:
    options = parser().parse_args(argv)
    on_ending_signals(stop)
    options.storage.mkdir(parents=True, exist_ok=True)
    commands = {"serve": serve, "reset": reset, "record": record, "mailbox": mailbox}
    try:
        return commands[options.command](options)
    except KeyboardInterrupt:
        return 0
    except (OSError, ValueError) as problem:
        # A taken port, an unreadable people file: one line says it, a traceback would not help.
        say(f"Local ORCID sandbox: {problem}", stream=sys.stderr)
        return 1
    finally:
        on_ending_signals(signal.SIG_IGN)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m integrations.sandbox", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)

    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--storage", type=Path, default=DEFAULT_STORAGE, help="own folder")
    seed = argparse.ArgumentParser(add_help=False)
    seed.add_argument("--seed", type=Path, help="people file (JSON); else the built-in one")

    serving = commands.add_parser("serve", parents=[common, seed], help="run the local ORCID")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=int, default=8001, help="0 takes a free one")
    serving.add_argument("--base-url", help="how browsers reach it, if not http://HOST:PORT")
    serving.add_argument("--smtp-port", type=int, help="also run the mailbox in this process")
    serving.add_argument(
        "--rate-limit",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="calls over ORCID's burst get 503",
    )
    serving.add_argument(
        "--webhook-seconds",
        type=float,
        default=10,
        help="pause between rounds of webhook calls; 0: only when told to",
    )
    serving.add_argument("--verbose", action="store_true", help="log every request")

    commands.add_parser("reset", parents=[common, seed], help="start again from the people file")

    loading = commands.add_parser(
        "record",
        parents=[common],
        help="load names, e-mails, affiliations and works onto a record",
    )
    loading.add_argument("orcid", help="whose record; made if nobody has it and a name comes along")
    loading.add_argument(
        "files", nargs="+", type=Path, help="ORCID's JSON: a record, a part of it, a work"
    )

    sink = commands.add_parser("mailbox", parents=[common], help="run the SMTP sink alone")
    sink.add_argument("--smtp-port", type=int, default=8025, help="0 takes a free one")
    return top


def serve(options: argparse.Namespace) -> int:
    from integrations.sandbox import server  # noqa: PLC0415  # Django has no settings before

    with server.bound(options.host, options.port) as httpd:
        port = httpd.server_port
        base_url = options.base_url or f"http://{url_host(options.host)}:{port}"
        os.environ["SANDBOX_BASE_URL"] = base_url
        os.environ["SANDBOX_LOG_LEVEL"] = "INFO" if options.verbose else "WARNING"
        os.environ["SANDBOX_RATE_LIMIT"] = "on" if options.rate_limit else "off"
        os.environ["SANDBOX_WEBHOOK_SECONDS"] = str(options.webhook_seconds)
        os.environ["SANDBOX_ALLOWED_HOSTS"] = allowed_hosts(options.host, base_url)
        prepare(options, seed=True)
        server.run(httpd, base_url=base_url, smtp_port=options.smtp_port)
    return 0


def reset(options: argparse.Namespace) -> int:
    prepare(options, seed=False)
    from integrations.sandbox import people_file  # noqa: PLC0415  # models need Django

    people_file.reset()
    say("Local ORCID sandbox: reset.")
    return 0


def record(options: argparse.Namespace) -> int:
    prepare(options, seed=False)
    from integrations.sandbox import people_file  # noqa: PLC0415  # models need Django

    loaded = people_file.load_files(options.orcid, options.files)
    parts = ["names and e-mails"] if loaded.is_person else []
    parts += [f"affiliations: {loaded.affiliations}", f"works: {loaded.works}"]
    say(f"Local ORCID sandbox: loaded onto {options.orcid}: {', '.join(parts)}.")
    return 0


def mailbox(options: argparse.Namespace) -> int:
    prepare(options, seed=False)
    from integrations.sandbox.mailbox import smtp  # noqa: PLC0415  # models need Django

    with smtp.running(options.smtp_port) as port:
        say(f"Mailbox: SMTP on 127.0.0.1:{port}")
        signal.pause()
    return 0


def prepare(options: argparse.Namespace, *, seed: bool) -> None:
    """Django with our settings, whatever the shell has exported, and a database that fits."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "integrations.sandbox.settings"
    os.environ["SANDBOX_STORAGE"] = str(options.storage.resolve())
    if getattr(options, "seed", None):
        os.environ["SANDBOX_SEED"] = str(options.seed.resolve())
    django.setup()
    from integrations.sandbox import people_file  # noqa: PLC0415  # models need Django

    with storage.exclusive(options.storage):
        call_command("migrate", verbosity=0, interactive=False)
        if seed:
            people_file.seed()


def allowed_hosts(host: str, base_url: str) -> str:
    """Names of this computer only, against DNS rebinding, unless told to listen for others."""
    own = ["127.0.0.1", "localhost", "[::1]"]
    if host.strip("[]") not in {"127.0.0.1", "localhost", "::1"}:
        return "*"
    return ",".join([*own, urlsplit(base_url).hostname or ""])


def url_host(host: str) -> str:
    # 0.0.0.0 is no address to visit.
    visible = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104  # compared only
    return f"[{visible}]" if ":" in visible else visible


def stop(_signal: int, _frame: FrameType | None) -> None:
    # A terminal and a process manager often both send one: the second must not disturb the end.
    if not STOPPING.is_set():
        STOPPING.set()
        raise KeyboardInterrupt


def on_ending_signals(action: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, action)


def say(line: str, *, stream: TextIO | None = None) -> None:
    stream = stream or sys.stdout
    stream.write(line + "\n")
    stream.flush()
