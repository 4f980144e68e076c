"""What the operator changes about members goes through the services, as operator."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from members.models import Consortium, Event, Identifier, Member
from tests.admin.operator import do, last_event, objections, operator_client
from tests.factories import make_consortium, make_member

pytestmark = pytest.mark.django_db
OLGA = ("operator", "Olga Operator")
FIELDS = [
    "legal_name",
    "display_name",
    "community",
    "country",
    "website",
    "public_email",
    "description",
    "street",
    "city",
    "region",
    "postal_code",
    "trademark_permission",
]


@pytest.fixture
def client() -> Client:
    return operator_client()


@pytest.fixture
def member() -> Member:
    return make_member("Alpha", make_consortium("North"))


def _information(member: Member, **changed: object) -> dict[str, object]:
    given = {name: str(getattr(member, name)) for name in FIELDS}
    return given | {"version": member.version} | changed


def test_legal_name_is_the_operators_to_edit(client: Client, member: Member) -> None:
    do(client, member, "information", **_information(member, legal_name="Alpha plc"))

    member.refresh_from_db()
    assert member.legal_name == "Alpha plc"
    assert last_event() == ("information_changed", *OLGA)


def test_h2_second_edit_is_told_and_loses_nothing(client: Client, member: Member) -> None:
    first = _information(member, city="Leeds")
    second = _information(member, city="York")
    do(client, member, "information", **first)

    told = do(client, member, "information", **second)

    assert "Somebody else changed this meanwhile" in objections(told)[0]
    assert told.context["form"]["city"].value() == "York"
    assert [event.kind for event in told.context["form"].events] == ["information_changed"]
    do(
        client,
        member,
        "information",
        **{**second, "version": told.context["form"]["version"].value()},
    )
    member.refresh_from_db()
    assert member.city == "York"


def test_bad_identifier_stands_beside_its_field(client: Client, member: Member) -> None:
    response = do(client, member, "identifier", scheme="ror", value="https://ror.org/nonsense")

    assert list(response.context["form"].errors) == ["value"]
    assert not Identifier.objects.exists()


def test_identifiers_are_added_preferred_and_removed(client: Client, member: Member) -> None:
    for value in ["https://ror.org/05a28rw58", "https://ror.org/04teye511"]:
        do(client, member, "identifier", scheme="ror", value=value)
    first, second = Identifier.objects.order_by("pk")

    do(client, second, "prefer")
    do(client, first, "remove")

    assert list(Identifier.objects.values_list("value", "preferred")) == [
        ("https://ror.org/04teye511", True)
    ]
    assert last_event() == ("identifier_removed", *OLGA)


def test_membership_is_ended(client: Client, member: Member) -> None:
    day = timezone.localdate()

    do(client, member.memberships.get(), "end", end=day.isoformat(), reason="Merged")

    period = member.memberships.get()
    assert (period.end, period.end_reason) == (day, "Merged")
    assert last_event() == ("membership_changed", *OLGA)


def test_memberships_do_not_overlap(client: Client, member: Member) -> None:
    response = do(client, member, "membership", start="2020-01-01", consortium="")

    assert "The member has a membership in that time already" in objections(response)[0]
    assert member.memberships.count() == 1


def test_membership_is_added(client: Client) -> None:
    member = make_member("New")
    consortium = make_consortium()

    do(client, member, "membership", start="2024-05-01", consortium=consortium.pk)

    assert member.memberships.get().start == datetime.date(2024, 5, 1)
    assert last_event() == ("membership_started", *OLGA)


def test_lead_is_named_among_the_members(client: Client, member: Member) -> None:
    consortium = Consortium.objects.get()
    stranger = make_member("Stranger")

    refused = do(client, consortium, "lead", member=stranger.pk)
    do(client, consortium, "lead", member=member.pk)

    assert list(refused.context["form"].errors) == ["member"]
    consortium.refresh_from_db()
    assert consortium.lead == member
    assert last_event() == ("consortium_changed", *OLGA)


def test_member_is_registered_with_its_first_period(client: Client) -> None:
    consortium = make_consortium("North")

    client.post(
        "/admin/members/member/add/",
        {
            "legal_name": "Beta",
            "display_name": "Beta",
            "community": "research",
            "country": "CL",
            "website": "beta.example",
            "ror": "05a28rw58",
            "consortium": consortium.pk,
            "start": "2024-01-01",
        },
    )

    member = Member.objects.get()
    assert (member.website, member.identifiers.get().value) == (
        "https://beta.example",
        "https://ror.org/05a28rw58",
    )
    assert set(Event.objects.values_list("capacity", "actor__name")) == {OLGA}


def test_bad_ror_of_a_new_member_stands_beside_it(client: Client) -> None:
    response = client.post(
        "/admin/members/member/add/",
        {"legal_name": "B", "display_name": "B", "community": "other", "country": "CL", "ror": "x"},
    )

    assert list(response.context["form"].errors) == ["ror"]
    assert not Member.objects.exists()


def test_domains_are_set(client: Client, member: Member) -> None:
    do(client, member, "domains", version=member.version, domains="uni.example\n@Alpha.example")

    assert [str(found) for found in member.email_domains.all()] == ["alpha.example", "uni.example"]
    assert last_event() == ("domains_changed", *OLGA)


def test_consortium_is_added_and_changed_with_events(client: Client) -> None:
    given = {"name": "South", "slug": "south", "helpdesk_email": "help@south.example"}
    client.post("/admin/members/consortium/add/", given)
    consortium = Consortium.objects.get()

    client.post(
        f"/admin/members/consortium/{consortium.pk}/change/", {**given, "name": "Far South"}
    )

    consortium.refresh_from_db()
    assert consortium.name == "Far South"
    event = Event.objects.order_by("-pk")[0]
    assert (event.kind, event.capacity) == ("consortium_changed", "operator")
    assert event.changes == {"fields": {"name": ["South", "Far South"]}}


def test_unknown_operation_is_not_found(client: Client, member: Member) -> None:
    response = client.get(f"/admin/members/member/{member.pk}/do/nonsense/")

    assert response.status_code == 404
