"""Adding a found person as a contact (rules C1, C2, C5, C7)."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.letters import site_url
from contacts.models import Contact, Mail, Role
from contacts.permissions import standing_of
from contacts.services import _shared as shared
from contacts.services import roles as role_service
from contacts.services.finding import read_offer
from contacts.services.lead_changes import append_events
from contacts.services.leaving import not_me_token
from contacts.services.mails import queue_mail
from members.actors import Actor
from members.models import Event, Member


@transaction.atomic
def add_contact(
    *,
    member_id: int,
    offer: str,
    roles: Collection[str],
    by: Actor,
    given_names: str = "",
    family_name: str = "",
    job_title: str = "",
    phone: str = "",
    confirm_outside: bool = False,
) -> Contact:
    """Add the person whom `finding.look_up` found, at once, and tell them by mail (C2).

    Raises `PermissionDenied` (R2), `ValidationError`: the offer is stale or not the actor's, the
    person is a contact already (C5), a role is taken (R1), Main would go to someone who has never
    signed in (R3), or the address lies outside the member's domains and that was not confirmed
    (C7, code `outside_domains`).
    """
    member = Member.objects.lock(member_id)
    found = read_offer(offer, member_id=member_id, by=by)
    return create_contact(
        member=member,
        by=by,
        orcid=found.orcid,
        email=found.email,
        roles=roles,
        confirm_outside=confirm_outside,
        details={
            "given_names": given_names,
            "family_name": family_name,
            "job_title": job_title,
            "phone": phone,
        },
    )


def create_contact(
    *,
    member: Member,
    by: Actor,
    orcid: str,
    email: str,
    roles: Collection[str],
    details: dict[str, str],
    confirm_outside: bool = False,
) -> Contact:
    """The rest of `add_contact`, for callers that hold the member's lock and a found iD."""
    wanted = shared.in_order(roles) or [str(Role.OTHER)]
    if not standing_of(by, member).can_set_roles([], wanted):
        raise PermissionDenied
    if Contact.objects.current().filter(member=member, orcid=orcid).exists():
        raise ValidationError(_("This person is a contact already."), code="already_contact")
    shared.check_roles_free(member, wanted, contact=None)
    contact = Contact(
        member=member,
        orcid=orcid,
        email=email,
        added_by=by.user,
        outside_domains=shared.check_domains(member, email, confirmed=confirm_outside),
        **details,
    )
    if not by.is_trusted:
        role_service.check_main_has_signed_in(contact, wanted)
    append_events(member, by, put_contact(contact, wanted, by))
    return contact


def put_contact(contact: Contact, roles: Collection[str], by: Actor) -> Event:
    """Store a new contact that was judged, and tell them; the event is not yet written."""
    contact.full_clean(exclude=["member", "added_by"])
    contact.save()
    shared.write_roles(contact, roles)
    tell_added(contact, roles, by)
    return added_event(contact, roles, by)


def added_event(contact: Contact, roles: Collection[str], by: Actor) -> Event:
    """The event of a new contact, for the caller to append last (H1)."""
    return shared.contact_event(
        Event.Kind.CONTACT_ADDED,
        contact,
        by,
        roles=[[], list(roles)],
        personal={"email": [None, contact.email], "orcid": [None, contact.orcid]},
    )


def tell_added(contact: Contact, roles: Collection[str], by: Actor) -> None:
    """Queue the mail that tells a new contact, with the way to say *this is not me* (C2)."""
    queue_mail(
        kind=Mail.Kind.CONTACT_ADDED,
        to=contact.email,
        member=contact.member,
        context={
            "contact": contact,
            "roles": [Role(role).label for role in roles],
            "by": by.user,
            "not_me_url": site_url(reverse("disown", args=[not_me_token(contact)])),
            "tools_url": site_url(contact.member.get_absolute_url()),
        },
    )
