"""Events as the desk may read them: of its present members, and of the consortium itself (A3)."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Max, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact, User
from members import text
from members.dates import day_of, end_of, start_of
from members.former import names_then
from members.forms.narrowing import NarrowingForm
from members.kinds import kind_choices, kinds_in
from members.models import Consortium, Event, Member, Membership

_MOST_WORDS = 8


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


class EventFilter(NarrowingForm):
    member = forms.CharField(label=_("Member"), required=False, max_length=200)
    who = forms.CharField(
        label=_("By whom"), required=False, max_length=200, help_text=_("A name, or an iD.")
    )
    capacity = forms.ChoiceField(
        label=_("Acting as"),
        required=False,
        choices=[("", _("Anybody")), *Event.Capacity.choices],
    )
    kind = forms.ChoiceField(
        label=_("Kind of change"),
        required=False,
        choices=kind_choices(),
    )
    since = _day(_("From"))
    until = _day(_("Up to and including"))

    def __init__(self, data: QueryDict, *, consortium: Consortium) -> None:
        super().__init__(data)
        self.consortium = consortium
        self.full_clean()

    def events(self) -> QuerySet[Event, Any]:
        """Newest first, with member and actor."""
        found = events_of(self.consortium)
        if kind := self.given("kind"):
            found = found.filter(kind__in=kinds_in(kind))
        if capacity := self.given("capacity"):
            found = found.filter(capacity=capacity)
        if member := self.given("member"):
            found = found.filter(member__in=self._members(member))
        if who := self.given("who"):
            found = found.filter(actor__in=self._actors(who))
        if since := self.given("since"):
            found = found.filter(created_at__gte=start_of(since))
        if until := self.given("until"):
            found = found.filter(created_at__lt=end_of(until))
        return found.select_related("member", "actor").order_by("-pk")

    def _members(self, asked: str) -> QuerySet[Member, Any]:
        """By the member's address, as links have it, or by words of its name."""
        own = Member.objects.current_in(self.consortium)
        named = own
        for word in _words(asked):
            named = named.filter(search_key__contains=word)
        return own.filter(Q(slug=asked) | Q(pk__in=named.values("pk"))).values("pk")

    def _actors(self, asked: str) -> QuerySet[User, Any]:
        """By the name at ORCID, or by what the consortium's members know the person as."""
        own = Member.objects.current_in(self.consortium)
        known = Contact.objects.filter(member__in=own.values("pk"))
        named = User.objects.all()
        for word in _words(asked):
            known = known.filter(search_key__contains=word)
            named = named.filter(name__icontains=word)
        found = Q(orcid__in=known.values("orcid")) | Q(pk__in=named.values("pk"))
        return User.objects.filter(found).values("pk")


def events_of(consortium: Consortium) -> QuerySet[Event, Any]:
    """Of present and coming members, and of the consortium itself; of those that left, only what
    concerns the consortium."""
    members = Member.objects.current_in(consortium)
    return Event.objects.filter(Q(member__in=members.values("pk")) | Q(consortium=consortium))


def nothing_later(events: Iterable[Event], consortium: Consortium) -> list[Event]:
    """Of former members nothing later than the end (A3): their name is the one they had, and what
    happened since names no person. Three queries at most."""
    events = list(events)
    members = {event.member_id for event in events if event.member_id}
    periods = Membership.objects.filter(consortium=consortium, member__in=members)
    current = set(periods.current().values_list("member", flat=True))
    last = periods.order_by().values_list("member").annotate(last=Max("end"))
    ends = {member: end for member, end in last if member not in current}
    names = names_then(ends)
    for event in events:
        if event.member is None or event.member_id in current:
            continue
        key = event.member.pk
        end = ends.get(key)
        event.member.display_name = names.get(key, "?")
        event.is_of_former = True  # type: ignore[attr-defined]  # for the template
        if end is None or day_of(event.created_at) > end:
            event.personal = None
    return events


def _words(asked: str) -> list[str]:
    return text.search_key(asked).split()[:_MOST_WORDS]
