"""Wake-ups: a worker is sent to a row that waits; the sweep finds it where that fails (rule H6)."""

import logging

from django.db import transaction
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)


def wake(task: str, *keys: int) -> None:
    """Start a task (`contacts.tasks.deliver_mail`) for a row after commit; a failure is logged.

    By its path, since tasks call the services that wake them.
    """
    found = import_string(task)

    def send() -> None:
        try:
            found.apply_async(args=keys, retry=False)
        except Exception:  # noqa: BLE001  # whatever the broker raises, the sweep finds the row
            log.warning("No worker could be woken for %s %s; it waits for the sweep.", task, keys)

    transaction.on_commit(send, robust=True)
