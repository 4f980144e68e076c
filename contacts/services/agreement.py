"""The agreement record: who signed, where that person has no iD."""

import datetime
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction

from contacts.models import AgreementRecord
from contacts.permissions import standing_of
from members.actors import Actor
from members.errors import StaleVersion
from members.models import Event, Member
from members.querysets import EventQuerySet
from members.text import one_line


@transaction.atomic
def save_agreement(
    *,
    member_id: int,
    version: int,
    by: Actor,
    name: str,
    position: str,
    email: str = "",
    signed_on: datetime.date | None = None,
) -> AgreementRecord:
    """Write the record; `version` is 0 when there was none. It stands in for the Signatory, so
    the Main or the Signatory keeps it (R2).

    Raises `PermissionDenied`, `StaleVersion` (H2), `ValidationError`.
    """
    member, record = _lock(member_id, version, by)
    record = record or AgreementRecord(member=member, version=_last_version(member))
    before = {field: getattr(record, field) for field in ("name", "position", "email")}
    signed_before = record.signed_on
    record.name, record.position = one_line(name), one_line(position)
    record.email, record.signed_on = email, signed_on
    after = {field: getattr(record, field) for field in before}
    if record.pk and (before, signed_before) == (after, signed_on):
        return record
    record.version += 1
    record.full_clean(exclude=["member"])
    record.save()
    changed = {field: [before[field], after[field]] for field in before}
    Event.append(
        _event(
            Event.Kind.AGREEMENT_RECORDED,
            member,
            by,
            {
                "agreement_version": record.version,
                "signed_on": [_iso(signed_before), _iso(signed_on)],
            },
            {field: pair for field, pair in changed.items() if pair[0] != pair[1]},
        )
    )
    return record


@transaction.atomic
def remove_agreement(*, member_id: int, version: int, by: Actor) -> None:
    """Remove the record. Raises as `save_agreement`."""
    member, record = _lock(member_id, version, by)
    if record is None:
        return
    personal = {"name": [record.name, None], "position": [record.position, None]}
    record.delete()
    Event.append(_event(Event.Kind.AGREEMENT_REMOVED, member, by, {}, personal))


def _lock(member_id: int, version: int, by: Actor) -> tuple[Member, AgreementRecord | None]:
    member = Member.objects.lock(member_id)
    if not standing_of(by, member).can_manage_protected_roles:
        raise PermissionDenied
    record = AgreementRecord.objects.filter(member=member).first()
    now = record.version if record else 0
    if now != version:
        raise StaleVersion(version=now, events=_events_since(member, version))
    return member, record


def _events(member: Member) -> EventQuerySet:
    kinds = [Event.Kind.AGREEMENT_RECORDED, Event.Kind.AGREEMENT_REMOVED]
    return Event.objects.filter(member=member, kind__in=kinds).order_by("pk")


def _events_since(member: Member, version: int) -> list[Event]:
    """What happened to the record after that version; the last thing when there was none."""
    events = _events(member).select_related("actor")
    read = events.filter(changes__agreement_version=version).last()
    return list(events.filter(pk__gt=read.pk)) if read else list(events)[-1:]


def _last_version(member: Member) -> int:
    """Versions go on after a removal, so that a form of the old record is stale for a new one."""
    last = _events(member).filter(kind=Event.Kind.AGREEMENT_RECORDED).last()
    return int(last.changes["agreement_version"]) if last else 0


def _event(
    kind: Event.Kind,
    member: Member,
    by: Actor,
    changes: Mapping[str, object],
    personal: Mapping[str, object],
) -> Event:
    return Event(
        member=member,
        kind=kind,
        changes=dict(changes),
        personal=dict(personal),
        actor=by.user,
        capacity=by.capacity,
    )


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None
