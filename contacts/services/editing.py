"""A contact's details and address (rules C6, C7)."""

from allauth.account.models import EmailAddress
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.models import Contact, Mail, User
from contacts.permissions import Standing, standing_of
from contacts.services import _shared as shared
from contacts.services.mails import queue_mail, site_url
from members.actors import Actor
from members.models import Event, Member

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
    before = {name: getattr(contact, name) for name in DETAILS}
    changed = {name: new for name, new in details.items() if before[name] != new}
    for name, new in changed.items():
        setattr(contact, name, new)
    contact.full_clean(exclude=["member", "added_by"])
    address = email.strip().lower()
    waits = bool(contact.pending_email) and address == contact.pending_email.lower()
    asks = address != contact.email.lower() and not waits
    gives_up = bool(contact.pending_email) and address == contact.email.lower()
    if not changed and not asks and not gives_up:
        return contact
    events = (
        _set_address(contact, address, who, by, confirm_outside=confirm_outside) if asks else []
    )
    if gives_up:
        contact.pending_email = ""
        contact.outside_domains = check_domains(member, contact.email, confirmed=True)
    shared.bump(contact, *changed, "email", "pending_email", "outside_domains")
    if changed or gives_up:
        personal = {name: [before[name], new] for name, new in changed.items()}
        fields = [*changed, *(["pending_email"] if gives_up else [])]
        kind = Event.Kind.CONTACT_CHANGED
        events.insert(
            0, shared.contact_event(kind, contact, by, field_names=fields, personal=personal)
        )
    for event in events:
        event.changes["contact_version"] = contact.version
    Event.append(*events)
    return contact


def _set_address(
    contact: Contact, address: str, who: Standing, by: Actor, *, confirm_outside: bool
) -> list[Event]:
    contact.outside_domains = check_domains(contact.member, address, confirmed=confirm_outside)
    change = {"email": [contact.email, address]}
    proved = EmailAddress.objects.filter(
        email__iexact=address, verified=True, user__orcid=contact.orcid
    )
    if address == "" or by.is_operator or proved.exists():
        _tell_address_changed(contact, address)
        contact.email, contact.pending_email = address, ""
        kind = Event.Kind.CONTACT_CHANGED
        return [shared.contact_event(kind, contact, by, field_names=["email"], personal=change)]
    shared.check_mail_rate(by)
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
    return [shared.contact_event(Event.Kind.CONTACT_ADDRESS_ASKED, contact, by, personal=change)]


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
    contact = Contact.objects.current().filter(pk=pk, pending_email__iexact=address).first()
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
    taken = EmailAddress.objects.filter(email__iexact=address, verified=True)
    if not taken.exists():
        EmailAddress.objects.update_or_create(
            user=user, email=address.lower(), defaults={"verified": True}
        )


def check_domains(member: Member, email: str, *, confirmed: bool) -> bool:
    """Whether the address lies outside the member's domains (C7).

    Raises `ValidationError` with code `outside_domains` when it does and was not confirmed.
    """
    domains = list(member.email_domains.all())
    if not email or not domains or any(domain.covers(email) for domain in domains):
        return False
    if not confirmed:
        raise ValidationError(
            _(
                "%(email)s lies outside your e-mail domains (%(domains)s). "
                "Please confirm that it is right."
            ),
            code="outside_domains",
            params={"email": email, "domains": ", ".join(map(str, domains))},
        )
    return True
