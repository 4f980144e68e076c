"""A contact's details and address (rules C6, C7)."""

from collections.abc import Mapping

from allauth.account.models import EmailAddress
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.letters import site_url
from contacts.models import Contact, Mail, User
from contacts.permissions import Standing, standing_of
from contacts.services import _shared as shared
from contacts.services.lead_changes import append_events
from contacts.services.mails import queue_mail
from contacts.throttles import check_mail_rate
from members.actors import Actor
from members.models import Event
from members.text import one_line

_ADDRESS = "contacts.address"
ADDRESS_SECONDS = 7 * 24 * 3600
DETAILS = ("given_names", "family_name", "job_title", "phone")


@transaction.atomic
def edit_contact(
    *,
    contact_id: int,
    version: int,
    by: Actor,
    email: str,
    confirm_outside: bool = False,
    **details: str,
) -> Contact:
    """Change a contact's details; a new address waits until its owner has proved it (C6).

    `details` are any of `DETAILS`. Raises `PermissionDenied`, `StaleVersion` (H2),
    `ValidationError` (also code `outside_domains`, C7).
    """
    member, contact = shared.lock_member_of(contact_id)
    who = standing_of(by, member)
    if not who.can_edit_details(contact):
        raise PermissionDenied
    shared.check_version(contact, version)
    changed = _assign(contact, details)
    contact.full_clean(exclude=["member", "added_by"])
    was, new = contact.email, email.strip().lower()
    waits = bool(contact.pending_email)
    gives_up = waits and new == was.lower()
    asks = new != was.lower() and not (waits and new == contact.pending_email.lower())
    if not changed and not asks and not gives_up:
        return contact
    if gives_up:
        contact.pending_email = ""
        contact.outside_domains = shared.check_domains(member, was, confirmed=True)
    asked = _set_address(contact, new, who, by, confirm_outside=confirm_outside) if asks else None
    shared.bump(contact, *changed, "email", "pending_email", "outside_domains")
    events = []
    if changed or gives_up:
        fields = [*changed, "pending_email"] if gives_up else list(changed)
        events.append(_changed_event(contact, by, fields, changed))
    if asked == Event.Kind.CONTACT_CHANGED:
        events.append(_changed_event(contact, by, ["email"], {"email": [was, new]}))
    elif asked:
        events.append(shared.contact_event(asked, contact, by, personal={"email": [was, new]}))
    append_events(member, by, *events)
    return contact


def _assign(contact: Contact, details: Mapping[str, str]) -> dict[str, list[str]]:
    """Set what differs on the instance, in one line: `{name: [old, new]}`."""
    before = {name: getattr(contact, name) for name in DETAILS}
    given = {name: one_line(new) for name, new in details.items()}
    changed = {name: [before[name], new] for name, new in given.items() if before[name] != new}
    for name, (_old, new) in changed.items():
        setattr(contact, name, new)
    return changed


def _changed_event(
    contact: Contact, by: Actor, fields: list[str], personal: Mapping[str, list[str]]
) -> Event:
    kind = Event.Kind.CONTACT_CHANGED
    return shared.contact_event(kind, contact, by, field_names=fields, personal=dict(personal))


def _set_address(
    contact: Contact, address: str, who: Standing, by: Actor, *, confirm_outside: bool
) -> Event.Kind:
    """At once where it needs no proof, else after the mailed link was followed (C6).

    Sets the instance and queues the mail; the kind of event says which of the two it was.
    """
    contact.outside_domains = shared.check_domains(
        contact.member, address, confirmed=confirm_outside
    )
    # Stored in lower case, and compared as it stands: PostgreSQL would take `ı` for `i`.
    proved = EmailAddress.objects.filter(email=address, verified=True, user__orcid=contact.orcid)
    if address == "" or by.is_operator or proved.exists():
        _tell_address_changed(contact, address)
        contact.email, contact.pending_email = address, ""
        return Event.Kind.CONTACT_CHANGED
    check_mail_rate(by, address)
    contact.pending_email = address
    token = signing.dumps([contact.pk, address], salt=_ADDRESS)
    queue_mail(
        kind=Mail.Kind.ADDRESS_CHANGE_ASKED,
        to=address,
        member=contact.member,
        context={
            "contact": contact,
            "by": by.user,
            "is_self": who.is_self(contact),
            "url": site_url(reverse("prove_contact_address", args=[token])),
        },
    )
    return Event.Kind.CONTACT_ADDRESS_ASKED


def _tell_address_changed(contact: Contact, address: str) -> None:
    queue_mail(
        kind=Mail.Kind.ADDRESS_CHANGED,
        to=contact.email,
        member=contact.member,
        context={"contact": contact, "new_address": address},
    )


def contact_behind_address_link(token: str) -> tuple[Contact, str]:
    """The contact and the address of a mailed link. Raises `ValidationError` for a dead one."""
    dead = ValidationError(_("This link is no longer valid."), code="dead")
    try:
        pk, address = signing.loads(token, salt=_ADDRESS, max_age=ADDRESS_SECONDS)
    except signing.BadSignature:
        raise dead from None
    contact = Contact.objects.current().filter(pk=pk, pending_email=address).first()
    if contact is None:
        raise dead
    return contact, address


@transaction.atomic
def prove_address(*, token: str, by: Actor) -> Contact:
    """The owner, signed in with the contact's iD, followed the mailed link: it takes effect (C6).

    Raises `ValidationError` for a dead link, `PermissionDenied` for anybody else.
    """
    contact, address = contact_behind_address_link(token)
    _member, contact = shared.lock_member_of(contact.pk)
    if by.user is None or by.user.orcid != contact.orcid:
        raise PermissionDenied
    if contact.pending_email.lower() != address.lower():
        raise ValidationError(_("This link is no longer valid."), code="dead")
    old = contact.email
    _tell_address_changed(contact, address)
    contact.email, contact.pending_email = address, ""
    shared.bump(contact, "email", "pending_email")
    remember_proved_address(by.user, address)
    kind = Event.Kind.CONTACT_ADDRESS_PROVED
    Event.append(shared.contact_event(kind, contact, by, personal={"email": [old, address]}))
    return contact


def remember_proved_address(user: User, address: str) -> None:
    """Keep a proved address with the account, unless another account has proved it too."""
    address = address.lower()
    if not EmailAddress.objects.filter(email=address, verified=True).exists():
        EmailAddress.objects.update_or_create(user=user, email=address, defaults={"verified": True})
