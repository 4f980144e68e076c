"""What the contact services share: a contact under its member's lock, checks, roles, events."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contacts.holders import protected_holders
from contacts.models import Contact, Role, RoleAssignment, User
from members.actors import Actor
from members.errors import StaleVersion
from members.models import Event, Member


def lock_member_of(contact_id: int) -> tuple[Member, Contact]:
    """Lock the contact's member first, then read the contact under that lock (H1).

    Raises `ValidationError` when the contact has been removed meanwhile.
    """
    member = Member.objects.lock(
        Contact.objects.values_list("member", flat=True).get(pk=contact_id)
    )
    contact = current_contact(member, contact_id)
    return member, contact


def current_contact(member: Member, contact_id: int) -> Contact:
    """A current contact of the locked member. Raises `ValidationError` when there is none."""
    found = (
        Contact.objects.current()
        .filter(member=member, pk=contact_id)
        .prefetch_related("role_assignments")
        .first()
    )
    if found is None:
        raise ValidationError(
            _("This contact has been removed meanwhile. Nothing was changed."), code="gone"
        )
    return found


def check_version(contact: Contact, version: int) -> None:
    """Raise `StaleVersion` with the events since, when somebody was faster (H2)."""
    if contact.version != version:
        events = Event.objects.since_contact_version(contact.pk, version).select_related("actor")
        raise StaleVersion(version=contact.version, events=list(events))


def has_signed_in(contact: Contact) -> bool:
    """Whether the iD was proved here: only ORCID sign-in makes a user with an iD (C4)."""
    return User.objects.filter(orcid=contact.orcid).exists()


def in_order(roles: Iterable[str]) -> list[str]:
    """Known roles once each, in ORCID's order. Raises `ValidationError` for an unknown one."""
    wanted = set(roles)
    if unknown := wanted - set(Role.values):
        raise ValidationError(_("Unknown role: %(role)s"), params={"role": ", ".join(unknown)})
    return [str(role) for role in Role if role in wanted]


def check_roles_free(member: Member, roles: Iterable[str], *, contact: Contact | None) -> None:
    """Raise `ValidationError` when a protected role is held by somebody else (R1)."""
    for role, holder in protected_holders(member).items():
        if role in roles and (contact is None or holder.pk != contact.pk):
            raise ValidationError(
                _("%(role)s is %(name)s. Hand the role over instead."),
                code="role_taken",
                params={"role": Role(role).label, "name": holder.display_name},
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


def write_roles(contact: Contact, roles: Iterable[str]) -> None:
    """Make the contact's assignments exactly these; a contact has at least one."""
    wanted = set(roles) or {str(Role.OTHER)}
    held = {assignment.role for assignment in contact.role_assignments.all()}
    contact.role_assignments.filter(role__in=held - wanted).delete()
    RoleAssignment.objects.bulk_create(
        RoleAssignment(member_id=contact.member_id, contact=contact, role=role)
        for role in in_order(wanted - held)
    )
    forget_prefetched_roles(contact)


def forget_prefetched_roles(contact: Contact) -> None:
    """Called after roles were written past the instance, whose `roles` would be the old ones."""
    getattr(contact, "_prefetched_objects_cache", {}).pop("role_assignments", None)


def bump(contact: Contact, *fields: str) -> None:
    """Save the named fields with the next version; derived keys follow."""
    contact.version += 1
    contact.save(update_fields=[*fields, "version", "sort_key", "search_key"])


def contact_event(
    kind: Event.Kind,
    contact: Contact,
    by: Actor,
    *,
    personal: dict[str, Any] | None = None,
    **changes: Any,
) -> Event:
    """An event about one contact; the person's name goes to `personal`, the id to `changes`."""
    return Event(
        member_id=contact.member_id,
        kind=kind,
        changes={"contact": contact.pk, "contact_version": contact.version, **changes},
        personal={"name": contact.display_name, **(personal or {})},
        actor=by.user,
        capacity=by.capacity,
    )
