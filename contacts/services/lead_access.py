"""The member's switch *lead may manage contacts* (A3, second half)."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from contacts.permissions import can_answer_for
from members.actors import Actor
from members.errors import StaleVersion
from members.models import Event, Member


@transaction.atomic
def set_lead_access(*, member_id: int, version: int | None, allowed: bool, by: Actor) -> Member:
    """Let managers of the consortium's lead desk change contacts without protected roles, or end
    that: it counts from the next request on.

    Raises `PermissionDenied` for all but the Main and the operator, `StaleVersion` (H2).
    """
    member = Member.objects.lock(member_id)
    if not can_answer_for(by, member):
        raise PermissionDenied
    if version is not None and version != member.version:
        since = Event.objects.since_member_version(member, version).select_related("actor")
        raise StaleVersion(version=member.version, events=list(since))
    before = member.lead_may_manage_contacts
    if before == allowed:
        return member
    member.lead_may_manage_contacts = allowed
    member.version += 1
    member.save(update_fields=["lead_may_manage_contacts", "version", "updated_at"])
    Event.append(
        Event(
            member=member,
            kind=Event.Kind.LEAD_ACCESS_CHANGED,
            changes={
                "lead_may_manage_contacts": [before, allowed],
                "member_version": member.version,
            },
            actor=by.user,
            capacity=by.capacity,
        )
    )
    return member
