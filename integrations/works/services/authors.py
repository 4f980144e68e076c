"""Authors of an institution's works, matched to people by the iD they proved; others are names."""

from collections.abc import Collection, Sequence

from django.db.models import Q

from contacts.models import User
from integrations.works.models import Authorship, Grant, MemberWork
from members import text
from members.models import Member

# A longer list nobody looks through in a form.
MOST_TO_CHOOSE = 1000


def to_choose(member: Member, work: MemberWork | None = None) -> list[tuple[str, str]]:
    """(iD, name) of those who may be named as authors: researchers of the member, and who the work
    names already. Only iDs that their owners have proved (C4)."""
    known = Q(pk__in=Grant.objects.in_force().to(member).values("person"))
    if work is not None:
        known |= Q(pk__in=work.authorships.values("person"))
    people = User.objects.filter(known, orcid__isnull=False)[:MOST_TO_CHOOSE]
    rows = [(str(person.orcid), person.display_name) for person in people]
    return sorted(rows, key=lambda row: (text.sort_key(row[1]), row[0]))


def names_of(orcids: Collection[str]) -> dict[str, str]:
    """By iD, those of these people who have signed in here with it."""
    found = User.objects.filter(orcid__in=orcids) if orcids else []
    return {str(person.orcid): person.display_name for person in found}


def match(works: Sequence[MemberWork]) -> None:
    """Make the authorships of these works what their people say, inside the caller's transaction."""
    named = {work.pk: _orcids(work) for work in works}
    every = set[str]().union(*named.values())
    people = dict(User.objects.filter(orcid__in=every).values_list("orcid", "pk")) if every else {}
    wanted = {
        (work_id, people[orcid])
        for work_id, orcids in named.items()
        for orcid in orcids
        if orcid in people
    }
    rows = Authorship.objects.filter(work__in=list(named))
    have = {(work, person): pk for pk, work, person in rows.values_list("pk", "work", "person")}
    over = [pk for pair, pk in have.items() if pair not in wanted]
    if over:
        Authorship.objects.filter(pk__in=over).delete()
    Authorship.objects.bulk_create(
        Authorship(work_id=work, person_id=person) for work, person in sorted(wanted - {*have})
    )


def match_person(*, person_id: int, member_id: int) -> None:
    """The member's works that name a person's iD are theirs from now on: somebody who signs in for
    the first time may have been named before."""
    person = User.objects.get(pk=person_id)
    if person.orcid:
        named = MemberWork.objects.filter(member=member_id, contributors__icontains=person.orcid)
        match(list(named.exclude(authorships__person=person).only("pk", "contributors")))


def follow_moved(*, old: str, new: str) -> None:
    """An iD has moved (C8): works name the new one, inside the caller's transaction."""
    works = list(MemberWork.objects.filter(contributors__icontains=old).select_for_update())
    for work in works:
        for each in work.contributors:
            if each.get("orcid") == old:
                each["orcid"] = new
    MemberWork.objects.bulk_update(works, ["contributors"], batch_size=200)
    match(works)


def unite(*, former: User, present: User) -> None:
    """Two users turn out to be one person: what either wrote or added is one's."""
    have = Authorship.objects.filter(person=present).values("work")
    rows = Authorship.objects.filter(person=former)
    rows.filter(work__in=list(have.values_list("work", flat=True))).delete()
    rows.update(person=present)
    MemberWork.objects.filter(added_by=former).update(added_by=present)


def _orcids(work: MemberWork) -> set[str]:
    return {orcid for each in work.contributors if (orcid := each.get("orcid", ""))}
