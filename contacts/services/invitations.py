"""Invitations: sent, sent again, withdrawn, answered (rules C3, R1, R2)."""

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

from contacts.holders import protected_holders
from contacts.models import PROTECTED_ROLES, Contact, Invitation, Mail, Role, User
from contacts.permissions import can_name_first_contact, standing_of
from contacts.services import _recovery, adding, editing
from contacts.services import _shared as shared
from contacts.services.lead_changes import append_events
from contacts.services.mails import consortium_of, queue_mail, site_url, withdraw_mails_of
from members.actors import Actor
from members.models import Event, Member


def _hash(token: str) -> str:
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
    shared.check_mail_rate(by)
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
    return _event(Event.Kind.INVITATION_SENT, invitation, by)


def put_invitation_again(invitation: Invitation, by: Actor) -> Event:
    """A new link for an open invitation, or the first for one that waited for the lead.

    The mails that have not left stay here; the event is not yet written.
    """
    kind = Event.Kind.INVITATION_RESENT if invitation.sent_at else Event.Kind.INVITATION_SENT
    withdraw_mails_of(invitation)
    invitation.sent_by, invitation.sent_as = by.user, by.capacity
    _send(invitation)
    return _event(kind, invitation, by)


def put_withdrawal(invitation: Invitation, by: Actor) -> Event:
    """Close an open invitation; the event is not yet written."""
    withdraw_mails_of(invitation)
    _close(invitation, Invitation.Status.WITHDRAWN)
    return _event(Event.Kind.INVITATION_WITHDRAWN, invitation, by)


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
    """Raise `ValidationError` when the address is a contact's, or an invitation to it is open."""
    if Contact.objects.current().filter(member=member, email__iexact=email).exists():
        raise ValidationError(
            _("This is the address of a contact already."), code="already_contact"
        )
    if Invitation.objects.open().filter(member=member, email__iexact=email).exists():
        raise ValidationError(
            _("An invitation to this address is open already. You can send it again."),
            code="already_invited",
        )


def _send(invitation: Invitation) -> None:
    """Give the invitation a fresh token and period and queue its mail; older links die."""
    token = secrets.token_urlsafe(32)  # 256 bits; C3 asks for 128
    now = timezone.now()
    invitation.token_hash = _hash(token)
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


def _event(kind: Event.Kind, invitation: Invitation, by: Actor, **changes: object) -> Event:
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
    shared.check_mail_rate(by)
    append_events(invitation.member, by, put_invitation_again(invitation, by))
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation_id: int, by: Actor) -> Invitation:
    """Close an open invitation; its link stops working. Raises as `resend_invitation`."""
    invitation = _lock_open(invitation_id, by)
    append_events(invitation.member, by, put_withdrawal(invitation, by))
    return invitation


def _close(invitation: Invitation, outcome: Invitation.Status) -> None:
    invitation.closed_at, invitation.outcome = timezone.now(), outcome
    invitation.save(update_fields=["closed_at", "outcome", "contact", "hint_matched"])


def find_invitation(token: str) -> Invitation:
    """The live invitation behind a mailed link.

    Raises `ValidationError` with code `unknown`, `expired` or `closed`; all say what to do.
    """
    invitation = (
        Invitation.objects.filter(token_hash=_hash(token))
        .select_related("member", "sent_by")
        .first()
    )
    if invitation is None:
        raise ValidationError(
            _("This link does not work. There may be a newer one in your mailbox."),
            code="unknown",
        )
    if invitation.closed_at:
        raise ValidationError(_("This invitation has been answered or withdrawn."), code="closed")
    if invitation.status == Invitation.Status.EXPIRED:
        raise ValidationError(_("This invitation has expired. Ask for a new one."), code="expired")
    return invitation


@transaction.atomic
def accept_invitation(
    *,
    token: str,
    by: Actor,
    given_names: str,
    family_name: str,
    job_title: str = "",
    phone: str = "",
) -> Contact:
    """The one who opened the mailed link and signed in with ORCID becomes a contact (C3).

    The roles are checked again now: a protected role taken meanwhile, or offered by someone who
    may no longer give it, is left out and both are told (R1, R2). A person who is a contact
    already gains the roles. Raises `ValidationError` (dead link), `PermissionDenied` without an iD.
    """
    if by.user is None or not by.user.orcid:
        raise PermissionDenied
    member = Member.objects.lock(find_invitation(token).member_id)
    invitation = find_invitation(token)
    if not member.memberships.current().exists():
        raise ValidationError(_("This organisation’s membership has ended."), code="ended")
    granted = _roles_still_free(invitation, member, by.user.orcid)
    details = {
        "given_names": given_names,
        "family_name": family_name,
        "job_title": job_title,
        "phone": phone,
    }
    contact, events = _contact_with(invitation, by.user, by, granted, details)
    editing.remember_proved_address(by.user, invitation.email)
    recovering = _recovery.finish_by_invitation(
        invitation=invitation, contact=contact, member=member, by=by
    )
    left_out = [] if recovering else [role for role in invitation.roles if role not in granted]
    if left_out:
        _tell_left_out(invitation, contact, left_out)
    invitation.contact = contact
    hint = _compare_hint(invitation, by.user)
    _close(invitation, Invitation.Status.ACCEPTED)
    accepted = _event(
        Event.Kind.INVITATION_ACCEPTED,
        invitation,
        by,
        contact=contact.pk,
        left_out=left_out,
        **hint,
    )
    Event.append(accepted, *events, *recovering)
    return contact


def _compare_hint(invitation: Invitation, user: User) -> dict[str, str]:
    """C4: the iD that was proved counts; that a file gave another one is remembered and shown."""
    if not invitation.orcid_hint:
        return {}
    invitation.hint_matched = invitation.orcid_hint == user.orcid
    return {"orcid_in_file": "same" if invitation.hint_matched else "other"}


def _roles_still_free(invitation: Invitation, member: Member, orcid: str) -> list[str]:
    # A role one has already is not taken by somebody else.
    taken = {role for role, holder in protected_holders(member).items() if holder.orcid != orcid}
    if not _sender_may_still_protect(invitation, member):
        taken |= {str(role) for role in PROTECTED_ROLES}
    return [role for role in invitation.roles if role not in taken] or [str(Role.OTHER)]


def _sender_may_still_protect(invitation: Invitation, member: Member) -> bool:
    if invitation.sent_as not in {Event.Capacity.CONTACT, Event.Capacity.TOKEN}:
        return True
    if invitation.sent_by is None:
        return False
    return standing_of(Actor.contact(invitation.sent_by), member).can_manage_protected_roles


def _contact_with(
    invitation: Invitation, user: User, by: Actor, roles: list[str], details: dict[str, str]
) -> tuple[Contact, list[Event]]:
    """The person's contact with these roles: a new one, or theirs with the roles added."""
    existing = Contact.objects.of(user).filter(member=invitation.member_id).first()
    if existing:
        before = [str(role) for role in existing.roles]
        shared.write_roles(existing, {*before, *roles})
        shared.bump(existing)
        after = [str(role) for role in existing.roles]
        kind = Event.Kind.ROLES_CHANGED
        return existing, [shared.contact_event(kind, existing, by, roles=[before, after])]
    contact = Contact(
        member=invitation.member,
        orcid=user.orcid or "",
        email=invitation.email,
        outside_domains=invitation.outside_domains,
        added_by=invitation.sent_by,
        **details,
    )
    contact.full_clean(exclude=["member", "added_by"])
    contact.save()
    shared.write_roles(contact, roles)
    return contact, [adding.added_event(contact, roles, by)]


def _tell_left_out(invitation: Invitation, contact: Contact, roles: list[str]) -> None:
    for reader in (contact, _sender_as_contact(invitation)):
        if reader is None:
            continue
        queue_mail(
            kind=Mail.Kind.ROLES_LEFT_OUT,
            to=reader.email,
            member=invitation.member,
            context={
                "contact": contact,
                "to_contact": reader,
                "roles": [Role(role).label for role in roles],
                "tools_url": site_url(invitation.member.get_absolute_url()),
            },
        )


def _sender_as_contact(invitation: Invitation) -> Contact | None:
    """Of the member itself, or of its lead for what the lead sent (R1: both are told)."""
    if invitation.sent_by is None:
        return None
    known = Contact.objects.of(invitation.sent_by)
    own = known.filter(member=invitation.member_id).first()
    consortium = consortium_of(invitation.member)
    if own or consortium is None or invitation.sent_as != Event.Capacity.LEAD:
        return own
    return known.filter(member=consortium.lead_id).first()


@transaction.atomic
def decline_invitation(*, token: str, by: Actor) -> Invitation:
    """Say no, by the mailed link alone. Raises `ValidationError` for a dead link."""
    Member.objects.lock(find_invitation(token).member_id)
    invitation = find_invitation(token)
    _close(invitation, Invitation.Status.DECLINED)
    Event.append(_event(Event.Kind.INVITATION_DECLINED, invitation, by))
    return invitation
