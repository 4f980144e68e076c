"""How consortia, members and events are read. Who may see what is decided here (`visible_to`)."""

import datetime
from typing import TYPE_CHECKING, Any, NoReturn, Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from members import text
from members.dates import today

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from contacts.models import User
    from members.actors import Actor
    from members.models import Consortium, Event, Member, Membership

# `contacts.models.Role.MAIN`, which this room may not import; a test holds the two together.
MAIN_ROLE = "main"
# The largest version a row can have; SQLite cannot even compare with the numbers people make up.
_LAST_VERSION = 2**31 - 1


def _on(day: datetime.date, prefix: str = "") -> Q:
    """Periods that hold on that day; an unknown start counts as long ago."""
    started = Q(**{f"{prefix}start__lte": day}) | Q(**{f"{prefix}start": None})
    not_ended = Q(**{f"{prefix}end__gte": day}) | Q(**{f"{prefix}end": None})
    return started & not_ended


class ConsortiumQuerySet(models.QuerySet["Consortium"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """Those on whose lead desk the person sits: Main of the lead, or a reader or manager (A3).

        The lead must itself be an active member of the consortium.
        """
        orcid = getattr(user, "orcid", None)
        if not orcid:
            return self.none()
        from_lead = {"lead__contacts__orcid": orcid, "lead__contacts__removed_at": None}
        by_main = Q(**from_lead, lead__contacts__role_assignments__role=MAIN_ROLE)
        by_seat = Q(**from_lead, lead__contacts__desk_seats__consortium=models.F("pk"))
        leads = _memberships().filter(
            _on(today()), member=OuterRef("lead"), consortium=OuterRef("pk")
        )
        desk = self.model._default_manager.filter(by_main | by_seat).values("pk")
        return self.filter(Exists(leads), pk__in=desk)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self, day: datetime.date | None = None) -> Self:
        return self.filter(_on(day or today()))

    def current(self, day: datetime.date | None = None) -> Self:
        """Active or starting later."""
        day = day or today()
        return self.filter(Q(end__gte=day) | Q(end=None))

    def former_in(self, consortium: "Consortium") -> Self:
        """The periods there of members who have left the consortium."""
        here = self.filter(consortium=consortium)
        return here.exclude(member__in=here.current().values("member"))


class MemberQuerySet(models.QuerySet["Member"]):
    def visible_to(self, user: "User | AnonymousUser") -> Self:
        """The members a person may read: one's own (A2) and, from the lead desk, its members (A3).

        Not visible means 404. Staff flags open nothing here: the operator's reach is the admin.
        """
        return self.filter(Q(pk__in=_own(user)) | Q(pk__in=_of_desk(user)))

    def in_reach(self, by: "Actor") -> Self:
        """The members that whoever calls the API may read: what the person may, and for a token
        no more than its own member or consortium."""
        if by.user is None:
            return self.none()
        if by.reach is not None and by.reach.member_id is not None:
            return self.filter(pk__in=_own_of(by))
        of_desks = Q(
            pk__in=_memberships().current().filter(consortium__in=_desks(by)).values("member")
        )
        # What a token cannot reach is left out of the question, so that it is answered quickly.
        return self.filter(of_desks if by.reach is not None else of_desks | Q(pk__in=_own_of(by)))

    def own(self, user: "User | AnonymousUser") -> Self:
        """Those the person is a contact of and may still read, for 90 days after the end (A2)."""
        return self.filter(pk__in=_own(user))

    def editable_by(self, user: "User | AnonymousUser") -> Self:
        """Those the person may change: one's own while a membership is active or to come."""
        current = _memberships().current().values("member")
        return self.filter(pk__in=_own(user)).filter(pk__in=current)

    def active(self, day: datetime.date | None = None) -> Self:
        return self.filter(pk__in=_memberships().active(day).values("member"))

    def public(self) -> Self:
        """What the directory shows: active members, never pending or ended ones."""
        return self.active()

    def current_in(self, consortium: "Consortium") -> Self:
        """Active or coming members of the consortium."""
        periods = _memberships().current().filter(consortium=consortium)
        return self.filter(pk__in=periods.values("member"))

    def search(self, words: str) -> Self:
        """Every word somewhere in the names; accents and case do not matter."""
        found = self
        for word in text.search_key(words).split():
            found = found.filter(search_key__contains=word)
        return found

    def starting_with(self, letter: str) -> Self:
        if letter == "#":
            return self.exclude(sort_key__regex=r"^[a-z]")
        return self.filter(sort_key__startswith=letter.lower())

    def lock(self, pk: int) -> "Member":
        """The member's row, locked until the transaction ends (H1): take it before judging."""
        return self.select_for_update(of=("self",)).get(pk=pk)


def _memberships() -> MembershipQuerySet:
    model: Any = apps.get_model("members", "Membership")
    periods: MembershipQuerySet = model.objects.all()
    return periods


def _own(user: "User | AnonymousUser") -> Any:
    """One row per member the person is a current contact of, until `FORMER_MEMBER_DAYS` after."""
    members: Any = apps.get_model("members", "Member").objects
    orcid = getattr(user, "orcid", None)
    if not orcid:
        return members.none().values("pk")
    since = today() - datetime.timedelta(days=settings.FORMER_MEMBER_DAYS)
    return members.filter(
        pk__in=_memberships().current(since).values("member"),
        contacts__orcid=orcid,
        contacts__removed_at=None,
    ).values("pk")


def _of_desk(user: "User | AnonymousUser") -> Any:
    consortia: Any = apps.get_model("members", "Consortium").objects
    desks = consortia.visible_to(user).values("pk")
    return _memberships().current().filter(consortium__in=desks).values("member")


def _desks(by: "Actor") -> Any:
    """The consortia that the actor reads as their desk does: none for the token of a member."""
    consortia: Any = apps.get_model("members", "Consortium").objects
    desks = consortia.visible_to(by.user)
    if by.reach is not None:
        desks = desks.filter(pk=by.reach.consortium_id)
    return desks.values("pk")


def _own_of(by: "Actor") -> Any:
    """The members that the actor reads as their contact does: none for a desk's token."""
    members: Any = apps.get_model("members", "Member").objects
    own = members.own(by.user)
    if by.reach is not None:
        own = own.filter(pk=by.reach.member_id)
    return own.values("pk")


class EventQuerySet(models.QuerySet["Event"]):
    def in_reach(self, by: "Actor") -> Self:
        """The events that whoever calls the API may read: those of one's own members; from the
        desk those of its consortium and of its members up to their end (A3).

        That something was erased is told even later: it names nobody, and copies must follow (H4).
        """
        if by.user is None:
            return self.none()
        own = Q(member__in=_own_of(by))
        if by.reach is not None and by.reach.member_id is not None:
            return self.filter(own)
        desks = _desks(by)
        periods = _memberships().filter(consortium__in=desks)
        during = periods.filter(
            Q(end=None) | Q(end__gte=OuterRef("day")), member=OuterRef("member")
        )
        erased = Q(kind="erased", member__in=periods.values("member"))
        of_desks = Exists(during) | erased | Q(consortium__in=desks, member=None)
        told = self.alias(day=TruncDate("created_at", tzinfo=timezone.get_default_timezone()))
        return told.filter(of_desks if by.reach is not None else own | of_desks)

    def empty_personal(self) -> int:
        """H4: erasure, the one change there is. `services/erasure.py` tells the readers."""
        return super().update(personal=None)

    def since_member_version(self, member: "Member", version: int) -> Self:
        """Changes of the member's own row after that version, oldest first (H2)."""
        return self.filter(member=member).since_version("member_version", version)

    def since_contact_version(self, contact_id: int, version: int) -> Self:
        """Changes of one contact after that version, oldest first (H2)."""
        return self.filter(changes__contact=contact_id).since_version("contact_version", version)

    def since_version(self, of: str, version: int) -> Self:
        """Changes after a version that somebody has read, oldest first (H2); `of` is its name in
        `changes`. A version that nothing has ever had is stale like any other."""
        read = min(max(version, 0), _LAST_VERSION)
        return self.filter(**{f"changes__{of}__gt": read}).order_by("pk")

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("Events are never changed.")

    def delete(self) -> NoReturn:
        raise TypeError("Events are never deleted.")
