"""A member's overview: what is public, who the contacts are, what is missing, what changed."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from contacts.models import AgreementRecord, Contact, Role
from members.actors import Actor
from members.models import Event, Identifier, Member
from members.services import information
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.lead.desk import client_of, make_desk, read_csv

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def member() -> Member:
    return make_member("Alpha University", make_consortium(helpdesk_email="help@north.example"))


def _signed_in(contact: Contact) -> Client:
    return client_of(make_user(orcid=contact.orcid, name=contact.display_name))


def _read(client: Client, member: Member) -> Any:
    return client.get(f"/tools/{member.slug}/")


def test_siblings_and_strangers_get_404(member: Member) -> None:
    sibling = make_member("Sibling", member.memberships.get().consortium)

    for address in [f"/tools/{member.slug}/", f"/tools/{member.slug}/contacts.csv"]:
        assert _signed_in(make_contact(sibling)).get(address).status_code == 404
        assert client_of(make_user()).get(address).status_code == 404


def test_public_facts_are_shown_with_a_link_to_the_public_page(member: Member) -> None:
    Identifier.objects.create(
        member=member, scheme="ror", value="https://ror.org/05a28rw58", preferred=True
    )

    page = _read(_signed_in(make_contact(member)), member).content.decode()

    assert 'href="/directory/alpha-university/"' in page
    assert "https://ror.org/05a28rw58" in page


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"start": TODAY + datetime.timedelta(days=3)}, "appears when the membership starts"),
        ({"end": TODAY - datetime.timedelta(days=3)}, "this membership has ended"),
    ],
)
def test_member_that_is_not_public_says_why(days: dict[str, datetime.date], words: str) -> None:
    member = make_member("Hidden", make_consortium(), **days)

    page = _read(_signed_in(make_contact(member)), member).content.decode()

    assert words in page
    assert 'href="/directory/hidden/"' not in page


def test_contacts_stand_in_the_order_of_their_roles_with_who_votes(member: Member) -> None:
    client = _signed_in(make_contact(member, [Role.OTHER], family_name="A"))
    make_contact(member, [Role.MAIN], family_name="B")

    rows = _read(client, member).context["contacts"]

    told = [
        (row["contact"].family_name, row["votes"], row["contact"].has_signed_in) for row in rows
    ]
    assert told == [("B", True, False), ("A", False, True)]


def test_voting_contact_votes_before_the_main(member: Member) -> None:
    client = _signed_in(make_contact(member, [Role.MAIN], family_name="B"))
    make_contact(member, [Role.VOTING], family_name="V")

    rows = _read(client, member).context["contacts"]

    assert [row["contact"].family_name for row in rows if row["votes"]] == ["V"]


def test_gaps_link_to_where_a_contact_closes_them(member: Member) -> None:
    page = _read(_signed_in(make_contact(member, [Role.MAIN])), member)

    links = {row["gap"].slug: row["url"] for row in page.context["gaps"]}
    assert links["no-ror"] == "/tools/alpha-university/identifiers/"
    assert links["no-website"] == "/tools/alpha-university/information/"


def test_desk_reads_without_links_to_edit() -> None:
    desk = make_desk()
    member = make_member("Read", desk.consortium)

    page = _read(desk.client, member)

    assert page.status_code == 200
    assert {row["url"] for row in page.context["gaps"]} == {""}


def test_nobody_in_charge_is_said_with_whom_to_ask(member: Member) -> None:
    page = _read(_signed_in(make_contact(member, [Role.TECHNICAL])), member).content.decode()

    assert "Nobody is in charge of this organisation" in page
    assert "mailto:help@north.example" in page


def test_somebody_in_charge_is_not_warned_of(member: Member) -> None:
    page = _read(_signed_in(make_contact(member, [Role.MAIN])), member).content.decode()

    assert "Nobody is in charge" not in page


def test_former_member_reads_until_a_date(settings: Settings) -> None:
    settings.FORMER_MEMBER_DAYS = 90
    ended = TODAY - datetime.timedelta(days=90)
    member = make_member("Former", make_consortium(), end=ended)

    page = _read(_signed_in(make_contact(member, [Role.MAIN])), member)

    assert page.context["reads_until"] == TODAY
    assert "You can read and export until" in page.content.decode()
    assert {row["url"] for row in page.context["gaps"]} == {""}


def test_a_day_later_there_is_nothing(settings: Settings) -> None:
    settings.FORMER_MEMBER_DAYS = 90
    member = make_member("Former", make_consortium(), end=TODAY - datetime.timedelta(days=91))
    client = _signed_in(make_contact(member, [Role.MAIN]))

    assert _read(client, member).status_code == 404
    assert client.get("/tools/former/contacts.csv").status_code == 404


def test_member_that_came_back_is_current() -> None:
    member = make_member("Back", make_consortium(), end=TODAY - datetime.timedelta(days=30))
    member.memberships.create(start=TODAY - datetime.timedelta(days=5))

    page = _read(_signed_in(make_contact(member)), member)

    assert page.context["reads_until"] is None
    assert page.context["is_public"] is True


def test_last_five_changes_are_shown_newest_first(member: Member) -> None:
    contact = make_contact(member, [Role.MAIN])
    client = _signed_in(contact)
    for number in range(6):
        information.edit_information(
            member_id=member.pk, version=None, by=Actor.system(), city=f"City {number}"
        )

    events = _read(client, member).context["events"]

    cities = [event.changes["fields"]["city"][1] for event in events]
    assert cities == ["City 5", "City 4", "City 3", "City 2", "City 1"]


def test_file_has_the_members_contacts_alone(member: Member) -> None:
    contact = make_contact(member, [Role.MAIN], given_names="Zoë", family_name="Øst")
    client = _signed_in(contact)
    AgreementRecord.objects.create(member=member, name="Vera Chancellor", position="VC")
    make_contact(make_member("Sibling", member.memberships.get().consortium))

    rows = read_csv(client.get("/tools/alpha-university/contacts.csv"))

    assert [row[:2] for row in rows[1:]] == [
        ["Alpha University", "Zoë Øst"],
        ["Alpha University", "Vera Chancellor"],
    ]


def test_a_file_that_leaves_is_in_the_members_history(member: Member) -> None:
    contact = make_contact(member, [Role.MAIN])
    client = _signed_in(contact)

    client.get("/tools/alpha-university/contacts.csv")
    client.head("/tools/alpha-university/contacts.csv")

    event = Event.objects.get()
    assert (event.member, event.kind, event.capacity) == (member, "exported", "contact")
    assert event.changes == {"list": "contacts", "layout": "csv, self-service", "rows": 1}
    assert list(_read(client, member).context["events"]) == []


def test_the_desks_export_of_one_member_is_marked_as_the_leads() -> None:
    desk = make_desk()
    member = make_member("Beta", desk.consortium)

    desk.client.get(f"/tools/{member.slug}/contacts.csv")

    event = Event.objects.get()
    assert (event.actor, event.capacity, event.member) == (desk.reader, "lead", member)


@pytest.mark.parametrize("number", [1, 3])
def test_query_count_does_not_grow(member: Member, number: int, django_assert_num_queries) -> None:
    client = _signed_in(make_contact(member, [Role.MAIN]))
    for _ in range(number):
        make_user(orcid=make_contact(member).orcid)
        information.edit_information(
            member_id=member.pk, version=None, by=Actor.system(), city=f"City {_}"
        )

    # session, user, member with its gaps, may edit, memberships, consortia, identifiers, contacts,
    # roles, agreement record, events, whether a round asks, the last report to ORCID, what could
    # not be pushed; for the menu: members, desks
    with django_assert_num_queries(16):
        _read(client, member)


@pytest.mark.parametrize("number", [1, 3])
def test_query_count_of_the_file_does_not_grow(
    member: Member, number: int, django_assert_num_queries
) -> None:
    client = _signed_in(make_contact(member, [Role.MAIN]))
    for _ in range(number):
        make_user(orcid=make_contact(member).orcid)

    # session, user, member, whether it is one's own, two numbers; in a transaction: may read, the
    # event; agreement record, contacts. On PostgreSQL the feed's lock is one more, and the cursor
    # of the contacts, which is the server's, is not counted.
    with django_assert_num_queries(12):
        read_csv(client.get(f"/tools/{member.slug}/contacts.csv"))
