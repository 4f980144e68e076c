"""When webhooks are called. Tests turn this clock forward instead of waiting."""

import datetime as dt
import threading
from dataclasses import dataclass, field

from django.utils import timezone

from integrations.sandbox import settings

# ORCID's: the pause after a failed call grows by this with every failure.
RETRY_SECONDS = 600.0


@dataclass
class Clock:
    """`every_seconds`: the pause between two rounds of calls; 0: only when told to."""

    every_seconds: float = settings.WEBHOOK_SECONDS
    retry_seconds: float = RETRY_SECONDS
    ahead: dt.timedelta = dt.timedelta()
    # Wakes the thread that waits for the next round.
    changed: threading.Event = field(default_factory=threading.Event)

    def now(self) -> dt.datetime:
        return timezone.now() + self.ahead

    def turn(self, *, every: float | None = None, retry: float | None = None) -> None:
        self.every_seconds = self.every_seconds if every is None else every
        self.retry_seconds = self.retry_seconds if retry is None else retry
        self.changed.set()

    def advance(self, seconds: float) -> None:
        self.ahead += dt.timedelta(seconds=seconds)

    def reset(self) -> None:
        self.ahead = dt.timedelta()
        self.turn(every=settings.WEBHOOK_SECONDS, retry=RETRY_SECONDS)


clock = Clock()
