"""Changes "by the lead" (A3): marked, told to the Main, and accepted or disputed by the Main."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.holders import protected_holders
from contacts.letters import consortium_of, site_url
from contacts.models import Contact, LeadChange, Mail, Role
from contacts.permissions import can_answer_for, standing_of
from contacts.services.charge import desk_addresses
from contacts.services.mails import queue_mail
from members.actors import Actor
from members.models import Event, Member

# Nobody else can act for the lead, so nobody else is asked whether they do.
_MAY_BE_LEAD = frozenset({Event.Capacity.LEAD, Event.Capacity.TOKEN})


def append_events(member: Member, by: Actor, *events: Event) -> None:
    """`Event.append` for services that managers of the lead desk may call (A3).

    What they did is marked, each event for itself, and the Main is told in one mail. Call it last,
    under the member's lock.
    """
    is_lead = by.capacity in _MAY_BE_LEAD and standing_of(by, member).is_lead
    marked = [event for event in events if _concerns_a_person(event)] if is_lead else []
    if marked:
        _tell_main(member, by, marked)
    Event.append(*events)
    # After the events, whose ids they bear; like them they lock no row of anybody else.
    LeadChange.objects.bulk_create(_mark(event, member, by) for event in marked)


def _concerns_a_person(event: Event) -> bool:
    return bool(event.changes.get("contact") or event.changes.get("invitation"))


def _mark(event: Event, member: Member, by: Actor) -> LeadChange:
    contact = event.changes.get("contact")
    change = LeadChange(member=member, contact_id=contact, event_id=event.pk, made_by=by.user)
    change.invitation_id = None if contact else event.changes.get("invitation")
    return change


def _tell_main(member: Member, by: Actor, events: Sequence[Event]) -> None:
    for reader in _in_charge(member):
        queue_mail(
            kind=Mail.Kind.LEAD_CHANGED,
            to=reader.email,
            member=member,
            context={
                "to_contact": reader,
                "by": by.user,
                "events": events,
                "url": site_url(reverse("tools:lead_changes", args=[member.slug])),
            },
        )


def _in_charge(member: Member) -> list[Contact]:
    """The Main; where there is none, or none with an address, everybody who has one."""
    main = protected_holders(member).get(Role.MAIN)
    if main and main.email:
        return [main]
    return list(Contact.objects.current().filter(member=member).exclude(email=""))


@transaction.atomic
def accept_lead_change(*, change_id: int, by: Actor) -> LeadChange:
    """The Main agrees, also after a dispute; accepting twice changes nothing.

    Raises `PermissionDenied` for all but the Main and the operator.
    """
    change = _lock_change(change_id, by)
    if change.state == LeadChange.State.ACCEPTED:
        return change
    _decide(change, LeadChange.State.ACCEPTED, change.note, by)
    Event.append(_event(Event.Kind.LEAD_CHANGE_ACCEPTED, change, by))
    return change


@transaction.atomic
def dispute_lead_change(*, change_id: int, note: str, by: Actor) -> LeadChange:
    """The Main disagrees and says why: the desk's managers are told. Nothing is undone by itself.

    Raises `PermissionDenied` for all but the Main and the operator, `ValidationError` without a
    note, or when it has been accepted or disputed already.
    """
    change, note = _lock_change(change_id, by), note.strip()
    if change.state != LeadChange.State.OPEN:
        raise ValidationError(_("This change has been decided on already."), code="decided")
    if not note:
        raise ValidationError(_("Say what is not right."), code="note")
    _decide(change, LeadChange.State.DISPUTED, note, by)
    _tell_managers(change, by)
    Event.append(_event(Event.Kind.LEAD_CHANGE_DISPUTED, change, by, note=note))
    return change


def _lock_change(change_id: int, by: Actor) -> LeadChange:
    member = Member.objects.lock(
        LeadChange.objects.values_list("member", flat=True).get(pk=change_id)
    )
    if not can_answer_for(by, member):
        raise PermissionDenied
    change = LeadChange.objects.select_related("contact", "invitation", "made_by").get(pk=change_id)
    change.member = member
    return change


def _decide(change: LeadChange, state: LeadChange.State, note: str, by: Actor) -> None:
    change.state, change.note = state, note
    change.decided_by, change.decided_at = by.user, timezone.now()
    change.full_clean(exclude=["member", "contact", "invitation", "made_by", "decided_by"])
    change.save(update_fields=["state", "note", "decided_by", "decided_at"])


def _tell_managers(change: LeadChange, by: Actor) -> None:
    consortium = consortium_of(change.member)
    if consortium is None:
        return
    made_by = Contact.objects.of(change.made_by).filter(member=consortium.lead_id).first()
    for address in desk_addresses(consortium, levels=frozenset({"manager"})):
        queue_mail(
            kind=Mail.Kind.LEAD_CHANGE_DISPUTED,
            to=address,
            member=change.member,
            context={
                "by": by.user,
                "change": change,
                "made_by": made_by or change.made_by,
                "event": Event.objects.get(pk=change.event_id),
                "person": change.person,
                "url": site_url(reverse("tools:lead_changes", args=[change.member.slug])),
            },
        )


def _event(kind: Event.Kind, change: LeadChange, by: Actor, **personal: str) -> Event:
    return Event(
        member=change.member,
        kind=kind,
        changes={"lead_change": change.pk, "of_event": change.event_id},
        personal={"name": change.person, **personal},
        actor=by.user,
        capacity=by.capacity,
    )
