"""The lead desk: which contacts of the lead read or manage the consortium."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import Contact, DeskSeat, Role
from contacts.permissions import standing_of
from contacts.services import _shared as shared
from members.actors import Actor
from members.models import Consortium, Event


@transaction.atomic
def set_desk_level(
    *, consortium_id: int, contact_id: int, level: DeskSeat.Level | None, by: Actor
) -> None:
    """Give a contact of the lead a seat, change it, or (None) take it away.

    Only the lead's Main, who is always manager and needs no seat, and the operator may. Raises
    `PermissionDenied`, `ValidationError` when the contact is gone or not the lead's.
    """
    member, contact = shared.lock_member_of(contact_id)
    consortium = Consortium.objects.get(pk=consortium_id)
    if consortium.lead_id != member.pk:
        raise ValidationError(_("Only contacts of the lead sit on its desk."), code="not_lead")
    who = standing_of(by, member)
    if not (who.is_trusted or (who.can_edit and Role.MAIN in who.roles)):
        raise PermissionDenied
    seat = DeskSeat.objects.filter(consortium=consortium, contact=contact).first()
    before = seat.level if seat else None
    if before == level:
        return
    _write(consortium, contact, level)
    event = shared.contact_event(Event.Kind.DESK_CHANGED, contact, by, desk=[before, level])
    event.consortium = consortium
    Event.append(event)


def _write(consortium: Consortium, contact: Contact, level: DeskSeat.Level | None) -> None:
    if level is None:
        DeskSeat.objects.filter(consortium=consortium, contact=contact).delete()
        return
    DeskSeat.objects.update_or_create(
        consortium=consortium, contact=contact, defaults={"level": level}
    )
