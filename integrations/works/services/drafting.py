"""Works of a researcher's own list become drafts of an institution they let (rules O2, O7).

Public works only, as they are at ORCID, none twice: one that the member has, by a common identifier, is
left out. What is no longer public there leaves again, unless the institution has worked on it.
"""

import datetime
from collections.abc import Collection, Iterator, Sequence
from typing import cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, QuerySet

from contacts.models import User
from integrations.works import alike
from integrations.works.models import DraftMark, Grant, MemberWork, Pull, Work
from integrations.works.permissions import can_keep_works
from integrations.works.services import authors
from integrations.works.services.member_works import batches, member_event
from integrations.works.services.researcher_works import with_person
from members.actors import Actor
from members.models import Event, Member

Purpose = Grant.Purpose


def after_pull(*, person_id: int, was_empty: bool = False) -> int:
    """A record has been read: its new public works become drafts where the person lets the member
    (`Grant.Purpose.DRAFT`), how many; those no longer public leave, unless the person's list
    `was_empty` before. Each member in its own transaction."""
    if not was_empty:
        _withdraw_all(person_id)
    grants = wanted_by(person_id).order_by("pk")
    return sum(_draft_new(pk) for pk in list(grants.values_list("pk", flat=True)))


def wanted_by(person_id: int) -> QuerySet[Grant]:
    """The permissions to make drafts of a person's new works; most people have given none. Whether
    the member still is one, is judged under its lock."""
    return Grant.objects.current().filter(person=person_id).for_purpose(Purpose.DRAFT)


def mark(*, person_id: int, member_id: int) -> None:
    """The switch was turned: what the list holds now is not new. Before the first reading of the
    record nothing is marked: the first one brings what was there before."""
    grants = Grant.objects.current().filter(person=person_id, member=member_id)
    unmarked = grants.for_purpose(Purpose.DRAFT).filter(draft_mark=None)
    for grant in unmarked.select_related("person"):
        if Pull.objects.filter(
            connection__orcid=grant.person.orcid, pulled_at__isnull=False
        ).exists():
            DraftMark.objects.get_or_create(grant=grant, defaults={"up_to": _last(person_id)})


@transaction.atomic
def _draft_new(grant_id: int) -> int:
    """Under the member's lock, so that two workers make no draft twice."""
    grant = Grant.objects.select_related("person").get(pk=grant_id)
    member = Member.objects.lock(grant.member_id)
    if not Grant.objects.in_force().filter(pk=grant_id).exists():
        return 0
    last = _last(grant.person_id)
    known, is_first = DraftMark.objects.get_or_create(grant=grant, defaults={"up_to": last})
    if is_first:
        return 0
    new = Work.objects.public().filter(person=grant.person)
    if known.up_to is not None:
        new = new.filter(public_since__gt=known.up_to)
    made = _make(member, grant.person, new, Actor.system())
    known.up_to = last
    known.save(update_fields=["up_to"])
    return len(made)


@transaction.atomic
def take(*, member_id: int, person_id: int, work_ids: Collection[int] | None, by: Actor) -> int:
    """A keeper takes works of a researcher who lets the member list them, all public ones or
    these, as drafts; how many were not there. Raises `PermissionDenied`, also without that grant."""
    member = Member.objects.lock(member_id)
    person = User.objects.get(pk=person_id)
    grants = Grant.objects.in_force().of(person).to(member).for_purpose(Purpose.LIST)
    if not can_keep_works(by, member) or not grants.exists():
        raise PermissionDenied
    works = Work.objects.public().filter(person=person)
    if work_ids is not None:
        works = works.filter(pk__in=list(work_ids))
    return len(_make(member, person, works, by))


def follow_united(works: Sequence[Work]) -> None:
    """Several works of a list turn out to be one, the first: drafts of the others are of that one."""
    first, *others = works
    if others:
        MemberWork.objects.filter(made_from__in=others).update(made_from=first)


def _no_longer_public(person_id: int) -> QuerySet[MemberWork]:
    """Drafts of works that only their owner may see now, which nobody at the member has touched."""
    made = MemberWork.objects.untouched_drafts().filter(made_from__person=person_id)
    return made.exclude(made_from__visibility="public", made_from__left_orcid_at=None)


def _withdraw_all(person_id: int) -> None:
    members = _no_longer_public(person_id).order_by("member").values_list("member", flat=True)
    for member_id in list(members.distinct()):
        _withdraw(member_id, person_id)


@transaction.atomic
def _withdraw(member_id: int, person_id: int) -> None:
    member = Member.objects.lock(member_id)
    over = _no_longer_public(person_id).filter(member=member)
    keys = list(over.order_by("pk").values_list("pk", flat=True))
    MemberWork.objects.filter(pk__in=keys).delete()
    person, by = User.objects.get(pk=person_id), Actor.system()
    Event.append(*_events(Event.Kind.DRAFTS_WITHDRAWN, member, person, keys, by))


def _last(person_id: int) -> datetime.datetime | None:
    found = Work.objects.filter(person=person_id).aggregate(last=Max("public_since"))
    return cast("datetime.datetime | None", found["last"])


def _make(member: Member, person: User, works: QuerySet[Work], by: Actor) -> list[MemberWork]:
    # What has no identifier is not found by its content: a second press would double it.
    made_before = MemberWork.objects.filter(member=member, made_from__person=person)
    works = works.exclude(pk__in=made_before.values("made_from"))
    listed = alike.listed(MemberWork.objects.filter(member=member)) if works.exists() else None
    made: list[MemberWork] = []
    for work in works.order_by("pk") if listed else []:
        content = work.public_content
        if not content["title"]:
            continue  # it was edited here, and what ORCID has is read with the next change there
        same = listed.find(content) if listed else None
        if same is not None and same.is_certain:
            continue
        content["contributors"] = with_person(content["contributors"], person)
        draft = MemberWork(
            member=member,
            origin=MemberWork.Origin.ORCID,
            made_from=work,
            added_by=by.user,
            **content,
        )
        draft.set_keys()
        made.append(draft)
        if listed:
            listed.add((0, draft.title), content)
    MemberWork.objects.bulk_create(made)
    authors.match(made)
    keys = [work.pk for work in made]
    Event.append(*_events(Event.Kind.WORKS_ADDED, member, person, keys, by))
    return made


def _events(
    kind: Event.Kind, member: Member, person: User, keys: Sequence[int], by: Actor
) -> Iterator[Event]:
    """Of works by their keys alone: a title that is no longer public is not kept in the history."""
    for some in batches(keys):
        yield member_event(
            kind,
            member.pk,
            by,
            works=list(some),
            number=len(some),
            work_origin=str(MemberWork.Origin.ORCID),
            person=str(person.username),
        )
