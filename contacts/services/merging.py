"""Two rows of one organisation become one: the operator merges, with a preview."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import signals
from contacts.holders import protected_holders
from contacts.models import (
    AgreementRecord,
    ApiToken,
    Contact,
    HelpRequest,
    Invitation,
    LeadChange,
    Recovery,
    Role,
    RoleAssignment,
)
from contacts.services import _shared as shared
from contacts.services.mails import withdraw_mails_of
from members.actors import Actor
from members.models import (
    Consortium,
    EmailDomain,
    Event,
    FormerSlug,
    Identifier,
    Member,
    Membership,
)


@dataclass
class Preview:
    """What a merge would do; `choices` are protected roles that both sides hold."""

    kept: Member
    dropped: Member
    moved: list[Contact] = field(default_factory=list)
    united: list[tuple[Contact, Contact]] = field(default_factory=list)
    choices: dict[str, list[Contact]] = field(default_factory=dict)
    identifiers: list[Identifier] = field(default_factory=list)
    periods_dropped: int = 0


def preview_merge(*, kept: Member, dropped: Member) -> Preview:
    """What merging `dropped` into `kept` would do; changes nothing.

    Raises `ValidationError` when the two cannot be merged.
    """
    if kept.pk == dropped.pk:
        raise ValidationError(_("Choose another member than this one."), code="same")
    if kept.merged_into_id or dropped.merged_into_id:
        raise ValidationError(_("One of the two has been merged already."), code="merged")
    preview = Preview(kept, dropped)
    here = {contact.orcid: contact for contact in _contacts(kept)}
    for contact in _contacts(dropped):
        if twin := here.get(contact.orcid):
            preview.united.append((contact, twin))
        else:
            preview.moved.append(contact)
    ours, theirs = protected_holders(kept), protected_holders(dropped)
    for role in sorted(set(ours) & set(theirs)):
        if ours[role].orcid != theirs[role].orcid:
            preview.choices[role] = [ours[role], theirs[role]]
    has = set(kept.identifiers.values_list("scheme", "value"))
    preview.identifiers = [
        found for found in dropped.identifiers.all() if (found.scheme, found.value) not in has
    ]
    preview.periods_dropped = sum(not _fits(period, kept) for period in dropped.memberships.all())
    return preview


def _contacts(member: Member) -> list[Contact]:
    current = Contact.objects.current().filter(member=member)
    return list(current.prefetch_related("role_assignments"))


@transaction.atomic
def merge_members(
    *, kept_id: int, dropped_id: int, holders: Mapping[str, int], by: Actor
) -> Member:
    """Unite two members: contacts by iD, one holder for each protected role, identifiers moved.

    `holders` says, for each role that both hold with different people, whose contact keeps it.
    Both histories stay; the dropped one's address leads to the kept one. Raises
    `PermissionDenied` for all but the operator, `ValidationError` when a choice is missing or the
    two cannot be merged.
    """
    rows = {pk: Member.objects.lock(pk) for pk in sorted({kept_id, dropped_id})}
    if not by.is_operator:
        raise PermissionDenied
    kept, dropped = rows[kept_id], rows[dropped_id]
    preview = preview_merge(kept=kept, dropped=dropped)
    chosen = _check_choices(preview, holders)
    events = _move_contacts(preview, chosen, by)
    _move_rest(preview)
    signals.members_merged.send(sender=Member, kept_id=kept.pk, dropped_id=dropped.pk)
    events += _close(preview, by)
    Event.append(*events)
    return kept


def _check_choices(preview: Preview, holders: Mapping[str, int]) -> dict[str, Contact]:
    chosen = {}
    for role, candidates in preview.choices.items():
        contact = next((one for one in candidates if one.pk == holders.get(role)), None)
        if contact is None:
            raise ValidationError(
                _("Choose who is %(role)s."), params={"role": Role(role).label}, code="choose"
            )
        chosen[role] = contact
    return chosen


def _move_contacts(preview: Preview, chosen: Mapping[str, Contact], by: Actor) -> list[Event]:
    before = {
        contact.pk: [str(role) for role in contact.roles]
        for contact in [*_contacts(preview.kept), *_contacts(preview.dropped)]
    }
    # Whoever is not chosen gives the role up first, so that it is never held twice (R1).
    for role, contact in chosen.items():
        for candidate in preview.choices[role]:
            if candidate.pk != contact.pk:
                RoleAssignment.objects.filter(contact=candidate, role=role).delete()
    for contact, twin in preview.united:
        _unite(contact, twin)
    for contact in preview.moved:
        # Assignments repeat the member, and one without a role left gets the plain one.
        RoleAssignment.objects.filter(contact=contact).update(member=preview.kept)
        contact.member = preview.kept
        shared.bump(contact, "member")
    return _contact_events(preview, before, by)


def _unite(contact: Contact, twin: Contact) -> None:
    has = set(twin.role_assignments.values_list("role", flat=True))
    lacking = RoleAssignment.objects.filter(contact=contact).exclude(role__in=has)
    lacking.update(contact=twin, member=twin.member_id)
    RoleAssignment.objects.filter(contact=contact).delete()
    seated = twin.desk_seats.values("consortium")
    contact.desk_seats.exclude(consortium__in=seated).update(contact=twin)
    contact.removed_at = timezone.now()
    shared.bump(contact, "removed_at")
    shared.forget_prefetched_roles(twin)
    shared.bump(twin)


def _contact_events(preview: Preview, before: dict[int, list[str]], by: Actor) -> list[Event]:
    events = []
    for contact in _contacts(preview.kept):
        if not contact.role_assignments.exists():
            shared.write_roles(contact, [Role.OTHER])
        after = [str(role) for role in contact.roles]
        was = before.get(contact.pk, [])
        came = any(contact.pk == one.pk for one in preview.moved)
        if came or was != after:
            kind = Event.Kind.CONTACT_ADDED if came else Event.Kind.ROLES_CHANGED
            change = [[], after] if came else [was, after]
            source = preview.dropped.pk
            events.append(shared.contact_event(kind, contact, by, roles=change, merged_from=source))
    return events


def _move_rest(preview: Preview) -> None:
    kept, dropped = preview.kept, preview.dropped
    for found in preview.identifiers:
        taken = kept.identifiers.filter(scheme=found.scheme, preferred=True).exists()
        found.member, found.preferred = kept, found.preferred and not taken
        found.save()
    has = set(kept.email_domains.values_list("domain", flat=True))
    EmailDomain.objects.filter(member=dropped).exclude(domain__in=has).update(member=kept)
    if not AgreementRecord.objects.filter(member=kept).exists():
        AgreementRecord.objects.filter(member=dropped).update(member=kept)
    _move_invitations(kept, dropped)
    for model in (ApiToken, HelpRequest, LeadChange, Recovery):
        model._default_manager.filter(member=dropped).update(member=kept)
    Consortium.objects.filter(lead=dropped).update(lead=kept)
    for period in list(dropped.memberships.all()):
        if _fits(period, kept):
            period.member = kept
            period.save()
        else:
            period.delete()


def _move_invitations(kept: Member, dropped: Member) -> None:
    asked = set(Invitation.objects.open().filter(member=kept).values_list("email", flat=True))
    asked |= set(Contact.objects.current().filter(member=kept).values_list("email", flat=True))
    for invitation in Invitation.objects.filter(member=dropped):
        if invitation.closed_at is None and invitation.email in asked:
            withdraw_mails_of(invitation)
            invitation.closed_at = timezone.now()
            invitation.outcome = Invitation.Status.WITHDRAWN
        invitation.member = kept
        invitation.save()


def _fits(period: Membership, kept: Member) -> bool:
    """Whether a period lies beside all of the kept member's own."""
    return not any(_overlap(period, own) for own in kept.memberships.all())


def _overlap(one: Membership, other: Membership) -> bool:
    start = max((period.start for period in (one, other) if period.start), default=None)
    end = min((period.end for period in (one, other) if period.end), default=None)
    return start is None or end is None or start <= end


def _close(preview: Preview, by: Actor) -> list[Event]:
    kept, dropped = preview.kept, preview.dropped
    old_slug = dropped.slug
    dropped.slug, dropped.merged_into = f"merged-{dropped.pk}", kept
    dropped.version += 1
    dropped.save()
    FormerSlug.objects.filter(member=dropped).update(member=kept)
    FormerSlug.objects.create(slug=old_slug, member=kept)
    kept.version += 1
    kept.save()
    return [
        Event(
            member=member,
            kind=Event.Kind.MEMBERS_MERGED,
            changes={
                "kept": kept.pk,
                "dropped": dropped.pk,
                "names": [str(dropped), str(kept)],
                "member_version": member.version,
            },
            actor=by.user,
            capacity=by.capacity,
        )
        for member in (dropped, kept)
    ]
