"""Files of the sandbox's own: database, secret key, signing key."""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

DATABASE = "sandbox.sqlite3"
SECRET_KEY = "secret-key"  # noqa: S105  # a file name
SIGNING_KEY = "signing-key.pem"


def create_once(path: Path, make: Callable[[], str]) -> str:
    """The file's text, made and kept (mode 600) when there is none yet.

    Safe when two processes start at once: the link appears whole or not at all.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make())
        # Somebody else was first: theirs counts.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


@contextlib.contextmanager
def exclusive(directory: Path) -> Iterator[None]:
    """One process at a time in here, so that two never migrate or seed together."""
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
