"""The lead's list of members: what a row says, search, filters that combine, order, pages."""

import datetime

import pytest
from django.utils import timezone

from contacts.models import Role
from members.models import Identifier
from tests.factories import make_contact, make_member, make_user
from tests.lead.desk import Desk, address, make_desk, names

pytestmark = pytest.mark.django_db
TOMORROW = timezone.localdate() + datetime.timedelta(days=1)


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def _row(desk: Desk, name: str):
    rows = desk.client.get(address(desk, "members/"), {"search": name}).context["rows"]
    return next(row for row in rows if row["member"].display_name == name)


def test_row_tells_who_is_in_charge_and_who_votes(desk: Desk) -> None:
    member = make_member("Both", desk.consortium)
    main = make_contact(member, [Role.MAIN])
    voting = make_contact(member, [Role.VOTING])
    Identifier.objects.create(member=member, scheme="ror", value="https://ror.org/05a28rw58")

    row = _row(desk, "Both")

    assert (row["main"], row["votes"], row["stands_in"]) == (main, voting, False)
    assert (row["contacts"], str(row["ror"])) == (2, "ROR https://ror.org/05a28rw58")


def test_main_votes_where_nobody_holds_the_role(desk: Desk) -> None:
    main = make_contact(make_member("Alone", desk.consortium), [Role.MAIN])

    row = _row(desk, "Alone")

    assert (row["votes"], row["stands_in"]) == (main, True)


def test_removed_contacts_are_not_counted(desk: Desk) -> None:
    member = make_member("Counted", desk.consortium)
    make_contact(member)
    make_contact(member, [], removed_at=timezone.now())

    assert _row(desk, "Counted")["contacts"] == 1


def test_row_links_to_the_members_page(desk: Desk) -> None:
    make_member("Linked", desk.consortium)

    page = desk.client.get(address(desk, "members/"))

    assert '<a href="/tools/linked/">Linked</a>' in page.content.decode()


def test_names_are_ordered_without_accents(desk: Desk) -> None:
    for name in ["Ärzte", "Zebra", "Arzneien", "Øst"]:
        make_member(name, desk.consortium)

    assert names(desk, "members/") == [
        "Arzneien",
        "Ärzte",
        "Lead of North Consortium",
        "Øst",
        "Zebra",
    ]


def test_search_ignores_accents_and_order_of_words(desk: Desk) -> None:
    make_member("Universidad de Concepción", desk.consortium)

    assert names(desk, "members/", search="CONCEPCION universidad") == ["Universidad de Concepción"]


def test_filters_combine(desk: Desk) -> None:
    make_member("Right", desk.consortium, country="CL", community="funder")
    make_member("Wrong country", desk.consortium, country="GB", community="funder")
    make_member("Wrong community", desk.consortium, country="CL", community="publisher")

    assert names(desk, "members/", country="CL", community="funder") == ["Right"]


def test_status_tells_active_from_pending(desk: Desk) -> None:
    make_member("Soon", desk.consortium, start=TOMORROW)

    assert names(desk, "members/", status="pending") == ["Soon"]
    assert names(desk, "members/", status="active") == ["Lead of North Consortium"]


def test_gap_narrows_the_list(desk: Desk) -> None:
    make_contact(make_member("Leaderless", desk.consortium), [Role.TECHNICAL])

    assert names(desk, "members/", gap="no-main") == ["Leaderless"]


def test_missing_role_narrows_the_list(desk: Desk) -> None:
    make_contact(make_member("Equipped", desk.consortium), [Role.TECHNICAL])

    assert names(desk, "members/", missing="technical") == ["Lead of North Consortium"]


def test_unknown_filter_is_said_and_ignored(desk: Desk) -> None:
    page = desk.client.get(address(desk, "members/"), {"gap": "nonsense", "country": "XX"})

    assert set(page.context["form"].errors) == {"gap", "country"}
    assert len(page.context["rows"]) == 1


def test_only_countries_of_the_consortium_are_offered(desk: Desk) -> None:
    make_member("Chilean", desk.consortium, country="CL")
    make_member("Elsewhere", None, country="FR")

    form = desk.client.get(address(desk, "members/")).context["form"]

    assert [code for code, _name in form.fields["country"].choices] == ["", "CL", "GB"]


def test_most_gaps_come_first(desk: Desk) -> None:
    make_member("Empty", desk.consortium)
    full = make_member("Full", desk.consortium, website="https://full.example", description="Us.")
    make_user(orcid=make_contact(full, [Role.MAIN, Role.SIGNATORY]).orcid)

    ordered = names(desk, "members/", sort="gaps")

    assert ordered[-1] == "Full"


def test_newest_memberships_come_first_and_unknown_starts_last(desk: Desk) -> None:
    make_member("Unknown", desk.consortium, start=None)
    make_member("New", desk.consortium, start=datetime.date(2024, 1, 1))

    assert names(desk, "members/", sort="start") == ["New", "Lead of North Consortium", "Unknown"]


def test_second_page_goes_on_where_the_first_ended(desk: Desk) -> None:
    for number in range(27):
        make_member(f"Member {number:02}", desk.consortium)

    first, second = names(desk, "members/"), names(desk, "members/", page="2")

    assert (len(first), len(second)) == (25, 3)
    assert first[-1] < second[0]


def test_htmx_gets_the_list_alone(desk: Desk) -> None:
    part = desk.client.get(address(desk, "members/"), headers={"HX-Request": "true"})

    assert "<html" not in part.content.decode()
    assert "HX-Request" in part["Vary"]


@pytest.mark.parametrize("number", [1, 3])
def test_query_count_does_not_grow(desk: Desk, number: int, django_assert_num_queries) -> None:
    for _ in range(number):
        member = make_member("", desk.consortium)
        make_contact(member, [Role.MAIN])
        Identifier.objects.create(member=member, scheme="ror", value="https://ror.org/05a28rw58")

    # session, user, desk, countries, keys of the page, their capped number, members with their
    # gaps, periods, holders, identifiers, contacts by member, names by role, when ORCID was
    # told; for the menu: members, desks
    with django_assert_num_queries(15):
        desk.client.get(address(desk, "members/"))
