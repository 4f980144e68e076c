"""Removed, leaving, and *this is not me* (rules C2, C9, R2, R3, R5)."""

from collections.abc import Collection
from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Contact, Invitation, Mail, Role
from contacts.permissions import standing_of
from contacts.services import _shared as shared
from contacts.services import roles as role_service
from contacts.services.announcements import pause_announcements_of
from contacts.services.charge import (
    is_last_with_access,
    missing_in_charge,
    tell_if_nobody_in_charge,
)
from contacts.services.lead_changes import append_events
from contacts.services.mails import queue_mail, withdraw_mails_of
from contacts.services.tokens import revoke_tokens_of
from members.actors import Actor
from members.models import Event

_NOT_ME = "contacts.not-me"


@transaction.atomic
def remove_contact(*, contact_id: int, by: Actor, version: int | None = None) -> Contact:
    """Take somebody else off the list; access ends with their next request (R5).

    Raises `PermissionDenied` (R2, also for oneself: that is `leave`), `StaleVersion` where a version
    is given and another one is stored (H2), `ValidationError` when it is the last contact who has
    signed in (R3; only the operator may).
    """
    member, contact = shared.lock_member_of(contact_id)
    who = standing_of(by, member)
    if who.is_self(contact) or not who.can_remove(contact):
        raise PermissionDenied
    if version is not None:
        shared.check_version(contact, version)
    if not by.is_trusted and is_last_with_access(contact):
        raise ValidationError(
            _("%(name)s is the only contact who has signed in, and cannot be removed by others."),
            code="last",
            params={"name": contact.display_name},
        )
    _take_off(contact, by, Event.Kind.CONTACT_REMOVED, mail=Mail.Kind.CONTACT_REMOVED)
    return contact


@transaction.atomic
def leave(*, contact_id: int, by: Actor, successor_id: int | None = None) -> Contact:
    """Stop being a contact, any time (C9); Main passes to the successor in the same step.

    Raises `PermissionDenied` for anybody but oneself, `ValidationError` when the successor has
    never signed in or is gone (R3).
    """
    member, contact = shared.lock_member_of(contact_id)
    if by.user is None or by.user.orcid != contact.orcid:
        raise PermissionDenied
    handed_over: list[Event] = []
    if successor_id is not None and Role.MAIN in contact.roles:
        handed_over = role_service.pass_role(Role.MAIN, to_id=successor_id, member=member, by=by)
        contact = shared.current_contact(member, contact_id)
    _take_off(contact, by, Event.Kind.CONTACT_LEFT, before=handed_over)
    return contact


def not_me_token(contact: Contact) -> str:
    """The signed key of a *this is not me* link (C2).

    It works until the contact is removed, or has another address than the one it is mailed to.
    """
    return signing.dumps([contact.pk, contact.email], salt=_NOT_ME)


def contact_behind_not_me_link(token: str) -> Contact:
    """The contact a *this is not me* link is about.

    Raises `ValidationError` when the link is not ours or the contact is no longer one.
    """
    try:
        pk, email = signing.loads(token, salt=_NOT_ME)
    except signing.BadSignature:
        raise ValidationError(_("This link is not complete."), code="dead") from None
    contact = Contact.objects.current().filter(pk=pk).select_related("member").first()
    if contact is None:
        raise ValidationError(_("This has been done already."), code="gone")
    if contact.email != email:
        raise ValidationError(_("This link was for an address used before."), code="moved")
    return contact


@transaction.atomic
def disown(*, token: str) -> Contact:
    """*This is not me*: remove the contact, by the mailed link alone, without signing in (C2).

    Whoever added them is told. Raises `ValidationError` for a dead link.
    """
    _member, contact = shared.lock_member_of(contact_behind_not_me_link(token).pk)
    adder = contact.added_by
    if adder and adder.orcid:
        own = Contact.objects.of(adder).filter(member=contact.member).first()
        queue_mail(
            kind=Mail.Kind.CONTACT_DISOWNED,
            to=own.email if own else "",
            member=contact.member,
            context={"contact": contact, "to_contact": own},
        )
    _take_off(contact, Actor.system(), Event.Kind.CONTACT_DISOWNED)
    return contact


def _take_off(
    contact: Contact,
    by: Actor,
    kind: Event.Kind,
    *,
    mail: Mail.Kind | None = None,
    before: Collection[Event] = (),
) -> None:
    """Remove the row, its roles and seats, and what the person had under way (R5)."""
    missing = missing_in_charge(contact.member)
    roles = [str(role) for role in contact.roles]
    withdrawn = _withdraw_invitations_of(contact)
    revoked = revoke_tokens_of(contact)
    paused = pause_announcements_of(contact, by)
    contact.role_assignments.all().delete()
    contact.desk_seats.all().delete()
    shared.forget_prefetched_roles(contact)
    contact.removed_at, contact.pending_email = timezone.now(), ""
    shared.bump(contact, "removed_at", "pending_email")
    if mail:
        context: dict[str, Any] = {"contact": contact, "by": by.user}
        queue_mail(kind=mail, to=contact.email, member=contact.member, context=context)
    nobody = tell_if_nobody_in_charge(contact.member, by, before=missing)
    gone = shared.contact_event(
        kind,
        contact,
        by,
        roles=[roles, []],
        withdrawn_invitations=withdrawn,
        revoked_tokens=revoked,
        personal={"email": [contact.email, None], "orcid": [contact.orcid, None]},
    )
    append_events(contact.member, by, *before, gone, *paused, *nobody)


def _withdraw_invitations_of(contact: Contact) -> list[int]:
    sent = Invitation.objects.open().filter(member=contact.member_id, sent_by__orcid=contact.orcid)
    pks = []
    for invitation in sent:
        withdraw_mails_of(invitation)
        pks.append(invitation.pk)
    Invitation.objects.filter(pk__in=pks).update(
        closed_at=timezone.now(), outcome=Invitation.Status.WITHDRAWN
    )
    return pks
