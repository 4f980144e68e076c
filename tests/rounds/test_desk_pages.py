"""Rounds on the lead desk: started by managers or the calendar, followed, closed (A4)."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from contacts.models import ConfirmationRound
from contacts.services import round_steps, rounds
from contacts.tasks import start_yearly_rounds
from members.models import Event
from tests.rounds.conftest import (
    Clock,
    Scene,
    confirm,
    days_pass,
    make_org,
    signed_in,
    user_of,
)


def test_a_manager_starts_a_round_and_lands_on_its_progress(scene: Scene) -> None:
    make_org(scene)
    client = signed_in(scene.manager)

    response = client.post(scene.address("start/"))

    begun = ConfirmationRound.objects.get()
    assert response["Location"] == scene.address(f"{begun.pk}/")
    assert begun.started_by == user_of(scene.manager)
    assert begun.confirmations.count() == 2  # the lead is a member too


def test_a_second_round_waits_for_the_first_to_be_closed(scene: Scene) -> None:
    client = signed_in(scene.manager)
    client.post(scene.address("start/"))

    again = client.post(scene.address("start/"), follow=True)

    assert "A round is open already." in again.content.decode()
    assert ConfirmationRound.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        ConfirmationRound.objects.create(consortium=scene.consortium)


def test_readers_follow_and_change_nothing(scene: Scene) -> None:
    begun = scene.start()
    client = signed_in(scene.reader)

    pages = [client.get(scene.address(page)).status_code for page in ("", f"{begun.pk}/")]
    posts = [
        client.post(scene.address(page)).status_code
        for page in ("start/", "month/", f"{begun.pk}/close/")
    ]

    assert (pages, posts) == ([200, 200], [403, 403, 403])
    assert b'<form method="post" action="/lead/' not in client.get(scene.address()).content


def test_the_newest_round_stands_first(scene: Scene) -> None:
    early = scene.start()
    rounds.close_round(round_id=early.pk, by=scene.by)
    late = scene.start()

    page = signed_in(scene.manager).get(scene.address())

    assert list(page.context["page"].items) == [late, early]


def test_another_consortiums_round_is_not_there(scene: Scene) -> None:
    begun = scene.start()
    address = scene.address(f"{begun.pk}/")
    ConfirmationRound.objects.filter(pk=begun.pk).update(
        consortium=type(scene.consortium).objects.create(name="Other", slug="other")
    )
    client = signed_in(scene.manager)

    assert client.get(address).status_code == 404
    assert client.post(f"{address}close/").status_code == 404


def test_progress_tells_asked_reminded_confirmed_and_by_whom(scene: Scene) -> None:
    slow, quick = make_org(scene, "Slow University"), make_org(scene, "Quick University")
    begun = scene.start()
    round_steps.advance()
    confirm(signed_in(quick.tech), quick.member)
    days_pass(7)
    client = signed_in(scene.reader)

    page = client.get(scene.address(f"{begun.pk}/"))
    only = client.get(scene.address(f"{begun.pk}/"), {"state": "main"})

    counts = {name: number for name, _label, number in page.context["states"]}
    assert counts == {"waiting": 0, "main": 2, "others": 0, "lead": 0, "confirmed": 1}
    rows = {row["confirmation"].member: row for row in page.context["rows"]}
    assert (rows[quick.member]["state"], str(rows[quick.member]["by"])) == ("confirmed", "Tec Nik")
    assert rows[slow.member]["confirmation"].reminded_at is not None
    assert [row["confirmation"].member for row in only.context["rows"]] == [
        scene.lead,
        slow.member,
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow(scene: Scene, django_assert_num_queries, number: int) -> None:
    for _more in range(number):
        confirm(signed_in((org := make_org(scene, "")).main), org.member)
    begun = scene.start()
    begun.confirmations.update(confirmed_by=user_of(scene.reader), confirmed_at=timezone.now())
    client = signed_in(scene.manager)

    # session, user, desk, the round, how many in each state, the rows, how many, their names,
    # the desk's names, the menu (2)
    with django_assert_num_queries(11):
        client.get(scene.address(f"{begun.pk}/"))
    # session, user, desk, the rounds, how many, whether one is open, the desk's names, the menu (2)
    with django_assert_num_queries(9):
        client.get(scene.address())


def test_the_month_is_the_managers_to_set(scene: Scene) -> None:
    client = signed_in(scene.manager)

    client.post(scene.address("month/"), {"month": "3"})
    client.post(scene.address("month/"), {"month": "3"})
    wrong = client.post(scene.address("month/"), {"month": "13"})

    scene.consortium.refresh_from_db()
    assert (scene.consortium.round_month, wrong.status_code) == (3, 200)
    event = Event.objects.get()
    assert event.changes == {"fields": {"round_month": [None, 3]}}
    client.post(scene.address("month/"), {"month": ""})
    scene.consortium.refresh_from_db()
    assert scene.consortium.round_month is None


def test_in_its_month_a_round_starts_by_itself_once(scene: Scene, at: Clock) -> None:
    type(scene.consortium).objects.update(round_month=3)
    started = []

    for day in ["2026-02-28", "2026-03-01", "2026-03-02", "2026-03-31", "2026-04-01"]:
        at(datetime.datetime.fromisoformat(f"{day}T08:00:00+00:00"))
        start_yearly_rounds()
        started.append(ConfirmationRound.objects.count())

    assert started == [0, 1, 1, 1, 1]
    event = Event.objects.get(kind=Event.Kind.ROUND_STARTED)
    assert (event.capacity, event.actor) == ("system", None)


def test_the_next_years_round_closes_one_that_was_left_open(scene: Scene, at: Clock) -> None:
    type(scene.consortium).objects.update(round_month=3)
    at(datetime.datetime(2026, 3, 1, 8, tzinfo=datetime.UTC))
    start_yearly_rounds()
    at(datetime.datetime(2027, 3, 1, 8, tzinfo=datetime.UTC))

    start_yearly_rounds()

    new, old = ConfirmationRound.objects.all()
    assert (new.closed_at, old.closed_at) == (None, timezone.now())


def test_a_round_that_a_manager_started_recently_is_this_years(scene: Scene, at: Clock) -> None:
    type(scene.consortium).objects.update(round_month=3)
    at(datetime.datetime(2026, 2, 10, 8, tzinfo=datetime.UTC))
    rounds.close_round(round_id=scene.start().pk, by=scene.by)
    at(datetime.datetime(2026, 3, 1, 8, tzinfo=datetime.UTC))

    start_yearly_rounds()

    assert ConfirmationRound.objects.count() == 1
