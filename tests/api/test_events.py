"""The event feed: nothing is missed, nothing is told to whom it does not concern (H3, H4, A2, A3)."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from contacts.models import Contact, User
from contacts.services import leaving, roles
from members.actors import Actor
from members.models import Consortium, Event, Member, Membership
from members.services.erasure import erase_personal
from members.services.information import edit_information
from tests.api.calling import Caller, assert_problem, desk_caller
from tests.factories import make_contact, make_member
from tests.lead.desk import make_desk

pytestmark = pytest.mark.django_db


def edit(member: Member, city: str) -> Event:
    edit_information(member_id=member.pk, version=None, by=Actor.system(), city=city)
    return Event.objects.latest("pk")


def cities(page: Any) -> list[str]:
    rows = page.json()["results"]
    return [row["changes"]["fields"]["city"][1] for row in rows if "fields" in row["changes"]]


def test_event_is_given_whole(caller: Caller, member: Member, main: Contact, user: User) -> None:
    contact = make_contact(member, given_names="Ada", family_name="Lovelace")
    roles.set_roles(contact_id=contact.pk, version=1, roles=["voting"], by=Actor.contact(user))
    event = Event.objects.latest("pk")

    body = caller.get("events/", after=event.pk - 1).json()

    assert body == {
        "results": [
            {
                "id": event.pk,
                "kind": "roles_changed",
                "member": "alpha",
                "member_id": member.pk,
                "consortium": None,
                "changes": {
                    "contact": contact.pk,
                    "contact_version": 2,
                    "roles": [["other"], ["voting"]],
                },
                "personal": {"name": "Ada Lovelace"},
                "actor": {"id": user.username, "name": "Mai Main"},
                "capacity": "contact",
                "created_at": event.created_at.isoformat().replace("+00:00", "Z"),
            }
        ],
        "next": event.pk,
    }


def test_h3_cursor_leads_through_all_events_in_their_order(caller: Caller, member: Member) -> None:
    start = caller.get("events/").json()["next"]
    written = [f"City {number}" for number in range(5)]
    for city in written:
        edit(member, city)

    seen: list[str] = []
    for _ in range(4):
        page = caller.get("events/", after=start, limit=2)
        seen += cities(page)
        start = page.json()["next"]

    assert seen == written
    assert start == Event.objects.latest("pk").pk


def test_cursor_is_given_also_when_nothing_happened(caller: Caller, member: Member) -> None:
    latest = edit(member, "Leeds").pk

    nothing = caller.get("events/", after=latest).json()

    assert nothing == {"results": [], "next": latest}


def test_cursor_passes_over_what_is_not_the_readers(caller: Caller) -> None:
    elsewhere = edit(make_member("Elsewhere"), "Secret")

    page = caller.get("events/", after=elsewhere.pk - 1).json()

    assert page == {"results": [], "next": elsewhere.pk}


def test_a_thousand_events_are_the_most(
    caller: Caller, member: Member, django_assert_num_queries
) -> None:
    rows = [Event(member=member, kind="confirmed", capacity="system") for _ in range(1001)]
    with transaction.atomic():
        Event.append(*rows)
    caller.get("voting-contacts/")  # notes the use of the token

    # the token, its person's reach; the head of the feed, the events
    with django_assert_num_queries(4):
        page = caller.get("events/", after=rows[0].pk - 1, limit=5000).json()

    assert (len(page["results"]), page["next"]) == (1000, rows[999].pk)


def test_filters_combine() -> None:
    desk = make_desk()
    beta, gamma = make_member("Beta", desk.consortium), make_member("Gamma", desk.consortium)
    edit(beta, "Leeds")
    edit(gamma, "Bath")
    leaving.remove_contact(contact_id=make_contact(beta).pk, by=Actor.system())
    caller = desk_caller(desk.reader, desk.consortium)

    assert cities(caller.get("events/", kind="information_changed")) == ["Leeds", "Bath"]
    assert cities(caller.get("events/", member="beta", kind="information_changed")) == ["Leeds"]
    assert cities(caller.get("events/", member="beta", kind="contact_removed")) == []
    assert caller.get("events/", member="nobody").status_code == 404


@pytest.mark.parametrize(
    "query", [{"after": "-1"}, {"after": "x"}, {"after": "9" * 30}, {"limit": "0"}, {"kind": "x"}]
)
def test_question_that_makes_no_sense_is_refused(caller: Caller, query: dict[str, str]) -> None:
    body = caller.get("events/", **query).json()

    assert [error["field"] for error in body["errors"]] == list(query)


def test_a3_of_a_former_member_nothing_later_than_its_end_but_erasures() -> None:
    desk = make_desk()
    beta = make_member("Beta", desk.consortium)
    during = edit(beta, "Leeds")
    today = timezone.localdate()
    Membership.objects.filter(member=beta).update(end=today)
    on_the_last_day = cities(caller_of(desk).get("events/"))
    Membership.objects.filter(member=beta).update(end=today - datetime.timedelta(days=1))

    erase_personal(events=Event.objects.filter(pk=during.pk), by=Actor.system())
    edit(beta, "Secret")
    erase_personal(
        events=Event.objects.none(), by=Actor.system(), also={beta.pk: {"contacts": [1]}}
    )

    rows = caller_of(desk).get("events/").json()["results"]
    assert on_the_last_day == ["Leeds"]
    assert [row["kind"] for row in rows if row["member"] == "beta"] == ["erased"]


def caller_of(desk: Any) -> Caller:
    return desk_caller(desk.reader, desk.consortium)


def test_what_happened_to_the_consortium_is_for_its_desk_alone(caller: Caller) -> None:
    desk = make_desk("South Consortium")
    token_made = caller_of(desk)

    of_desk = token_made.get("events/", kind="token_made").json()["results"]
    of_member = caller.get("events/", kind="token_made").json()["results"]

    assert [row["consortium"] for row in of_desk] == ["south-consortium"]
    assert [row["member"] for row in of_member] == ["alpha"]


def test_h4_erasure_empties_and_is_told(
    caller: Caller, member: Member, consortium: Consortium
) -> None:
    contact = make_contact(member, given_names="Ada", family_name="Lovelace")
    leaving.remove_contact(contact_id=contact.pk, by=Actor.system())
    removed = Event.objects.latest("pk")

    number = erase_personal(
        events=Event.objects.filter(changes__contact=contact.pk),
        by=Actor.system(),
        also={member.pk: {"contacts": [contact.pk]}},
    )

    rows = caller.get("events/", after=removed.pk - 1).json()["results"]
    assert number == 1
    assert [(row["kind"], row["personal"]) for row in rows] == [
        ("contact_removed", None),
        ("erased", None),
    ]
    assert rows[0]["changes"]["roles"] == [["other"], []]
    assert rows[1]["changes"] == {"events": [removed.pk], "contacts": [contact.pk]}


def test_h4_contact_erases_nothing(user: User) -> None:
    with pytest.raises(PermissionDenied):
        erase_personal(events=Event.objects.all(), by=Actor.contact(user))


@pytest.mark.parametrize("rows", [1, 3])
def test_feed_queries_do_not_grow_with_rows(
    caller: Caller, member: Member, rows: int, django_assert_num_queries
) -> None:
    start = caller.get("events/").json()["next"]
    for number in range(rows):
        edit(member, f"City {number}")

    # the token, its person's reach; the head of the feed, the events
    with django_assert_num_queries(4):
        page = caller.get("events/", after=start)

    assert len(page.json()["results"]) == rows


def test_unsigned_reader_is_refused() -> None:
    assert_problem(Caller().get("events/"), 401, "Authentication credentials were not provided.")
