"""Where things are: ports, folders and addresses, each by an environment variable."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parent.parent.parent
HOST = "127.0.0.1"


class Complaint(Exception):
    """What keeps the portal from starting, in words for the person at the keyboard."""


@dataclass(frozen=True)
class Places:
    """Ports on this computer only, and the folder that holds all data."""

    portal_port: int
    sandbox_port: int
    smtp_port: int
    data_dir: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Raises `Complaint` for a port that is no port, or the same one twice."""
        places = cls(
            _port(environment, "PORTAL_PORT", 8000),
            _port(environment, "SANDBOX_PORT", 8001),
            _port(environment, "SMTP_PORT", 8025),
            (ROOT / environment.get("DATA_DIR", "var")).resolve(),
        )
        if len(set(places.ports.values())) < len(places.ports):
            names = ", ".join(f"{name}={port}" for name, port in places.ports.items())
            raise Complaint(f"Each program needs a port of its own: {names}.")
        return places

    @property
    def ports(self) -> dict[str, int]:
        return {
            "PORTAL_PORT": self.portal_port,
            "SANDBOX_PORT": self.sandbox_port,
            "SMTP_PORT": self.smtp_port,
        }

    @property
    def portal_url(self) -> str:
        return f"http://{HOST}:{self.portal_port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://{HOST}:{self.sandbox_port}"

    @property
    def mailbox_url(self) -> str:
        return f"{self.sandbox_url}/mailbox/"

    @property
    def env_file(self) -> Path:
        return self.data_dir / "portal.env"

    @property
    def sandbox_storage(self) -> Path:
        return self.data_dir / "sandbox"

    @property
    def people_file(self) -> Path:
        return self.data_dir / "people.json"

    @property
    def lock_file(self) -> Path:
        return self.data_dir / "run.lock"


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    given = environment.get(name, "").strip() or str(default)
    if not given.isascii() or not given.isdigit() or not 1 <= int(given) <= 65535:
        raise Complaint(f"{name} must be a port number between 1 and 65535, not “{given}”.")
    return int(given)
