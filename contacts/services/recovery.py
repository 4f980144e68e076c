"""Recovery: a new Main for a member whose Main cannot act (rule A5).

Everybody is told; it takes effect after three working days unless someone objects, or at once
where the operator has recorded how identity was checked. The new Main is a contact who has signed
in (R3), or an address that is invited (C3): nobody gets the role without a proved iD.
"""

import datetime

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.letters import consortium_of
from contacts.models import Contact, HelpRequest, Mail, Recovery, Role
from contacts.permissions import can_manage_desk
from contacts.services import _recovery as core
from contacts.services import _shared as shared
from contacts.services.charge import desk_addresses
from contacts.services.invitations import invite_as_main
from contacts.services.roles import check_main_has_signed_in, pass_role
from members.actors import Actor
from members.models import Event, Member

WORKING_DAYS = 3


def recovery_behind(token: str) -> Recovery:
    """The recovery of a mailed link. Raises `ValidationError` when it is not ours, or over."""
    try:
        pk = signing.loads(token, salt=core.SALT)
    except signing.BadSignature:
        raise ValidationError(_("This link is not complete."), code="dead") from None
    found = Recovery.objects.filter(pk=pk).select_related("member", "contact").first()
    if found is None or found.state not in Recovery.OPEN:
        raise ValidationError(_("This has been decided meanwhile."), code="closed")
    return found


def can_recover(by: Actor, member: Member) -> bool:
    """A5: the operator; managers of the desk where the operator has switched it on."""
    if by.is_operator:
        return True
    consortium = consortium_of(member)
    return bool(consortium and consortium.lead_may_recover and can_manage_desk(by, consortium))


def after_working_days(start: datetime.datetime, days: int) -> datetime.datetime:
    """The same time of day, so many working days (Monday to Friday) later."""
    while days:
        start += datetime.timedelta(days=1)
        days -= start.weekday() < 5  # Saturday is 5
    return start


@transaction.atomic
def start_recovery(
    *,
    member_id: int,
    by: Actor,
    reason: str,
    contact_id: int | None = None,
    email: str = "",
    identity_checked: str = "",
    help_request: HelpRequest | None = None,
) -> Recovery:
    """Name a new Main: one of the contacts who has signed in, or an address to be invited.

    Every contact and the public e-mail are told. With `identity_checked`, the operator's alone, it
    takes effect at once. Raises `PermissionDenied`, `ValidationError`: one is under way already,
    not exactly one person named, the contact has never signed in or is Main already.
    """
    member = Member.objects.lock(member_id)
    if not can_recover(by, member) or (identity_checked and not by.is_operator) or not by.user:
        raise PermissionDenied
    contact = _check(member, contact_id, email.strip().lower())
    now = timezone.now()
    recovery = Recovery(
        member=member,
        help_request=help_request,
        contact=contact,
        email="" if contact else email.strip().lower(),
        reason=reason,
        identity_checked=identity_checked,
        started_by=by.user,
        started_as=by.capacity,
        started_at=now,
        takes_effect_at=now if identity_checked else after_working_days(now, WORKING_DAYS),
    )
    recovery.full_clean()
    recovery.save()
    core.tell_everybody(recovery, Mail.Kind.RECOVERY_STARTED)
    events = [core.recovery_event(Event.Kind.RECOVERY_STARTED, recovery, by)]
    if identity_checked:
        events += _take_effect(recovery, member)
    Event.append(*events)
    return recovery


def _check(member: Member, contact_id: int | None, email: str) -> Contact | None:
    if Recovery.objects.filter(member=member, state__in=Recovery.OPEN).exists():
        raise ValidationError(_("A recovery is under way for this member already."), code="open")
    if (contact_id is None) == (not email):
        raise ValidationError(_("Name a contact, or an e-mail address to invite."), code="who")
    if contact_id is None:
        return None
    contact = shared.current_contact(member, contact_id)
    if Role.MAIN in contact.roles:
        raise ValidationError(_("This contact is Main already."), code="same")
    check_main_has_signed_in(contact, [Role.MAIN])
    return contact


@transaction.atomic
def object_to(*, token: str, text: str, by: Actor | None = None) -> Recovery:
    """Stop a recovery, by the mailed link alone. Whoever started it and the operator are told.

    Raises `ValidationError` when it is over, or no reason is given.
    """
    if not text.strip():
        raise ValidationError({"text": _("Say in a sentence why you object.")})
    found = recovery_behind(token)
    Member.objects.lock(found.member_id)
    recovery = recovery_behind(token)
    events = core.stop(recovery, by=by or Actor.system(), objection=text)
    for address in _starters(recovery):
        core.mail(recovery, Mail.Kind.RECOVERY_OBJECTED, address)
    Event.append(*events)
    return recovery


@transaction.atomic
def cancel_recovery(*, recovery_id: int, by: Actor) -> Recovery:
    """Call it off. Raises `PermissionDenied`, `ValidationError` when it is over."""
    member_id = Recovery.objects.values_list("member", flat=True).get(pk=recovery_id)
    member = Member.objects.lock(member_id)
    if not can_recover(by, member):
        raise PermissionDenied
    recovery = Recovery.objects.select_related("member", "contact").get(pk=recovery_id)
    if recovery.state not in Recovery.OPEN:
        raise ValidationError(_("This has been decided meanwhile."), code="closed")
    Event.append(*core.stop(recovery, by=by))
    return recovery


def advance_recoveries() -> int:
    """Let those take effect whose days are over; returns how many. Idempotent, for beat."""
    due = Recovery.objects.filter(state=Recovery.State.WAITING, takes_effect_at__lte=timezone.now())
    done = 0
    for pk in list(due.values_list("pk", flat=True)):
        done += _advance(pk)
    return done


@transaction.atomic
def _advance(recovery_id: int) -> bool:
    member_id = Recovery.objects.values_list("member", flat=True).get(pk=recovery_id)
    member = Member.objects.lock(member_id)
    recovery = Recovery.objects.select_related("member", "contact").get(pk=recovery_id)
    if recovery.state != Recovery.State.WAITING:
        return False
    Event.append(*_take_effect(recovery, member))
    return True


def _take_effect(recovery: Recovery, member: Member) -> list[Event]:
    """Pass the role, or invite; under the member's lock. Returns the events to append last.

    What the lead began is called off where it may not recover any more: the operator has switched
    that off, or the membership has ended (A5).
    """
    by = Actor.system()
    consortium = consortium_of(member)
    if recovery.started_as == Event.Capacity.LEAD and not (
        consortium and consortium.lead_may_recover
    ):
        return core.stop(recovery, by=by)
    if recovery.contact_id is None:
        recovery.invitation, event = invite_as_main(member, recovery.email, by)
        recovery.state = Recovery.State.INVITED
        recovery.save()
        return [event]
    contact = Contact.objects.current().filter(pk=recovery.contact_id, member=member).first()
    if contact is None or Role.MAIN in contact.roles:
        return core.stop(recovery, by=by)
    events = pass_role(Role.MAIN, to_id=contact.pk, member=member, by=by)
    return [*events, *core.done(recovery, by)]


def _starters(recovery: Recovery) -> list[str]:
    consortium = consortium_of(recovery.member)
    desk = desk_addresses(consortium, levels=frozenset({"manager"})) if consortium else []
    return sorted({*desk, settings.HELPDESK_EMAIL} - {""})
