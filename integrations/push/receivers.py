"""What other apps tell of connections, members and people, handed to services."""

from typing import Any

from contacts.models import User
from contacts.signals import members_merged, person_leaving
from integrations.orcid import signals
from integrations.push.services import following, queueing


def connect() -> None:
    """Once, when the app is ready."""
    signals.connected.connect(_connected)
    signals.moved.connect(_moved)
    members_merged.connect(_members_merged)
    person_leaving.connect(_person_leaving)


def _connected(*, connection_id: int, **_more: Any) -> None:
    queueing.take_up(connection_id=connection_id)


def _moved(*, connection_id: int, into_id: int, **_more: Any) -> None:
    following.follow(connection_id=connection_id, into_id=into_id)


def _members_merged(*, kept_id: int, dropped_id: int, **_more: Any) -> None:
    following.hand_over(member_id=dropped_id, into_id=kept_id)


def _person_leaving(*, person: User, delete_at_orcid: bool, **_more: Any) -> None:
    queueing.leave(orcid=person.orcid, delete=delete_at_orcid)
