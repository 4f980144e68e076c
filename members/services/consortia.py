"""What the operator keeps about a consortium: its name, helpdesk, reply-to and privacy notice."""

from typing import TypedDict, Unpack

from django.db import transaction

from members.actors import Actor
from members.models import Consortium, Event
from members.permissions import require_trusted


class ConsortiumFields(TypedDict, total=False):
    """The fields that can be given; one left out stays as it is."""

    name: str
    slug: str
    helpdesk_email: str
    reply_to_email: str
    privacy_notice: str
    lead_may_recover: bool


@transaction.atomic
def save_consortium(
    *, consortium_id: int | None, by: Actor, **fields: Unpack[ConsortiumFields]
) -> Consortium:
    """Make a consortium (`consortium_id` None), or change the given fields of one.

    Raises `PermissionDenied` for all but trusted actors, `ValidationError` by field.
    """
    require_trusted(by)
    locked = Consortium.objects.select_for_update(of=("self",))
    consortium = locked.get(pk=consortium_id) if consortium_id else Consortium()
    changed = {}
    for name, value in fields.items():
        old = getattr(consortium, name)
        if old != value:
            setattr(consortium, name, value)
            changed[name] = [old, value]
    if not changed:
        return consortium
    consortium.full_clean()
    consortium.save()
    # The notice is too long for a row of the history: that it changed is enough.
    shown = {name: None if name == "privacy_notice" else pair for name, pair in changed.items()}
    Event.append(
        Event(
            consortium=consortium,
            kind=Event.Kind.CONSORTIUM_CHANGED,
            changes={"fields": shown},
            actor=by.user,
            capacity=by.capacity,
        )
    )
    return consortium
