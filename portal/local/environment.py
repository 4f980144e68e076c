"""`portal.env`, the environment of the local portal: secrets made once, addresses from the ports.

The settings read it by `ENV_FILE`, so that `manage.py` works on the same data:
`ENV_FILE=var/portal.env .venv/bin/python manage.py …`.
"""

import json
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.fernet import Fernet

from portal.demo import sandbox
from portal.local.places import Places

_MAKERS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "FIELD_KEYS": lambda: str(Fernet.generate_key(), "ascii"),
    "ORCID_CLIENT_SECRET": lambda: secrets.token_urlsafe(24),
    "DEMO_OPERATOR_PASSWORD": lambda: secrets.token_urlsafe(12),
}
# Where ORCID sends people back to: from signing in, and from connecting (docs/orcid.md).
_CALLBACKS = ("/accounts/orcid/login/callback/", "/me/accounts/orcid/connected/")


def write_files(places: Places) -> dict[str, str]:
    """Write `portal.env` and the sandbox's people file; return what `portal.env` holds."""
    places.data_dir.mkdir(parents=True, exist_ok=True)
    kept = read(places.env_file)
    made = {name: kept.get(name) or make() for name, make in _MAKERS.items()}
    derived = _derived(places)
    _write(
        places.env_file,
        "# Written by `make run`. Secrets, generated once; `make reset` throws them away:\n"
        f"{_lines(made)}"
        "# These follow from the ports, and are written anew by each `make run`:\n"
        f"{_lines(derived)}",
    )
    people = sandbox.people_file(
        client_secret=made["ORCID_CLIENT_SECRET"],
        redirect_uris=[places.portal_url + callback for callback in _CALLBACKS],
    )
    _write(places.people_file, json.dumps(people, ensure_ascii=False, indent=1))
    return {**made, **derived}


def read(path: Path) -> dict[str, str]:
    """The variables of an env file; none when it is not there."""
    if not path.exists():
        return {}
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines if "=" in line)


def for_processes(
    places: Places, variables: Mapping[str, str], given: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The environment of the processes: the shell's, and over it `portal.env`.

    So DATABASE_URL or PORTAL_NAME can be given by the shell, but not what must fit together.
    """
    needed = {
        "ENV_FILE": str(places.env_file),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATA_DIR": str(places.data_dir),
        "PYTHONUNBUFFERED": "1",
    }
    return {**given, **variables, **needed}


def _derived(places: Places) -> dict[str, str]:
    return {
        "SITE_URL": places.portal_url,
        "DATA_DIR": str(places.data_dir),
        "ORCID_BASE_URL": places.sandbox_url,
        "ORCID_PUBLIC_API_URL": f"{places.sandbox_url}/pub/v3.0",
        "ORCID_MEMBER_API_URL": f"{places.sandbox_url}/api/v3.0",
        "ORCID_CLIENT_ID": sandbox.CLIENT_ID,
        "EMAIL_URL": f"smtp://127.0.0.1:{places.smtp_port}",
        "DEFAULT_FROM_EMAIL": "member-tools@northlands.example",
        "HELPDESK_EMAIL": "helpdesk@northlands.example",
    }


def _lines(variables: Mapping[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in variables.items())


def _write(path: Path, text: str) -> None:
    """In one step, readable by its owner alone: a run that is stopped leaves the old file."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)
