"""Roles: set, and handed over (rules R1–R3)."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.holders import protected_holders
from contacts.letters import site_url
from contacts.models import PROTECTED_ROLES, Contact, Mail, Role, RoleAssignment
from contacts.permissions import standing_of
from contacts.services import _shared as shared
from contacts.services.charge import missing_in_charge, tell_if_nobody_in_charge
from contacts.services.lead_changes import append_events
from contacts.services.mails import queue_mail
from members.actors import Actor
from members.models import Event, Member


def check_main_has_signed_in(contact: Contact, roles: Collection[str]) -> None:
    """R3: Main passes only to a contact who has signed in. Raises `ValidationError`."""
    if Role.MAIN in roles and not shared.has_signed_in(contact):
        raise ValidationError(
            _("%(name)s has not signed in yet, and can be Main relationship contact only then."),
            code="not_signed_in",
            params={"name": contact.display_name},
        )


@transaction.atomic
def set_roles(*, contact_id: int, version: int, roles: Collection[str], by: Actor) -> Contact:
    """Make the contact's roles exactly these; at least one.

    Raises `PermissionDenied` (R2, judged on the roles before and after), `StaleVersion` (H2),
    `ValidationError`: none chosen, one is taken (R1), Main for someone who never signed in (R3).
    """
    member, contact = shared.lock_member_of(contact_id)
    before, after = [str(role) for role in contact.roles], shared.in_order(roles)
    if not standing_of(by, member).can_set_roles(before, after):
        raise PermissionDenied
    shared.check_version(contact, version)
    if not after:
        raise ValidationError(_("Choose at least one role."), code="required")
    if before == after:
        return contact
    shared.check_roles_free(member, set(after) - set(before), contact=contact)
    if not by.is_trusted and Role.MAIN not in before:
        check_main_has_signed_in(contact, after)
    missing = missing_in_charge(member)
    shared.write_roles(contact, after)
    shared.bump(contact)
    nobody = tell_if_nobody_in_charge(member, by, before=missing)
    changed = shared.contact_event(Event.Kind.ROLES_CHANGED, contact, by, roles=[before, after])
    append_events(member, by, changed, *nobody)
    return contact


@transaction.atomic
def hand_over(*, member_id: int, role: Role, to_id: int, by: Actor) -> Contact:
    """Pass a protected role to another contact in one step; both are told by mail.

    Raises `PermissionDenied` (R2), `ValidationError`: not a protected role, the contact is gone or
    holds it already, Main for someone who has never signed in (R3).
    """
    member = Member.objects.lock(member_id)
    if role not in PROTECTED_ROLES:
        raise ValidationError(_("Only protected roles are handed over."), code="role")
    if not standing_of(by, member).can_manage_protected_roles:
        raise PermissionDenied
    events = pass_role(role, to_id=to_id, member=member, by=by)
    Event.append(*events)
    return shared.current_contact(member, to_id)


def pass_role(role: Role, *, to_id: int, member: Member, by: Actor) -> list[Event]:
    """The hand-over itself, under the member's lock; returns the events to append last.

    One UPDATE moves the assignment, so that the role is never held twice nor, in between, by
    nobody. Who is left without a role becomes `Other contact`.
    """
    new = shared.current_contact(member, to_id)
    old = protected_holders(member).get(role)
    if old and old.pk == new.pk:
        raise ValidationError(
            _("%(name)s has this role already."), code="same", params={"name": new.display_name}
        )
    if not by.is_trusted:
        check_main_has_signed_in(new, [role])
    before = {contact.pk: _role_names(contact) for contact in (new, old) if contact}
    if old:
        RoleAssignment.objects.filter(member=member, role=role).update(contact=new)
        if not old.role_assignments.exists():
            RoleAssignment.objects.create(member=member, contact=old, role=Role.OTHER)
    else:
        RoleAssignment.objects.create(member=member, contact=new, role=role)
    return _events_of_hand_over(role, new, old, before, by)


def _events_of_hand_over(
    role: Role, new: Contact, old: Contact | None, before: dict[int, list[str]], by: Actor
) -> list[Event]:
    events = []
    for contact in (new, old):
        if contact is None:
            continue
        shared.forget_prefetched_roles(contact)
        shared.bump(contact)
        _tell_handed_over(role, contact, new=new, old=old, by=by)
        main_event = contact is new and role == Role.MAIN
        kind = Event.Kind.MAIN_HANDED_OVER if main_event else Event.Kind.ROLES_CHANGED
        change = [before[contact.pk], _role_names(contact)]
        events.append(shared.contact_event(kind, contact, by, roles=change))
    return events


def _role_names(contact: Contact) -> list[str]:
    return [str(role) for role in contact.roles]


def _tell_handed_over(
    role: Role, contact: Contact, *, new: Contact, old: Contact | None, by: Actor
) -> None:
    queue_mail(
        kind=Mail.Kind.ROLE_HANDED_OVER,
        to=contact.email,
        member=contact.member,
        context={
            "contact": contact,
            "role": role.label,
            "new": new,
            "old": old,
            "is_new_main": role == Role.MAIN and contact.pk == new.pk,
            "by": by.user,
            "tools_url": site_url(contact.member.get_absolute_url()),
        },
    )
