"""What changed since my last visit."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from contacts.models import DeskVisit
from contacts.services.visits import note_visit
from members.models import Event, Member
from portal.pages.lead import news
from tests.factories import make_member, make_user
from tests.lead_members.desk import Managed, managed_desk

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


def _happened(member: Member, ago: datetime.timedelta, **fields: Any) -> Event:
    defaults: dict[str, Any] = {"kind": "information_changed", "capacity": "contact"}
    event = Event(member=member, created_at=timezone.now() - ago, **defaults | fields)
    return Event.objects.bulk_create([event])[0]


def _was_here(desk: Managed, ago: datetime.timedelta) -> None:
    DeskVisit.objects.update_or_create(
        consortium=desk.consortium,
        user=desk.manager,
        defaults={"latest": timezone.now() - ago},
    )


def _news(desk: Managed) -> dict[str, list[Event]]:
    shown = desk.get("").context["news"].members
    return {group.member.display_name: group.events for group in shown}


def test_events_since_the_last_visit_are_shown_member_by_member(desk: Managed) -> None:
    alpha, beta = (make_member(name, desk.consortium) for name in ["Alpha", "Beta"])
    _was_here(desk, 5 * HOUR)
    _happened(alpha, 6 * HOUR)
    first = _happened(alpha, 4 * HOUR)
    second = _happened(beta, 3 * HOUR)
    third = _happened(alpha, 2 * HOUR)

    assert _news(desk) == {"Alpha": [third, first], "Beta": [second]}


def test_it_stays_for_the_visit_which_ends_after_half_an_hour_of_nothing(desk: Managed) -> None:
    member = make_member("Alpha", desk.consortium)
    _was_here(desk, 5 * HOUR)
    event = _happened(member, 4 * HOUR)
    DeskVisit.objects.update(before=timezone.now() - 9 * HOUR)

    during = _news(desk), _news(desk)
    _was_here(desk, HOUR / 2)
    afterwards = _news(desk)

    assert during == ({"Alpha": [event]}, {"Alpha": [event]})
    assert afterwards == {}


def test_a_visit_goes_on_while_something_is_done(desk: Managed) -> None:
    _was_here(desk, HOUR / 3)
    before = timezone.now() - 9 * HOUR
    DeskVisit.objects.update(before=before)

    assert note_visit(consortium=desk.consortium, user=desk.manager) == before
    assert timezone.now() - DeskVisit.objects.get().latest < HOUR / 60


def test_the_first_visit_shows_the_last_seven_days(desk: Managed) -> None:
    member = make_member("Alpha", desk.consortium)
    event = _happened(member, 6 * 24 * HOUR)
    _happened(member, 8 * 24 * HOUR)

    assert _news(desk) == {"Alpha": [event]}


def test_what_one_did_oneself_look_ups_and_other_consortia_are_left_out(desk: Managed) -> None:
    member = make_member("Alpha", desk.consortium)
    _happened(member, HOUR, actor=desk.manager, capacity="lead")
    _happened(member, HOUR, kind="address_looked_up")
    _happened(managed_desk("South Consortium").lead, HOUR)
    theirs = _happened(member, HOUR, actor=make_user())

    assert _news(desk) == {"Alpha": [theirs]}


def test_visits_are_each_persons_own(desk: Managed) -> None:
    member = make_member("Alpha", desk.consortium)
    _happened(member, 6 * HOUR)
    _was_here(desk, 5 * HOUR)

    theirs = desk.reader.get(desk.url()).context["news"].members

    assert _news(desk) == {}
    assert [group.member for group in theirs] == [member]


def test_it_is_capped_and_leads_to_the_history_of_that_time(
    desk: Managed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "MOST_MEMBERS", 1)
    alpha, beta = (make_member(name, desk.consortium) for name in ["Alpha", "Beta"])
    _happened(beta, HOUR)
    for _number in range(news.MOST_OF_ONE + 2):
        _happened(alpha, HOUR)
    day = (timezone.now() - news.FIRST_VISIT).date().isoformat()

    page = desk.get("")
    html = page.content.decode()

    assert [group.more for group in page.context["news"].members] == [2]
    assert f"{desk.url('history/')}?member=alpha&amp;since={day}" in html
    assert f'{desk.url("history/")}?since={day}">There is more' in html
