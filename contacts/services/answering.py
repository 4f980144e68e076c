"""How an invitation is answered: the link opened, accepted, declined (rules C3, R1, R2)."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.holders import protected_holders
from contacts.letters import consortium_of, site_url
from contacts.models import PROTECTED_ROLES, Contact, Invitation, Mail, Role, User
from contacts.permissions import standing_of
from contacts.services import _recovery, adding, editing
from contacts.services import _shared as shared
from contacts.services.invitations import close_invitation, invitation_event, token_hash
from contacts.services.mails import queue_mail
from members.actors import Actor
from members.models import Event, Member


def find_invitation(token: str) -> Invitation:
    """The live invitation behind a mailed link.

    Raises `ValidationError` with code `unknown`, `expired` or `closed`; all say what to do.
    """
    invitation = (
        Invitation.objects.filter(token_hash=token_hash(token))
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
    close_invitation(invitation, Invitation.Status.ACCEPTED)
    accepted = invitation_event(
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
    close_invitation(invitation, Invitation.Status.DECLINED)
    Event.append(invitation_event(Event.Kind.INVITATION_DECLINED, invitation, by))
    return invitation
