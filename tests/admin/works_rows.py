"""One row of each kind that an institution's works have."""

from contacts.models import User
from integrations.works.models import (
    Authorship,
    DraftMark,
    Grant,
    Keeper,
    MemberWork,
    WorksPolicy,
)
from members.models import Member


def make_works_rows(member: Member, user: User) -> None:
    work = MemberWork.objects.create(member=member, title="W", type="book")
    Authorship.objects.create(work=work, person=user)
    WorksPolicy.objects.create(member=member)
    Keeper.objects.create(member=member, orcid=user.orcid or "", email="kim@uni.example")
    grant = Grant.objects.create(person=user, member=member, purpose="draft")
    DraftMark.objects.create(grant=grant)
