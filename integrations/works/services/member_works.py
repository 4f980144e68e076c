"""An institution's works: added, changed, deleted, and taken from state to state (rules H1, H2).

`researcher_works` has what researchers do themselves.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from integrations.works import content as rules
from integrations.works.content import Content
from integrations.works.models import MemberWork
from integrations.works.permissions import can_keep_works
from integrations.works.services import authors, pushing
from integrations.works.services.own import changed_fields
from members.actors import Actor
from members.errors import StaleVersion
from members.models import Event, Member

Item = TypeVar("Item")
State = MemberWork.State
# Events name the works they are about: so many in one.
_PER_EVENT = 500


def lock_to_keep(member_id: int, by: Actor) -> Member:
    """The member, locked, if the actor keeps its works. Raises `PermissionDenied`."""
    member = Member.objects.lock(member_id)
    if not can_keep_works(by, member):
        raise PermissionDenied
    return member


@transaction.atomic
def add_work(*, member_id: int, content: Content, by: Actor) -> MemberWork:
    """A work typed in by the member's staff, as a draft.

    Raises `PermissionDenied`; `ValidationError` with messages by field.
    """
    member = lock_to_keep(member_id, by)
    work = make(member, content, by, origin=MemberWork.Origin.FORM)
    Event.append(work_event(Event.Kind.WORK_ADDED, work, by))
    return work


def make(
    member: Member, content: Content, by: Actor, *, origin: MemberWork.Origin, **fields: Any
) -> MemberWork:
    """Store a draft of a locked member, for an actor that was judged; the event is not written."""
    whole = rules.EMPTY | content
    if wrong := rules.problems(whole):
        raise ValidationError(wrong)
    work = MemberWork(member=member, origin=origin, added_by=by.user, **whole, **fields)
    work.save()
    authors.match([work])
    return work


@transaction.atomic
def change_work(*, work_id: int, version: int, content: Content, by: Actor) -> MemberWork:
    """Make the work say what `content` says; what it does not name stays. What is public goes to
    the records of its authors anew.

    Raises `PermissionDenied`, `StaleVersion` (H2), `ValidationError` with messages by field.
    """
    member_id = member_of(work_id)
    lock_to_keep(member_id, by)
    return rewrite(work_id, version, content, by)


def rewrite(work_id: int, version: int, content: Content, by: Actor) -> MemberWork:
    """The rest of `change_work`, under the member's lock, for an actor that was judged."""
    work = fresh(work_id, version)
    changed = changed_fields(work, content)
    if not changed:
        return work
    _check({name: content.get(name, getattr(work, name)) for name in rules.FIELDS}, changed)
    for name in changed:
        setattr(work, name, content[name])
    work.version += 1
    work.save()
    if "contributors" in changed:
        before = pushing.readers_of([work.pk])
        authors.match([work])
        pushing.retract_from_former([work.pk], before)
    pushing.send([work.pk])
    Event.append(work_event(Event.Kind.WORK_CHANGED, work, by, field_names=changed))
    return work


def _check(content: Content, changed: Collection[str]) -> None:
    wrong = {name: words for name, words in rules.problems(content).items() if name in changed}
    if wrong:
        raise ValidationError(wrong)


def member_of(work_id: int) -> int:
    """Whose work it is. Raises `PermissionDenied` for one that is gone."""
    found = MemberWork.objects.filter(pk=work_id).values_list("member", flat=True).first()
    if found is None:
        raise PermissionDenied
    return found


def fresh(work_id: int, version: int) -> MemberWork:
    """The work as it is, under its member's lock. Raises `StaleVersion` with the events since."""
    work = MemberWork.objects.select_for_update(of=("self",)).get(pk=work_id)
    if work.version != version:
        since = Event.objects.filter(member=work.member_id, changes__work=work_id)
        events = since.since_version("work_version", version)
        raise StaleVersion(version=work.version, events=list(events))
    return work


@transaction.atomic
def delete_work(*, work_id: int, version: int, by: Actor) -> None:
    """Delete a work for good. On ORCID records it stays, or goes, as for one that is no longer
    public. Raises as `change_work`."""
    member = lock_to_keep(member_of(work_id), by)
    work = fresh(work_id, version)
    pushing.retract(member, [work.pk])
    event = work_event(Event.Kind.WORK_DELETED, work, by)
    work.delete()
    Event.append(event)


def set_states(*, member_id: int, work_ids: Sequence[int], state: str, by: Actor) -> int:
    """Bring these works of the member into a state, some hundred in each transaction; how many were
    not in it. Raises `PermissionDenied`."""
    return sum(
        set_state(member_id=member_id, work_ids=keys, state=state, by=by)
        for keys in batches(sorted(work_ids))
    )


@transaction.atomic
def set_state(
    *, member_id: int, work_ids: Sequence[int], state: str, by: Actor, version: int | None = None
) -> int:
    """The same of a few works, in one transaction; `StaleVersion` where the version of a single one
    is given, and is not the one it has now (H2).

    Public ones are queued for the records of their authors; what is public no more leaves them, or
    stays, as the member's policy says.
    """
    member = lock_to_keep(member_id, by)
    if version is not None:
        for work_id in work_ids:
            fresh(work_id, version)
    return bring_into(member, work_ids, state, by)


def bring_into(member: Member, work_ids: Collection[int], state: str, by: Actor) -> int:
    """The same under the member's lock, for an actor that was judged. A draft that was sent in, and
    is to be a draft, is given back to the researcher."""
    wanted = State(state)
    here = MemberWork.objects.filter(member=member, pk__in=list(work_ids))
    rows = here.exclude(state=wanted, asked_at=None).order_by("pk").select_for_update(of=("self",))
    were = dict(rows.values_list("pk", "state"))
    MemberWork.objects.filter(pk__in=list(were)).update(
        state=wanted, asked_at=None, version=F("version") + 1, updated_at=timezone.now()
    )
    if wanted == State.PUBLIC:
        pushing.send(list(were))
    else:
        pushing.retract(member, [pk for pk, was in were.items() if was == State.PUBLIC])
    Event.append(*_state_events(member, were, wanted, by))
    return len(were)


def _state_events(
    member: Member, were: Mapping[int, str], state: State, by: Actor
) -> Iterator[Event]:
    for was in sorted(set(were.values())):
        keys = [pk for pk, each in were.items() if each == was]
        changes: dict[str, Any] = {"works": keys, "number": len(keys)}
        if len(keys) == 1:
            work = MemberWork.objects.only("title", "version").get(pk=keys[0])
            changes = _about(work)
        # Drafts that were sent in are drafts again: given back.
        moved: dict[str, Any] = (
            {"work_state": [was, str(state)]} if was != state else {"asked": False}
        )
        yield member_event(Event.Kind.WORKS_STATE_CHANGED, member.pk, by, **changes, **moved)


def _about(work: MemberWork) -> dict[str, Any]:
    return {"work": work.pk, "work_version": work.version, "work_title": work.title[:200]}


def work_event(kind: Event.Kind, work: MemberWork, by: Actor, **changes: object) -> Event:
    """About one work; not yet written."""
    return member_event(kind, work.member_id, by, **_about(work), **changes)


def member_event(kind: Event.Kind, member_id: int, by: Actor, **changes: object) -> Event:
    """About works of a member; not yet written."""
    return Event(
        member_id=member_id, kind=kind, changes=changes, actor=by.user, capacity=by.capacity
    )


def batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Some at a time: as many as one event names."""
    for start in range(0, len(items), _PER_EVENT):
        yield items[start : start + _PER_EVENT]
