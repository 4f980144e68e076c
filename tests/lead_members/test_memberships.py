"""A manager ends a membership, undoes that, starts again (A4); former members are left alone (A3)."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django import Settings

from contacts.models import Mail
from contacts.services import memberships
from members.models import Event, Member, Membership
from tests.factories import make_contact, make_member
from tests.lead_members.desk import Managed, kinds_of, managed_desk
from tests.reading import said

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
TODAY = timezone.localdate()
LONG_AGO = TODAY - 400 * DAY


@pytest.fixture
def member(desk: Managed) -> Member:
    return make_member("Ambridge", desk.consortium)


def _end(desk: Managed, member: Member, **fields: Any) -> Any:
    data = {"end": TODAY + 30 * DAY, "reason": "Budget", **fields}
    return desk.post(f"memberships/{member.memberships.earliest('pk').pk}/end/", data)


def _keep(desk: Managed, member: Member) -> Any:
    return desk.post(f"memberships/{member.memberships.earliest('pk').pk}/keep/")


def _periods(member: Member) -> list[tuple[Any, Any, Any]]:
    found = Membership.objects.filter(member=member).order_by("pk")
    return list(found.values_list("consortium__name", "start", "end"))


def test_a4_a_membership_ends_on_a_day_with_a_reason(desk: Managed, member: Member) -> None:
    page = _end(desk, member)

    period = member.memberships.get()
    assert (period.end, period.end_reason) == (TODAY + 30 * DAY, "Budget")
    assert kinds_of(member) == [("membership_changed", "lead")]
    assert said(page)[0].startswith("The membership of Ambridge ends after ")


def test_the_last_day_may_be_today(desk: Managed, member: Member) -> None:
    _end(desk, member, end=TODAY)

    assert member.memberships.get().status == Membership.Status.ACTIVE


@pytest.mark.parametrize(
    ("fields", "field"), [({"end": TODAY - DAY}, "end"), ({"reason": "  "}, "reason")]
)
def test_an_end_in_the_past_or_without_a_reason_is_refused(
    desk: Managed, member: Member, fields: dict[str, Any], field: str
) -> None:
    page = _end(desk, member, **fields)

    assert list(page.context["form"].errors) == [field]
    assert member.memberships.get().end is None


def test_an_end_is_undone_until_it_has_come(desk: Managed, member: Member) -> None:
    _end(desk, member, end=TODAY)

    page = _keep(desk, member)

    period = member.memberships.get()
    assert (period.end, period.end_reason) == (None, "")
    assert said(page) == ["The membership of Ambridge goes on."]


def test_what_is_over_is_not_undone(desk: Managed) -> None:
    former = make_member("Former", desk.consortium, end=TODAY - DAY)

    page = _keep(desk, former)

    assert said(page) == ["This membership has ended already."]
    assert former.memberships.get().end == TODAY - DAY


def test_a_member_goes_on_directly_from_the_day_after(desk: Managed, member: Member) -> None:
    start = member.memberships.get().start

    _end(desk, member, goes_on_directly="on")

    last = TODAY + 30 * DAY
    assert _periods(member) == [("North Consortium", start, last), (None, last + DAY, None)]


def test_moving_or_undoing_the_end_takes_the_direct_membership_along(
    desk: Managed, member: Member
) -> None:
    start = member.memberships.get().start
    _end(desk, member, goes_on_directly="on")

    _end(desk, member, end=TODAY + DAY, goes_on_directly="on")
    moved = _periods(member)
    _keep(desk, member)

    assert moved == [("North Consortium", start, TODAY + DAY), (None, TODAY + 2 * DAY, None)]
    assert _periods(member) == [("North Consortium", start, None)]
    assert {kind for kind, _by in kinds_of(member)} == {"membership_changed", "membership_started"}


def test_changing_the_end_keeps_the_direct_membership_unless_it_is_unticked(
    desk: Managed, member: Member
) -> None:
    page = _end(desk, member, goes_on_directly="on")
    form = desk.get(f"memberships/{member.memberships.earliest('pk').pk}/end/").context["form"]

    assert said(page)[0].endswith("From the day after it is a direct member.")
    assert b"it is a direct member, of no consortium" in page.content
    assert form["goes_on_directly"].value() is True


def test_starting_again_is_proposed_for_the_first_free_day(desk: Managed, member: Member) -> None:
    _end(desk, member)

    form = desk.get(f"members/{member.slug}/start/").context["form"]

    assert form["start"].value() == TODAY + 31 * DAY


def test_the_members_contacts_are_told_of_the_end_and_of_its_undoing(
    desk: Managed, member: Member, settings: Settings
) -> None:
    person = make_contact(member, email="ann@ambridge.example")
    make_contact(member, email="left@ambridge.example", removed_at=timezone.now())
    last, kept = TODAY + 30 * DAY, settings.FORMER_MEMBER_DAYS * DAY

    _end(desk, member)
    _end(desk, member)  # the same once more: nothing new to tell
    _keep(desk, member)

    ends, goes_on = Mail.objects.order_by("pk")
    assert {ends.to, goes_on.to} == {person.email}
    assert ends.subject == "Ambridge: the membership ends"
    for body in (ends.text, ends.html):
        assert f"in North Consortium ends after {date_format(last, 'j F Y')}." in body
        assert "The reason given: Budget" in body
        assert f"You can read and export until {date_format(last + kept, 'j F Y')}" in body
    assert goes_on.subject == "Ambridge: the membership goes on"
    assert "its end has been taken back" in goes_on.text


def test_who_goes_on_directly_is_told_that_access_stays(desk: Managed, member: Member) -> None:
    make_contact(member, email="ann@ambridge.example")

    _end(desk, member, goes_on_directly="on")

    assert "it is a direct member, of no consortium" in Mail.objects.get().text
    assert "read and export" not in Mail.objects.get().text


def test_a_former_member_starts_again_with_a_new_period(desk: Managed) -> None:
    former = make_member("Former", desk.consortium, end=LONG_AGO)

    desk.post(f"members/{former.slug}/start/", {"start": TODAY})

    assert [(start, end) for _in, start, end in _periods(former)][1:] == [(TODAY, None)]
    assert kinds_of(former) == [("membership_started", "lead")]


def test_periods_do_not_overlap(desk: Managed, member: Member) -> None:
    page = desk.post(f"members/{member.slug}/start/", {"start": TODAY})

    assert "has a membership in that time already" in page.context["form"].non_field_errors()[0]
    assert member.memberships.count() == 1


def test_a4_other_desks_members_that_never_belonged_and_direct_ones_are_out_of_reach(
    desk: Managed, member: Member
) -> None:
    other = managed_desk("South Consortium")
    direct = Membership.objects.create(member=make_member("Direct"), start=TODAY)
    period = member.memberships.get()

    for membership, by in [(period, other.by), (direct, desk.by)]:
        with pytest.raises(PermissionDenied):
            memberships.end_membership(membership_id=membership.pk, end=TODAY, reason="x", by=by)
    with pytest.raises(PermissionDenied):
        memberships.start_again(
            member_id=direct.member_id, consortium=desk.consortium, start=TODAY, by=desk.by
        )
    assert other.client.get(other.url(f"memberships/{period.pk}/end/")).status_code == 404
    assert Event.objects.count() == 0


def test_two_managers_who_end_and_then_keep_are_each_heard(desk: Managed, member: Member) -> None:
    period = member.memberships.get()
    memberships.end_membership(membership_id=period.pk, end=TODAY, reason="x", by=desk.by)
    memberships.keep_membership(membership_id=period.pk, by=desk.by)

    memberships.keep_membership(membership_id=period.pk, by=desk.by)

    assert len(kinds_of(member)) == 2


def test_a_following_period_stands_in_the_way_of_undoing(desk: Managed, member: Member) -> None:
    _end(desk, member, end=TODAY)
    memberships.start_again(
        member_id=member.pk, consortium=desk.consortium, start=TODAY + DAY, by=desk.by
    )

    with pytest.raises(ValidationError, match="has a membership in that time already"):
        memberships.keep_membership(membership_id=member.memberships.earliest("pk").pk, by=desk.by)


def test_readers_see_the_periods_without_the_ways_to_change_them(
    desk: Managed, member: Member
) -> None:
    page = desk.reader.get(desk.url(f"members/{member.slug}/membership/")).content.decode()

    assert "Membership of North Consortium" in page
    assert "End it" not in page


def test_a3_a_former_members_page_says_nothing_later_than_its_end(desk: Managed) -> None:
    former = make_member("New Name", desk.consortium, end=LONG_AGO)
    make_contact(former, family_name="Later")
    south = managed_desk("South Consortium").consortium
    Membership.objects.create(member=former, consortium=south, start=TODAY)
    _renamed(former, "Old Name", "New Name", TODAY)
    _renamed(former, "Older Name", "Old Name", LONG_AGO - DAY)

    page = desk.get(f"members/{former.slug}/membership/").content.decode()

    assert "Old Name" in page
    assert [w for w in ["New Name", "Older Name", "Later", "South"] if w in page] == []


def _renamed(member: Member, old: str, new: str, day: datetime.date) -> None:
    noon = timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
    Event.objects.bulk_create(
        [
            Event(
                member=member,
                kind=Event.Kind.INFORMATION_CHANGED,
                changes={"fields": {"display_name": [old, new]}},
                capacity=Event.Capacity.CONTACT,
                created_at=noon,
            )
        ]
    )
