"""The three switches of a person at a member: on by the person alone, off by several (rule O2).

Whatever ends a grant, what is on the record stays there.
"""

from collections.abc import Collection, Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import User
from integrations.works.models import Grant, PermissionRequest
from integrations.works.permissions import can_look_after_researchers
from integrations.works.querysets import GrantQuerySet
from integrations.works.signals import grants_changed
from members.actors import Actor
from members.models import Event, Member, Membership

# As many people at former members in one round of the sweep.
_AT_ONCE = 500


@transaction.atomic
def switch_on(*, member_id: int, purposes: Collection[str], by: Actor) -> list[Grant]:
    """Give the member these permissions; those it has stay as they are. No connection is needed yet.

    Raises `PermissionDenied` for all but a person with an iD who acts for themselves (O2: no staff,
    no token), `ValidationError` for a member that is not current, or an unknown purpose.
    """
    person = person_behind(by)
    member = Member.objects.lock(member_id)
    given = give(member, person, purposes)
    if given:
        Event.append(given_event(member, person, given, by))
    return given


def give(
    member: Member, person: User, purposes: Collection[str], *, was_asked: bool = False
) -> list[Grant]:
    """Like `switch_on`, for a locked member and a person who was judged; the event is not written.

    `was_asked` by the member: then it stands at those they have given before, too.
    """
    if unknown := set(purposes) - set(Grant.Purpose.values):
        raise ValidationError(_("Unknown permission: %s.") % ", ".join(sorted(unknown)))
    if not Member.objects.active().filter(pk=member.pk).exists():
        raise ValidationError(
            _("%(member)s is not a member today, so it cannot be given permission."),
            code="not_a_member",
            params={"member": member.display_name},
        )
    held = _held(member, person)
    has = set(held.values_list("purpose", flat=True))
    wanted = [str(one) for one in Grant.Purpose if one in purposes and one not in has]
    if was_asked:
        held.filter(purpose__in=purposes).update(was_asked=True)
    given = [
        Grant(person=person, member=member, purpose=purpose, was_asked=was_asked)
        for purpose in wanted
    ]
    Grant.objects.bulk_create(given)
    if given:
        grants_changed.send(sender=Grant, person_id=person.pk, member_id=member.pk)
    return given


@transaction.atomic
def switch_off(
    *, member_id: int, by: Actor, purposes: Collection[str] | None = None
) -> list[Grant]:
    """Withdraw these permissions, or all of them (None), at any time and of any member.

    Raises `PermissionDenied` for whoever does not act for themselves.
    """
    person = person_behind(by)
    member = Member.objects.lock(member_id)
    return _end(member, person, Grant.Ended.PERSON, by, purposes=purposes)


@transaction.atomic
def end_affiliation(*, member_id: int, person_id: int, by: Actor) -> list[Grant]:
    """A contact says that the person is no longer with the member: all its grants end (O2), and the
    person is not asked any more. They may give permission anew; that is theirs.

    Raises `PermissionDenied` for all but the member's own contacts.
    """
    member = Member.objects.lock(member_id)
    if not can_look_after_researchers(by, member):
        raise PermissionDenied
    person = User.objects.get(pk=person_id)
    asked = PermissionRequest.objects.open().filter(member=member, person=person)
    asked.update(closed_at=timezone.now(), outcome=PermissionRequest.Status.WITHDRAWN)
    return _end(member, person, Grant.Ended.MEMBER, by)


@transaction.atomic
def end_by_sign_in(*, member_id: int, person: User) -> list[Grant]:
    """Institutional sign-in says that the person is no longer with the member (O2)."""
    member = Member.objects.lock(member_id)
    return _end(member, person, Grant.Ended.SIGN_IN, Actor.system())


def end_of_person(*, person: User) -> None:
    """Their account is to be emptied: whatever they let anybody, they let nobody any more."""
    for member_id in list(
        Grant.objects.current()
        .of(person)
        .order_by("member")
        .values_list("member", flat=True)
        .distinct()
    ):
        with transaction.atomic():
            member = Member.objects.lock(member_id)
            _end(member, person, Grant.Ended.PERSON, Actor.system())


def end_of_former_members() -> int:
    """For beat: end what was given to members whose membership is over; how many grants ended.

    Until then they do not count either: `Grant.objects.in_force`.
    """
    over = Grant.objects.current().exclude(member__in=Membership.objects.current().values("member"))
    pairs = over.order_by("member", "person").values_list("member", "person").distinct()
    return sum(_end_of_former(*pair) for pair in list(pairs[:_AT_ONCE]))


@transaction.atomic
def _end_of_former(member_id: int, person_id: int) -> int:
    member = Member.objects.lock(member_id)
    if member.memberships.current().exists():
        return 0
    person = User.objects.get(pk=person_id)
    return len(_end(member, person, Grant.Ended.MEMBERSHIP, Actor.system()))


def _end(
    member: Member,
    person: User,
    ended_by: Grant.Ended,
    by: Actor,
    *,
    purposes: Collection[str] | None = None,
) -> list[Grant]:
    held = list(_held(member, person).select_for_update(of=("self",)))
    before = in_order(grant.purpose for grant in held)
    ended = [grant for grant in held if purposes is None or grant.purpose in purposes]
    for grant in ended:
        grant.ended_at, grant.ended_by = timezone.now(), ended_by
        grant.save(update_fields=["ended_at", "ended_by"])
    if ended:
        over = {grant.purpose for grant in ended}
        after = [purpose for purpose in before if purpose not in over]
        grants_changed.send(sender=Grant, person_id=person.pk, member_id=member.pk)
        Event.append(
            person_event(
                Event.Kind.GRANT_ENDED,
                member,
                person,
                by,
                purposes=[before, after],
                ended_by=str(ended_by),
            )
        )
    return ended


def person_behind(by: Actor) -> User:
    """Whoever acts for themselves, with their iD. Raises `PermissionDenied` (O2)."""
    is_person = by.capacity == Event.Capacity.CONTACT and by.reach is None
    if not is_person or by.user is None or not by.user.orcid:
        raise PermissionDenied
    return by.user


def given_event(
    member: Member, person: User, given: Collection[Grant], by: Actor, **changes: object
) -> Event:
    """What was given now, beside what was before; not yet written."""
    after = in_order(_held(member, person).values_list("purpose", flat=True))
    new = {grant.purpose for grant in given}
    before = [purpose for purpose in after if purpose not in new]
    kind = Event.Kind.GRANT_GIVEN
    return person_event(kind, member, person, by, purposes=[before, after], **changes)


def person_event(
    kind: Event.Kind, member: Member, person: User | None, by: Actor, **changes: object
) -> Event:
    """About a researcher, who is known in `changes` by the account's own key alone (H4)."""
    about = {"person": str(person.username)} if person else {}
    named = {"name": person.display_name, "orcid": person.orcid} if person else None
    return Event(
        member=member,
        kind=kind,
        changes=about | changes,
        personal=named,
        actor=by.user,
        capacity=by.capacity,
    )


def in_order(purposes: Iterable[str]) -> list[str]:
    """Once each, in the order of the switches."""
    wanted = set(purposes)
    return [str(one) for one in Grant.Purpose if one in wanted]


def _held(member: Member, person: User) -> GrantQuerySet:
    return Grant.objects.current().of(person).to(member)
