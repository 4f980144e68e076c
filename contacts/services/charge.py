"""Who is left: the last one with access (R3), and *nobody in charge*, told to the lead (C9)."""

from contacts.letters import consortium_of, site_url
from contacts.models import Contact, Mail, Role
from contacts.services.mails import queue_mail
from members.actors import Actor
from members.models import Consortium, Event, Member


def missing_in_charge(member: Member) -> set[str]:
    """What a member lacks to be in charge of itself: a Main, and somebody who has signed in."""
    current = Contact.objects.current().filter(member=member)
    present = {
        "main": current.with_role(Role.MAIN).exists(),
        "access": current.signed_in().exists(),
    }
    return {name for name, there in present.items() if not there}


def is_last_with_access(contact: Contact) -> bool:
    """R3's question: whether nobody at the member has signed in but this contact.

    False for one who never signed in: taking them off the list takes nobody's access away.
    """
    there = Contact.objects.current().filter(member=contact.member_id).signed_in()
    return list(there.values_list("pk", flat=True)) == [contact.pk]


def desk_addresses(consortium: Consortium, *, levels: frozenset[str] = frozenset()) -> list[str]:
    """The addresses of the lead desk: the lead's Main, and seats of the given levels (all if none).

    Falls back to the helpdesk when the desk is empty.
    """
    seats = Contact.objects.current().filter(desk_seats__consortium=consortium)
    if levels:
        seats = seats.filter(desk_seats__level__in=levels)
    mains = Contact.objects.current().filter(member=consortium.lead_id).with_role(Role.MAIN)
    found = {contact.email for contact in [*mains, *seats] if contact.email}
    return sorted(found) or [consortium.helpdesk_email]


def tell_if_nobody_in_charge(member: Member, by: Actor, *, before: set[str]) -> list[Event]:
    """Mail the desk's managers when a change has made it so; `before` was missing already.

    Returns the event for the caller to append last.
    """
    if not missing_in_charge(member) - before:
        return []
    consortium = consortium_of(member)
    for address in desk_addresses(consortium, levels=frozenset({"manager"})) if consortium else []:
        queue_mail(
            kind=Mail.Kind.NOBODY_IN_CHARGE,
            to=address,
            member=member,
            context={"url": site_url(member.get_absolute_url())},
        )
    return [
        Event(
            member=member,
            kind=Event.Kind.NOBODY_IN_CHARGE,
            actor=by.user,
            capacity=by.capacity,
        )
    ]
