"""Who may do what with the researchers and the works of a member.

Seeing researchers is `Member.objects.visible_to`; works are seen by the publications desk, too.
"""

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from contacts.models import AssertedAffiliation, Contact
from contacts.permissions import standing_of
from integrations.works.models import Authorship, Grant, Keeper, MemberWork
from members.actors import Actor
from members.models import Event, Member

if TYPE_CHECKING:
    from contacts.models import User


def can_look_after_researchers(by: Actor, member: Member) -> bool:
    """Ask people for permission, and say who has left: the member's own contacts.

    Neither the lead nor the operator, nor a token, speaks to a member's researchers (O2).
    """
    if by.capacity != Event.Capacity.CONTACT or by.reach is not None:
        return False
    who = standing_of(by, member)
    return who.contact is not None and who.can_edit


def members_with_works_for(user: "User") -> QuerySet[Member]:
    """The members whose works a person may read: those they see anyway (A2, A3), and those whose
    works they keep. Not among them means 404 (A1)."""
    seen = Member.objects.visible_to(user).values("pk")
    kept = Keeper.objects.members_of(user).values("pk")
    return Member.objects.filter(pk__in=seen) | Member.objects.filter(pk__in=kept)


def can_keep_works(by: Actor, member: Member) -> bool:
    """Add, change, validate and publish works: the member's own contacts, and its publications
    desk, while it is a member (A2). Neither the lead nor the operator, nor a token."""
    return can_look_after_researchers(by, member) or _is_on_desk(by, member)


def can_name_keepers(by: Actor, member: Member) -> bool:
    """Say who is on the publications desk, and what holds for works: contacts alone."""
    return can_look_after_researchers(by, member)


def _is_on_desk(by: Actor, member: Member) -> bool:
    if by.capacity != Event.Capacity.CONTACT or by.reach is not None or by.user is None:
        return False
    is_current = member.memberships.current().exists()
    return is_current and Keeper.objects.of(by.user).filter(member=member).exists()


def member_keys_of_researcher(person: "User") -> set[int]:
    """The members for which a person may add works of their own: who granted them something, and
    authors of what they keep, unless they have left (O2); of today's members only."""
    if not person.orcid:
        return set()
    granted = Grant.objects.in_force().of(person).values_list("member", flat=True)
    written = Authorship.objects.filter(person=person, work__member__in=Member.objects.active())
    written = written.exclude(work__member__in=_said_to_have_left(person).values("member"))
    return {*granted, *written.values_list("work__member", flat=True)}


def is_known_to(member: Member, person: "User") -> bool:
    """Whether the member itself has had to do with the person: asked them and they agreed, names
    them in what its staff has added, has let through a work of theirs, has them as contact or on its
    desk, or its sign-in vouches for them. Once they are said to have left, only what was asked, and
    works that were added, since then count.

    Anybody with an iD may switch a permission on (O2), and be named by a colleague: that alone says
    nothing of who they are.
    """
    asked = Grant.objects.of(person).filter(member=member, was_asked=True)
    by_staff = ~Q(work__origin__in=[MemberWork.Origin.RESEARCHER, MemberWork.Origin.ORCID])
    let_through = Q(work__added_by=person) & ~Q(work__state=MemberWork.State.DRAFT)
    named = Authorship.objects.filter(by_staff | let_through, person=person, work__member=member)
    if left := _said_to_have_left(person).filter(member=member).order_by("-ended_at").first():
        asked = asked.filter(given_at__gt=left.ended_at)
        named = named.filter(work__created_at__gt=left.ended_at)
    vouched = AssertedAffiliation.objects.filter(member=member, person=person, until=None)
    return (
        asked.exists()
        or named.exists()
        or vouched.exists()
        or Contact.objects.of(person).filter(member=member).exists()
        or Keeper.objects.of(person).filter(member=member).exists()
    )


def _said_to_have_left(person: "User") -> QuerySet[Grant]:
    """What a member, or its sign-in, has ended: no longer with it (O2)."""
    return Grant.objects.of(person).filter(ended_by__in=[Grant.Ended.MEMBER, Grant.Ended.SIGN_IN])


def is_researcher_of(by: Actor, member: Member) -> bool:
    """Whether the actor acts for themselves, and may add works of their own for the member."""
    is_person = by.capacity == Event.Capacity.CONTACT and by.reach is None
    return is_person and by.user is not None and member.pk in member_keys_of_researcher(by.user)
