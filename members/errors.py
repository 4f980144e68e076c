"""What services raise besides Django's `PermissionDenied` (403) and `ValidationError` (a message)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from members.models import Event


class StaleVersion(Exception):
    """Somebody changed the same thing meanwhile (rule H2).

    `version` is the one now stored; `events` are those since the version the caller had read,
    oldest first.
    """

    def __init__(self, *, version: int, events: "Sequence[Event]") -> None:
        super().__init__(f"stale version, now {version}")
        self.version = version
        self.events = list(events)
