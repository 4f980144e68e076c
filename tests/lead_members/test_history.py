"""The consortium's history: which events, which filters, page by page, as a file (A3, H5)."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from members.models import Event, Member
from tests.factories import make_contact, make_member, make_user
from tests.lead.desk import read_csv
from tests.lead_members.desk import Managed, managed_desk

pytestmark = pytest.mark.django_db
# Writing an event takes the feed's lock on PostgreSQL (H3).
FEED_LOCKED = connection.vendor == "postgresql"
LONG_AGO = timezone.localdate() - datetime.timedelta(days=400)


def _event(member: Member | None = None, **fields: Any) -> Event:
    defaults: dict[str, Any] = {"kind": "information_changed", "capacity": "contact"}
    return Event.objects.bulk_create([Event(member=member, **defaults | fields)])[0]


def _noon(day: str) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.fromisoformat(f"{day}T12:00"))


def _shown(desk: Managed, **query: str) -> list[Event]:
    events: list[Event] = desk.get("history/", **query).context["events"]
    return events


@pytest.fixture
def member(desk: Managed) -> Member:
    return make_member("Ambridge", desk.consortium)


def test_it_holds_events_of_present_members_and_of_the_consortium(
    desk: Managed, member: Member
) -> None:
    other = managed_desk("South Consortium")
    former = make_member("Former", desk.consortium, end=LONG_AGO)
    of_member = _event(member)
    of_consortium = _event(consortium=desk.consortium, kind="consortium_changed")
    for elsewhere in [other.lead, former]:
        _event(elsewhere)
    _event(consortium=other.consortium, kind="consortium_changed")

    assert _shown(desk) == [of_consortium, of_member]


def test_a_group_of_kinds_is_read_together(desk: Managed, member: Member) -> None:
    roles = _event(member, kind="roles_changed")
    added = _event(member, kind="contact_added")
    _event(member, kind="round_started")

    assert _shown(desk, kind="contacts") == [added, roles]


def test_filters_combine(desk: Managed, member: Member) -> None:
    person = make_contact(member, given_names="Zoë", family_name="Müller")
    zoe = make_user(person.orcid)
    right = _event(member, actor=zoe, kind="roles_changed", created_at=_noon("2025-03-02"))
    _event(member, actor=zoe, kind="roles_changed", created_at=_noon("2025-03-03"))
    _event(member, actor=zoe, created_at=_noon("2025-03-02"))
    _event(member, kind="roles_changed", created_at=_noon("2025-03-02"))
    _event(desk.lead, actor=zoe, kind="roles_changed", created_at=_noon("2025-03-02"))
    day = {"since": "2025-03-02", "until": "2025-03-02"}

    assert _shown(desk, member="ambr", who="muller", kind="roles_changed", **day) == [right]


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"member": "ambridge"}, 1),
        ({"member": "somewhere-else"}, 0),
        ({"who": "desk abel"}, 1),
        ({"who": "nobody"}, 0),
        ({"capacity": "lead"}, 1),
        ({"capacity": "import"}, 0),
        ({"kind": "information_changed"}, 1),
        ({"kind": "nonsense"}, 1),
        ({"since": "2025-03-03"}, 0),
        ({"until": "2025-03-01"}, 0),
    ],
)
def test_each_filter_narrows(
    desk: Managed, member: Member, query: dict[str, str], number: int
) -> None:
    reader = make_user(name="Desk Abel")
    _event(member, actor=reader, capacity="lead", created_at=_noon("2025-03-02"))

    assert len(_shown(desk, **query)) == number


def test_pages_go_on_by_key(desk: Managed, member: Member) -> None:
    events = [_event(member) for _number in range(52)]

    first = desk.get("history/")
    second = desk.get("history/", before=str(first.context["older"]))

    assert [*first.context["events"], *second.context["events"]] == events[::-1]
    assert second.context["older"] is None


def test_a3_of_former_members_no_person_is_named_after_the_end(desk: Managed) -> None:
    former = make_member("New Name", desk.consortium, end=LONG_AGO)
    renamed = {"fields": {"display_name": ["Old Name", "New Name"]}}
    _event(former, changes=renamed)
    here: dict[str, Any] = {"consortium": desk.consortium, "kind": "desk_changed"}
    later = _event(former, personal={"name": "Later Person"}, **here)
    before = LONG_AGO - datetime.timedelta(days=1)
    earlier = _event(
        former, personal={"name": "Earlier Person"}, created_at=_noon(before.isoformat()), **here
    )

    page = desk.get("history/")
    file = read_csv(desk.get("history.csv"))

    text = page.content.decode() + str(file)
    assert page.context["events"] == [earlier, later]
    assert [word for word in ["Later Person", "New Name"] if word in text] == []
    assert [word for word in ["Earlier Person", "Old Name"] if word not in text] == []


def test_the_file_has_what_the_filter_leaves_and_no_formulas(desk: Managed, member: Member) -> None:
    _event(desk.lead)
    _event(
        member,
        changes={"fields": {"website": ["https://a.example", "https://b.example"]}},
        actor=make_user(name="=Zoë"),
        created_at=_noon("2025-03-02"),
    )

    header, *rows = read_csv(desk.get("history.csv", member="ambridge"))

    assert header == ["When", "Member", "Kind", "Who", "As", "What"]
    assert rows == [
        [
            "2025-03-02T12:00:00+00:00",
            "Ambridge",
            "Information changed",
            "'=Zoë",
            "contact",
            "Website: https://a.example → https://b.example",
        ]
    ]


def test_its_export_is_an_event(desk: Managed, member: Member) -> None:
    _event(member)

    read_csv(desk.get("history.csv", member="ambridge", who="somebody"))

    event = Event.objects.latest("pk")
    assert (event.kind, event.consortium, event.actor) == (
        "exported",
        desk.consortium,
        desk.manager,
    )
    assert event.changes == {
        "list": "history",
        "layout": "csv",
        "rows": 0,
        "filter": {"member": "ambridge"},
    }
    assert event.personal == {"who": "somebody"}


def test_nonsense_gives_no_file(desk: Managed) -> None:
    response = desk.get("history.csv", since="never")

    assert response["Location"] == desk.url("history/?since=never")


@pytest.mark.parametrize("number", [1, 3])
def test_query_counts_do_not_grow(desk: Managed, number: int, django_assert_num_queries) -> None:
    for place in range(number):
        _event(make_member(f"M{place}", desk.consortium), actor=make_user())
        former = make_member(f"F{place}", desk.consortium, end=LONG_AGO)
        _event(former, consortium=desk.consortium)

    # session, user, desk, events with members and actors; of former members: who is current, the
    # ends, the names, later events; menu: members, desks
    with django_assert_num_queries(10):
        desk.get("history/")
    # session, user, desk, the newest, their number; desk again and the event in a transaction of
    # its own; events, the same four, and that there are no more
    with django_assert_num_queries(15 + FEED_LOCKED):
        read_csv(desk.get("history.csv"))
