"""Which works and grants there are, for whom."""

import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from members.dates import today
from members.models import Member, Membership

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from contacts.models import User
    from integrations.works.models import Grant, Keeper, MemberWork, PermissionRequest, Work


class WorkQuerySet(models.QuerySet["Work"]):
    def of(self, person: "User") -> "WorkQuerySet":
        """All works of a person, hidden ones too."""
        return self.filter(person=person)

    def shown(self) -> "WorkQuerySet":
        """Those the person has not hidden here."""
        return self.filter(hidden_at=None)

    def public(self) -> "WorkQuerySet":
        """Those that others than the owner may see at all: `Work.public_content` of them (O7)."""
        return self.at_orcid_for_all().filter(hidden_at=None)

    def at_orcid_for_all(self) -> "WorkQuerySet":
        """Those that are public at ORCID, as far as is known; hidden ones too."""
        return self.filter(origin="orcid", visibility="public", left_orcid_at=None)


class MemberWorkQuerySet(models.QuerySet["MemberWork"]):
    def of_member(self, member: "Member") -> "MemberWorkQuerySet":
        return self.filter(member=member)

    def of(self, person: "User") -> "MemberWorkQuerySet":
        """Those a person added, or is an author of; not the drafts that others make of them."""
        written = self.filter(authorships__person=person)
        shown = written.filter(~Q(state="draft") | Q(origin="orcid")).values("pk")
        return self.filter(Q(added_by=person, origin="researcher") | Q(pk__in=shown))

    def public(self) -> "MemberWorkQuerySet":
        return self.filter(state="public")

    def untouched_drafts(self) -> "MemberWorkQuerySet":
        """Made of works in people's lists, and as they were made."""
        return self.filter(origin="orcid", state="draft", version=1, asked_at=None)


class KeeperQuerySet(models.QuerySet["Keeper"]):
    def current(self) -> "KeeperQuerySet":
        """Those not removed; invited ones too."""
        return self.filter(removed_at=None)

    def of(self, user: "User | AnonymousUser") -> "KeeperQuerySet":
        """The places of a signed-in person: by the iD they proved, and nothing else (C4)."""
        orcid = getattr(user, "orcid", None)
        return self.current().filter(orcid=orcid) if orcid else self.none()

    def members_of(self, user: "User | AnonymousUser") -> "models.QuerySet[Member, Any]":
        """The members whose works the person keeps and may still read (A2)."""
        since = today() - datetime.timedelta(days=settings.FORMER_MEMBER_DAYS)
        return Member.objects.filter(
            pk__in=Membership.objects.current(since).values("member"),
        ).filter(pk__in=self.of(user).values("member"))


class GrantQuerySet(models.QuerySet["Grant"]):
    def current(self) -> "GrantQuerySet":
        """Those that nobody has ended."""
        return self.filter(ended_at=None)

    def in_force(self) -> "GrantQuerySet":
        """Those that count now: also before the sweep has ended those of former members (O2)."""
        return self.current().filter(member__in=Membership.objects.current().values("member"))

    def for_purpose(self, purpose: str) -> "GrantQuerySet":
        return self.filter(purpose=purpose)

    def to(self, member: "Member") -> "GrantQuerySet":
        return self.filter(member=member)

    def of(self, person: "User") -> "GrantQuerySet":
        return self.filter(person=person)


class PermissionRequestQuerySet(models.QuerySet["PermissionRequest"]):
    def open(self) -> "PermissionRequestQuerySet":
        """Not answered, not withdrawn; expired ones included: they can be sent again."""
        return self.filter(closed_at=None)

    def live(self) -> "PermissionRequestQuerySet":
        return self.open().filter(expires_at__gt=timezone.now())
