"""R4: who votes for a member, now and on a day in the past."""

import datetime

import pytest
from django.utils import timezone

from contacts.models import Contact, Role, User
from contacts.services import leaving, roles
from contacts.services.retention import erase_former_contact
from members.actors import Actor
from members.models import Event, Member
from tests.api.calling import Caller, desk_caller, member_caller
from tests.factories import make_contact, make_member
from tests.lead.desk import make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> "Clock":
    return Clock(monkeypatch)


class Clock:
    """Sets the day on which things happen."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def set(self, day: str) -> None:
        noon = datetime.datetime.fromisoformat(f"{day}T12:00:00+00:00")
        self.monkeypatch.setattr(timezone, "now", lambda: noon)
        for model in (Contact, Event):
            field = model._meta.get_field("created_at")
            self.monkeypatch.setitem(field.__dict__, "_get_default", lambda: noon)


def votes(caller: Caller, **query: str) -> list[tuple[str, str | None, bool]]:
    rows = caller.get("voting-contacts/", **query).json()["results"]
    return [
        (row["member"], row["contact"] and row["contact"]["display_name"], row["stands_in"])
        for row in rows
    ]


def test_voter_is_given_whole(caller: Caller, member: Member, main: Contact) -> None:
    body = caller.get("voting-contacts/").json()

    assert body["results"] == [
        {
            "member": "alpha",
            "member_id": member.pk,
            "display_name": "Alpha",
            "contact_id": main.pk,
            "contact": {
                "id": main.pk,
                "display_name": "Mai Main",
                "email": "mai@alpha.example",
                "orcid": f"http://127.0.0.1:9/{main.orcid}",
            },
            "stands_in": True,
        }
    ]


def test_member_without_voter_is_listed_with_none() -> None:
    desk = make_desk()
    make_member("Beta", desk.consortium)

    listed = votes(desk_caller(desk.reader, desk.consortium))

    assert listed == [("lead-of-north-consortium", "Lead Aaron", True), ("beta", None, False)]


def test_r4_voter_as_of_a_day(caller: Caller, member: Member, user: User, clock: Clock) -> None:
    by = Actor.contact(user)
    clock.set("2030-03-01")
    ada = make_contact(member, given_names="Ada", family_name="A")
    clock.set("2030-03-02")
    roles.set_roles(contact_id=ada.pk, version=1, roles=["voting"], by=by)
    clock.set("2030-03-04")
    leaving.remove_contact(contact_id=ada.pk, by=by)
    clock.set("2030-03-05")
    bob = make_contact(member, [Role.OTHER], given_names="Bob", family_name="B")
    roles.set_roles(contact_id=bob.pk, version=1, roles=["voting", "comms"], by=by)
    clock.set("2030-03-06")
    caller = fresh(caller, user, member)

    answers = [votes(caller, on=f"2030-03-0{day}")[0][1:] for day in range(1, 7)]

    assert answers == [
        ("Mai Main", True),
        ("Ada A", False),
        ("Ada A", False),
        ("Mai Main", True),
        ("Bob B", False),
        ("Bob B", False),
    ]
    assert votes(caller) == [("alpha", "Bob B", False)]


def fresh(caller: Caller, user: User, member: Member) -> Caller:
    return member_caller(user, member)


def test_r4_main_as_of_a_day_after_a_hand_over(
    caller: Caller, member: Member, user: User, clock: Clock
) -> None:
    clock.set("2030-03-01")
    ada = make_contact(member, given_names="Ada", family_name="A")
    clock.set("2030-03-02")
    roles.hand_over(member_id=member.pk, role=Role.MAIN, to_id=ada.pk, by=Actor.system())
    clock.set("2030-03-03")
    caller = fresh(caller, user, member)

    assert votes(caller, on="2030-03-01") == [("alpha", "Mai Main", True)]
    assert votes(caller, on="2030-03-02") == [("alpha", "Ada A", True)]


def test_h4_erased_voter_is_still_counted_and_not_named(
    caller: Caller, member: Member, user: User, clock: Clock
) -> None:
    clock.set("2030-03-01")
    ada = make_contact(member, given_names="Ada", family_name="A")
    roles.set_roles(contact_id=ada.pk, version=1, roles=["voting"], by=Actor.contact(user))
    clock.set("2030-03-03")
    leaving.remove_contact(contact_id=ada.pk, by=Actor.contact(user))
    erase_former_contact(contact_id=ada.pk, by=Actor.system())
    caller = fresh(caller, user, member)

    [row] = caller.get("voting-contacts/", on="2030-03-01").json()["results"]

    assert (row["contact_id"], row["contact"], row["stands_in"]) == (ada.pk, None, False)


def test_day_to_come_is_refused(caller: Caller) -> None:
    body = caller.get("voting-contacts/", on="2999-01-01").json()

    assert body["errors"] == [
        {"field": "on", "detail": "That day is still to come.", "code": "invalid"}
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_rows(rows: int, django_assert_num_queries) -> None:
    desk = make_desk()
    for number in range(rows - 1):
        make_contact(make_member(f"Member {number}", desk.consortium), [Role.MAIN])
    caller = desk_caller(desk.reader, desk.consortium)
    caller.get("events/")

    # the token, its person's reach; the members, who holds the roles
    with django_assert_num_queries(4):
        listed = votes(caller)
    # the token, its person's reach; the members; events, roles, contacts
    with django_assert_num_queries(6):
        votes(caller, on=str(timezone.localdate()))

    assert len(listed) == rows
