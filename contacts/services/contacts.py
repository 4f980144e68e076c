"""Contacts: added, edited, removed, leaving (rules C1–C7, C9, R2, R3, R5)."""

from collections.abc import Collection
from typing import Any

from allauth.account.models import EmailAddress
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Contact, Invitation, Mail, Role, User
from contacts.permissions import Standing, standing_of
from contacts.services import _shared as shared
from contacts.services import roles as role_service
from contacts.services.charge import tell_if_nobody_in_charge
from contacts.services.finding import read_offer
from contacts.services.mails import queue_mail, site_url, withdraw_mails_of
from members.actors import Actor
from members.models import Event, Member

_NOT_ME = "contacts.not-me"
_ADDRESS = "contacts.address"
ADDRESS_SECONDS = 7 * 24 * 3600
DETAILS = ("given_names", "family_name", "job_title", "phone")


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
        outside_domains=check_domains(member, email, confirmed=confirm_outside),
        **details,
    )
    if not by.is_trusted:
        role_service.check_main_has_signed_in(contact, wanted)
    contact.full_clean(exclude=["member", "added_by"])
    contact.save()
    shared.write_roles(contact, wanted)
    tell_added(contact, wanted, by)
    Event.append(added_event(contact, wanted, by))
    return contact


def added_event(contact: Contact, roles: Collection[str], by: Actor) -> Event:
    return shared.contact_event(
        Event.Kind.CONTACT_ADDED,
        contact,
        by,
        roles=[[], list(roles)],
        personal={"email": [None, contact.email], "orcid": [None, contact.orcid]},
    )


def tell_added(contact: Contact, roles: Collection[str], by: Actor) -> None:
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


@transaction.atomic
def remove_contact(*, contact_id: int, by: Actor) -> Contact:
    """Take somebody else off the list; access ends with their next request (R5).

    Raises `PermissionDenied` (R2, also for oneself: that is `leave`), `ValidationError` when it is
    the last contact who has signed in (R3; only the operator may).
    """
    member, contact = shared.lock_member_of(contact_id)
    who = standing_of(by, member)
    if who.is_self(contact) or not who.can_remove(contact):
        raise PermissionDenied
    if not by.is_trusted and not _someone_else_has_access(contact):
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
    _member, contact = shared.lock_member_of(contact_id)
    if by.user is None or by.user.orcid != contact.orcid:
        raise PermissionDenied
    handed_over: list[Event] = []
    if successor_id is not None and Role.MAIN in contact.roles:
        handed_over = role_service.pass_role(Role.MAIN, to_id=successor_id, member=_member, by=by)
        contact = shared.current_contact(_member, contact_id)
    _take_off(contact, by, Event.Kind.CONTACT_LEFT, before=handed_over)
    return contact


def not_me_token(contact: Contact) -> str:
    return signing.dumps(contact.pk, salt=_NOT_ME)


def contact_behind_not_me_link(token: str) -> Contact:
    """Raises `ValidationError` when the link is not ours or the contact is no longer one."""
    try:
        pk = signing.loads(token, salt=_NOT_ME)
    except signing.BadSignature:
        raise ValidationError(_("This link is not complete."), code="dead") from None
    contact = Contact.objects.current().filter(pk=pk).select_related("member").first()
    if contact is None:
        raise ValidationError(_("This has been done already."), code="gone")
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


def _someone_else_has_access(contact: Contact) -> bool:
    others = Contact.objects.current().filter(member=contact.member_id).exclude(pk=contact.pk)
    # Removing a contact who never signed in takes nobody's access away.
    return not shared.has_signed_in(contact) or others.signed_in().exists()


def _take_off(
    contact: Contact,
    by: Actor,
    kind: Event.Kind,
    *,
    mail: Mail.Kind | None = None,
    before: Collection[Event] = (),
) -> None:
    """Remove the row, its roles and seats, and what the person had under way (R5)."""
    roles = [str(role) for role in contact.roles]
    withdrawn = _withdraw_invitations_of(contact)
    contact.role_assignments.all().delete()
    contact.desk_seats.all().delete()
    shared.forget_prefetched_roles(contact)
    contact.removed_at, contact.pending_email = timezone.now(), ""
    shared.bump(contact, "removed_at", "pending_email")
    if mail:
        context: dict[str, Any] = {"contact": contact, "by": by.user}
        queue_mail(kind=mail, to=contact.email, member=contact.member, context=context)
    nobody = tell_if_nobody_in_charge(contact.member, by)
    gone = shared.contact_event(
        kind,
        contact,
        by,
        roles=[roles, []],
        withdrawn_invitations=withdrawn,
        personal={"email": [contact.email, None], "orcid": [contact.orcid, None]},
    )
    Event.append(*before, gone, *nobody)


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
