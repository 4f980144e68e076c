"""The end of a recovery: where one is decided, an invitation is accepted, somebody is erased."""

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from contacts.letters import site_url
from contacts.models import Contact, Invitation, Mail, Recovery, Role
from contacts.services import _shared as shared
from contacts.services.invitations import put_withdrawal
from contacts.services.mails import queue_mail
from contacts.services.roles import pass_role
from members.actors import Actor
from members.models import Event, Member

SALT = "contacts.recovery"


def token_of(recovery: Recovery) -> str:
    """For the mailed link by which anybody who was told may object."""
    return signing.dumps(recovery.pk, salt=SALT)


def finish_by_invitation(
    *, invitation: Invitation, contact: Contact, member: Member, by: Actor
) -> list[Event]:
    """The invited new Main has accepted: the role passes now. Events for the caller to append.

    There are none when the invitation belongs to no recovery, or that was stopped.
    """
    recovery = (
        Recovery.objects.filter(invitation=invitation, state=Recovery.State.INVITED)
        .select_related("member", "contact")
        .first()
    )
    if recovery is None:
        return []
    passed = []
    if Role.MAIN not in shared.current_contact(member, contact.pk).roles:
        passed = pass_role(Role.MAIN, to_id=contact.pk, member=member, by=by)
    return [*passed, *done(recovery, by)]


def done(recovery: Recovery, by: Actor) -> list[Event]:
    """The new Main has the role. Events for the caller to append."""
    _close(recovery, Recovery.State.DONE)
    tell_everybody(recovery, Mail.Kind.RECOVERY_DONE)
    return [recovery_event(Event.Kind.RECOVERY_DONE, recovery, by)]


def stop(recovery: Recovery, *, by: Actor, objection: str = "") -> list[Event]:
    """It was objected to, or called off; an invitation that is open is withdrawn with it.

    Events for the caller to append.
    """
    recovery.objection = objection
    _close(recovery, Recovery.State.OBJECTED if objection else Recovery.State.CANCELLED)
    kind = Event.Kind.RECOVERY_OBJECTED if objection else Event.Kind.RECOVERY_CANCELLED
    events = [recovery_event(kind, recovery, by)]
    if recovery.invitation and not recovery.invitation.closed_at:
        events.append(put_withdrawal(recovery.invitation, by))
    return events


def _close(recovery: Recovery, state: Recovery.State) -> None:
    recovery.state, recovery.closed_at = state, timezone.now()
    recovery.save()


def tell_everybody(recovery: Recovery, kind: Mail.Kind) -> None:
    """The member's contacts and its public address, each address once."""
    member = recovery.member
    contacts = Contact.objects.current().filter(member=member)
    addresses = {contact.email.lower() for contact in contacts} | {member.public_email.lower()}
    for address in sorted(addresses - {""}):
        mail(recovery, kind, address)


def mail(recovery: Recovery, kind: Mail.Kind, address: str) -> None:
    """Tell one address what became of it, with the link to object."""
    queue_mail(
        kind=kind,
        to=address,
        member=recovery.member,
        context={
            "recovery": recovery,
            "new_main": recovery.contact or recovery.email,
            "url": site_url(reverse("recovery", args=[token_of(recovery)])),
            "tools_url": site_url(recovery.member.get_absolute_url()),
        },
    )


def recovery_event(kind: Event.Kind, recovery: Recovery, by: Actor) -> Event:
    """What happened to a recovery, not yet written."""
    who = recovery.contact.display_name if recovery.contact else None
    return Event(
        member=recovery.member,
        kind=kind,
        changes={
            "recovery": recovery.pk,
            "contact": recovery.contact_id,
            "takes_effect_at": recovery.takes_effect_at.isoformat(),
            "at_once": bool(recovery.identity_checked),
        },
        personal={"name": who, "email": recovery.email or None},
        actor=by.user,
        capacity=by.capacity,
    )
