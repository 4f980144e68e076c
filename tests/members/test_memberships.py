"""Membership periods and the lead: the consortium's to decide; periods never overlap."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from members.actors import Actor
from members.models import Consortium, Event, Identifier, Member, Membership
from members.services.memberships import (
    correct_membership,
    end_membership,
    name_consortium_lead,
    start_membership,
)
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.members.people import last_event

TODAY = timezone.localdate()


def day(offset: int) -> datetime.date:
    return TODAY + datetime.timedelta(days=offset)


@pytest.fixture
def operator(db: None) -> Actor:
    return Actor.operator(make_user(orcid=None))


def contact_actor(member: Member) -> Actor:
    return Actor.contact(make_user(orcid=make_contact(member).orcid))


def period(member: Member) -> Membership:
    return member.memberships.get()


def test_a_period_starts_with_its_event(consortium: Consortium, operator: Actor) -> None:
    member = make_member("Newcomer")

    membership = start_membership(
        member_id=member.pk, consortium=consortium, start=day(0), by=operator
    )

    event = last_event(member)
    assert membership.status == Membership.Status.ACTIVE
    assert (event.kind, event.consortium) == (Event.Kind.MEMBERSHIP_STARTED, consortium)
    assert event.changes == {
        "membership": membership.pk,
        "consortium": consortium.name,
        "start": TODAY.isoformat(),
        "end": None,
        "reason": "",
        "member_version": 2,
    }


@pytest.mark.parametrize(
    ("start", "end", "new"),
    [
        (-100, None, 0),
        (-100, None, -200),
        (None, None, 0),
        (-100, 0, 0),  # the last day counts
        (-100, 30, 10),
        (None, -10, None),  # unknown starts are both long ago
        (30, None, None),
    ],
)
def test_periods_do_not_overlap(
    consortium: Consortium, operator: Actor, start: int | None, end: int | None, new: int | None
) -> None:
    dates: dict[str, Any] = {
        "start": None if start is None else day(start),
        "end": None if end is None else day(end),
    }
    member = make_member("Once", consortium, **dates)

    with pytest.raises(ValidationError) as refused:
        start_membership(
            member_id=member.pk,
            consortium=make_consortium(),
            start=None if new is None else day(new),
            by=operator,
        )

    assert [error.code for error in refused.value.error_list] == ["overlap"]
    assert member.memberships.count() == 1


def test_a_period_may_start_on_the_day_after_another(
    consortium: Consortium, operator: Actor
) -> None:
    member = make_member("Moves", consortium, end=day(0))

    start_membership(member_id=member.pk, consortium=None, start=day(1), by=operator)

    assert [p.consortium for p in member.memberships.order_by("pk")] == [consortium, None]


def test_joining_with_an_identifier_that_a_member_has_is_refused(
    consortium: Consortium, member: Member, operator: Actor
) -> None:
    newcomer = make_member("Newcomer")
    for one in (member, newcomer):
        Identifier.objects.create(member=one, scheme="grid", value="grid.7870.8")

    with pytest.raises(ValidationError) as refused:
        start_membership(member_id=newcomer.pk, consortium=consortium, start=day(0), by=operator)

    assert [error.code for error in refused.value.error_list] == ["taken"]


def test_a_period_ends_on_its_last_day_with_a_reason(member: Member, operator: Actor) -> None:
    end_membership(membership_id=period(member).pk, end=day(5), reason=" Closed ", by=operator)

    event = last_event(member)
    assert (period(member).end, period(member).end_reason) == (day(5), "Closed")
    assert (event.kind, event.changes["end"]) == (Event.Kind.MEMBERSHIP_CHANGED, str(day(5)))


def test_an_end_before_the_start_is_refused(consortium: Consortium, operator: Actor) -> None:
    member = make_member("Early", consortium, start=day(0))

    with pytest.raises(ValidationError) as refused:
        end_membership(membership_id=period(member).pk, end=day(-1), reason="", by=operator)

    assert refused.value.message_dict == {"end": ["The end must not lie before the start."]}


def test_what_has_ended_cannot_be_ended_again(consortium: Consortium, operator: Actor) -> None:
    member = make_member("Over", consortium, end=day(-1))

    with pytest.raises(ValidationError) as refused:
        end_membership(membership_id=period(member).pk, end=day(1), reason="", by=operator)

    assert [error.code for error in refused.value.error_list] == ["ended"]


def test_the_operator_puts_an_unknown_start_right(consortium: Consortium, operator: Actor) -> None:
    member = make_member("Gap", consortium, start=None)

    correct_membership(
        membership_id=period(member).pk, start=day(-9), end=None, reason="", by=operator
    )

    assert (period(member).start, last_event(member).changes["start"]) == (day(-9), str(day(-9)))


def test_correcting_nothing_writes_nothing(member: Member, operator: Actor) -> None:
    now = period(member)

    correct_membership(
        membership_id=now.pk, start=now.start, end=now.end, reason=now.end_reason, by=operator
    )

    assert list(member.events.all()) == []


def test_a_correction_does_not_make_periods_overlap(
    consortium: Consortium, operator: Actor
) -> None:
    member = make_member("Twice", consortium, start=day(-50), end=day(-20))
    member.memberships.create(consortium=consortium, start=day(-10))
    first = member.memberships.get(end=day(-20))

    with pytest.raises(ValidationError) as refused:
        correct_membership(
            membership_id=first.pk, start=first.start, end=day(-5), reason="", by=operator
        )

    assert [error.code for error in refused.value.error_list] == ["overlap"]


def test_a_current_member_becomes_lead(
    consortium: Consortium, member: Member, operator: Actor
) -> None:
    name_consortium_lead(consortium_id=consortium.pk, member_id=member.pk, by=operator)

    event = last_event(member)
    assert Consortium.objects.get(pk=consortium.pk).lead == member
    assert (event.kind, event.consortium) == (Event.Kind.CONSORTIUM_CHANGED, consortium)
    assert event.changes == {"fields": {"lead": ["", member.slug]}, "member_version": 2}


def test_only_a_current_member_becomes_lead(consortium: Consortium, operator: Actor) -> None:
    former = make_member("Former", consortium, end=day(-1))

    with pytest.raises(ValidationError):
        name_consortium_lead(consortium_id=consortium.pk, member_id=former.pk, by=operator)

    assert Consortium.objects.get(pk=consortium.pk).lead is None


def test_a_contact_decides_none_of_it(consortium: Consortium, member: Member) -> None:
    by = contact_actor(member)
    pk = period(member).pk
    former = make_member("Former", consortium, end=day(-1))

    with pytest.raises(PermissionDenied):
        start_membership(member_id=former.pk, consortium=consortium, start=day(0), by=by)
    with pytest.raises(PermissionDenied):
        end_membership(membership_id=pk, end=day(0), reason="", by=by)
    with pytest.raises(PermissionDenied):
        correct_membership(membership_id=pk, start=None, end=None, reason="", by=by)
    with pytest.raises(PermissionDenied):
        name_consortium_lead(consortium_id=consortium.pk, member_id=member.pk, by=by)
