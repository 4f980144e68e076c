"""Invitations: sent, sent again, withdrawn (rules C3, R1, R2); `answering` has what follows."""

import datetime
import hashlib
import secrets
from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.letters import consortium_of, site_url
from contacts.models import Contact, Invitation, Mail, Role
from contacts.permissions import can_name_first_contact, standing_of
from contacts.services import _shared as shared
from contacts.services.lead_changes import append_events
from contacts.services.mails import queue_mail, withdraw_mails_of
from contacts.throttles import check_mail_rate
from members.actors import Actor
from members.models import Event, Member


def token_hash(token: str) -> str:
    """What is stored of a mailed token (C3)."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def invite_contact(
    *,
    member_id: int,
    email: str,
    roles: Collection[str],
    by: Actor,
    confirm_outside: bool = False,
) -> Invitation:
    """Offer to become a contact with these roles, by a single-use link to the address (C3).

    A member without contacts is invited a Main (R1). Raises `PermissionDenied` (R2),
    `ValidationError`: a role is taken, the address is a contact's or has an open invitation, too
    many mails within the hour, or code `outside_domains` (C7).
    """
    member = Member.objects.lock(member_id)
    email = email.strip().lower()
    wanted = shared.in_order(roles) or [str(Role.OTHER)]
    if not Contact.objects.current().filter(member=member).exists():
        wanted = shared.in_order([*wanted, Role.MAIN])
    if not standing_of(by, member).can_set_roles([], wanted):
        raise PermissionDenied
    check_address_free(member, email)
    shared.check_roles_free(member, wanted, contact=None)
    check_mail_rate(by, email)
    invitation = Invitation(
        member=member,
        email=email,
        roles=wanted,
        outside_domains=shared.check_domains(member, email, confirmed=confirm_outside),
    )
    append_events(member, by, put_invitation(invitation, by))
    return invitation


def put_invitation(invitation: Invitation, by: Actor) -> Event:
    """Store and mail a new invitation that was judged; the event is not yet written."""
    invitation.sent_by, invitation.sent_as = by.user, by.capacity
    _send(invitation)
    return invitation_event(Event.Kind.INVITATION_SENT, invitation, by)


def put_invitation_again(invitation: Invitation, by: Actor) -> Event:
    """A new link for an open invitation, or the first for one that waited for the lead.

    The mails that have not left stay here; the event is not yet written.
    """
    kind = Event.Kind.INVITATION_RESENT if invitation.sent_at else Event.Kind.INVITATION_SENT
    withdraw_mails_of(invitation)
    invitation.sent_by, invitation.sent_as = by.user, by.capacity
    _send(invitation)
    return invitation_event(kind, invitation, by)


def put_withdrawal(invitation: Invitation, by: Actor) -> Event:
    """Close an open invitation; the event is not yet written."""
    withdraw_mails_of(invitation)
    close_invitation(invitation, Invitation.Status.WITHDRAWN)
    return invitation_event(Event.Kind.INVITATION_WITHDRAWN, invitation, by)


def invite_as_main(member: Member, email: str, by: Actor) -> tuple[Invitation, Event]:
    """Invite a new Main for a locked member whose Main cannot act (A5); the role passes when the
    invitation is accepted. An open invitation to exactly this address is sent again as this one.

    Returns the invitation and the event to append.
    """
    invitation = Invitation.objects.open().filter(member=member, email=email).first()
    invitation = invitation or Invitation(member=member, email=email)
    invitation.roles = [str(Role.MAIN)]
    return invitation, put_invitation(invitation, by)


def check_address_free(member: Member, email: str) -> None:
    """Raise `ValidationError` when the address is a contact's, or an invitation to it is open.

    Addresses are kept in lower case and compared as they stand: PostgreSQL would take `ı` for `i`.
    """
    if Contact.objects.current().filter(member=member, email=email).exists():
        raise ValidationError(
            _("This is the address of a contact already."), code="already_contact"
        )
    if Invitation.objects.open().filter(member=member, email=email).exists():
        raise ValidationError(
            _("An invitation to this address is open already. You can send it again."),
            code="already_invited",
        )


def _send(invitation: Invitation) -> None:
    """Give the invitation a fresh token and period and queue its mail; older links die."""
    token = secrets.token_urlsafe(32)  # 256 bits; C3 asks for 128
    now = timezone.now()
    invitation.token_hash = token_hash(token)
    invitation.sent_at = now
    invitation.expires_at = now + datetime.timedelta(days=settings.INVITATION_DAYS)
    invitation.save()
    queue_mail(
        kind=Mail.Kind.INVITATION,
        to=invitation.email,
        member=invitation.member,
        invitation=invitation,
        context={
            "invitation": invitation,
            "by": invitation.sent_by,
            "url": site_url(reverse("invitation", args=[token])),
        },
    )


def invitation_event(
    kind: Event.Kind, invitation: Invitation, by: Actor, **changes: object
) -> Event:
    """What happened to an invitation, not yet written."""
    return Event(
        member_id=invitation.member_id,
        kind=kind,
        changes={"invitation": invitation.pk, "roles": [[], invitation.roles], **changes},
        personal={"email": invitation.email},
        actor=by.user,
        capacity=by.capacity,
    )


def _lock_open(invitation_id: int, by: Actor) -> Invitation:
    """An open invitation under its member's lock, if the actor may deal with its roles."""
    member_id = Invitation.objects.values_list("member", flat=True).get(pk=invitation_id)
    member = Member.objects.lock(member_id)
    invitation = Invitation.objects.select_related("member", "sent_by").get(pk=invitation_id)
    may_set = standing_of(by, member).can_set_roles([], invitation.roles)
    if not (may_set or _is_first_contacts(member, by)):
        raise PermissionDenied
    if invitation.closed_at:
        raise ValidationError(
            _("This invitation has been answered or withdrawn meanwhile."), code="closed"
        )
    return invitation


def _is_first_contacts(member: Member, by: Actor) -> bool:
    """Whom the lead has invited to be in charge, the lead reminds (R2's exception)."""
    consortium = consortium_of(member)
    return consortium is not None and can_name_first_contact(by, member, consortium)


@transaction.atomic
def resend_invitation(*, invitation_id: int, by: Actor) -> Invitation:
    """Send a new link for a new period; the old link no longer works.

    Raises `PermissionDenied`, `ValidationError` (closed meanwhile, too many mails).
    """
    invitation = _lock_open(invitation_id, by)
    check_mail_rate(by, invitation.email)
    append_events(invitation.member, by, put_invitation_again(invitation, by))
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation_id: int, by: Actor) -> Invitation:
    """Close an open invitation; its link stops working. Raises as `resend_invitation`."""
    invitation = _lock_open(invitation_id, by)
    append_events(invitation.member, by, put_withdrawal(invitation, by))
    return invitation


def close_invitation(invitation: Invitation, outcome: Invitation.Status) -> None:
    """Store how it ended, and with it whose it became."""
    invitation.closed_at, invitation.outcome = timezone.now(), outcome
    invitation.save(update_fields=["closed_at", "outcome", "contact", "hint_matched"])
