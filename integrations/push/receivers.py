"""What other apps tell of connections, handed to services."""

from typing import Any

from integrations.orcid import signals
from integrations.push.services import queueing


def connect() -> None:
    """Once, when the app is ready."""
    signals.connected.connect(_connected)
    signals.moved.connect(_moved)


def _connected(*, connection_id: int, **_more: Any) -> None:
    queueing.take_up(connection_id=connection_id)


def _moved(*, connection_id: int, into_id: int, **_more: Any) -> None:
    queueing.follow(connection_id=connection_id, into_id=into_id)
