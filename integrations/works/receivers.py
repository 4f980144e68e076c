"""What other apps tell of connections and people, handed to services."""

from typing import Any

from django.conf import settings

from contacts.models import User
from contacts.signals import (
    affiliation_ended,
    members_merged,
    orcid_moved,
    people_in_use,
    people_united,
    person_emptied,
    person_leaving,
)
from contacts.traces import Erased, Traces
from contacts.waking import wake
from integrations.orcid import signals
from integrations.push import sources
from integrations.works.models import Keeper
from integrations.works.push_source import MemberWorks
from integrations.works.services import (  # they say what their runs do
    authors,
    drafting,
    emptying,
    grants,
    imports,  # noqa: F401
    keepers,
    member_works_files,  # noqa: F401
    merged,
    pulling,  # noqa: F401
    pushing,
    refreshing,
    uniting,
)
from integrations.works.signals import grants_changed


def connect() -> None:
    """Once, when the app is ready."""
    signals.connected.connect(_connected)
    signals.disconnected.connect(_disconnected)
    signals.record_changed.connect(_record_changed)
    people_united.connect(_people_united)
    affiliation_ended.connect(_affiliation_ended)
    orcid_moved.connect(_orcid_moved)
    members_merged.connect(_members_merged)
    people_in_use.connect(_people_in_use)
    person_leaving.connect(_person_leaving)
    person_emptied.connect(_person_emptied)
    grants_changed.connect(_grants_changed)
    sources.register(pushing.SECTION, MemberWorks())


def _connected(*, connection_id: int, **_more: Any) -> None:
    refreshing.first_pull(connection_id=connection_id)
    if settings.ORCID_WEBHOOKS:
        # Whoever changes their record next sees it here; where this fails, beat does it within the hour.
        wake("integrations.orcid.tasks.register_webhooks")


def _disconnected(*, connection_id: int, **_more: Any) -> None:
    refreshing.forget(connection_id=connection_id)


def _record_changed(*, connection_id: int, **_more: Any) -> None:
    refreshing.heed_hint(connection_id=connection_id)


def _people_united(*, former: User, present: User, **_more: Any) -> None:
    uniting.unite_people(former=former, present=present)


def _affiliation_ended(*, person: User, member_id: int, **_more: Any) -> None:
    grants.end_by_sign_in(person=person, member_id=member_id)


def _orcid_moved(*, old: str, new: str, **_more: Any) -> None:
    keepers.follow_moved(old=old, new=new)
    authors.follow_moved(old=old, new=new)


def _members_merged(*, kept_id: int, dropped_id: int, **_more: Any) -> None:
    merged.take_over(kept_id=kept_id, dropped_id=dropped_id)


def _people_in_use(**_more: Any) -> Any:
    """Whom a member names as one who keeps its works, whether they sign in or not."""
    return Keeper.objects.current().exclude(orcid="").values("orcid")


def _person_leaving(*, person: User, **_more: Any) -> None:
    grants.end_of_person(person=person)


def _person_emptied(*, person: User, traces: Traces, **_more: Any) -> Erased:
    return emptying.empty(person=person, traces=traces)


def _grants_changed(*, person_id: int, member_id: int, **_more: Any) -> None:
    authors.match_person(person_id=person_id, member_id=member_id)
    drafting.mark(person_id=person_id, member_id=member_id)
    pushing.resume(person_id=person_id, member_id=member_id)
