"""The lead's files of members: exactly the rows and columns of the list (H5), each an event."""

import datetime
import io
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from openpyxl import load_workbook

from contacts.models import Role
from members.models import Event, Identifier, Member
from tests.factories import make_contact, make_member
from tests.lead.desk import read_csv
from tests.lead_members.desk import Managed

pytestmark = pytest.mark.django_db
# Writing an event takes the feed's lock on PostgreSQL (H3).
FEED_LOCKED = connection.vendor == "postgresql"
LONG_AGO = timezone.localdate() - datetime.timedelta(days=400)


def _csv(desk: Managed, **query: str) -> list[dict[str, str]]:
    header, *rows = read_csv(desk.get("members.csv", **query))
    return [dict(zip(header, row, strict=True)) for row in rows]


def _xlsx(desk: Managed, **query: str) -> list[list[Any]]:
    response = desk.get("members.xlsx", **query)
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return [list(row) for row in book.worksheets[0].iter_rows()]


def test_a_row_has_what_the_list_shows(desk: Managed) -> None:
    member = make_member("Zürich", desk.consortium, country="CH", website="https://z.example")
    Identifier.objects.create(member=member, scheme="ror", value="https://ror.org/05a28rw58")
    Identifier.objects.create(member=member, scheme="grid", value="grid.7400.3")
    make_contact(member, [Role.MAIN, Role.COMMS], given_names="Zoë", family_name="Müller")
    make_contact(member, [Role.TECHNICAL], given_names="Tom", family_name="Abt")
    make_contact(member, [Role.TECHNICAL], given_names="Uli", family_name="Zeh")
    Member.objects.update(confirmed_at=datetime.datetime(2030, 5, 4, 12, tzinfo=datetime.UTC))

    for day in (4, 6):
        told = datetime.datetime(2031, 2, day, 12, tzinfo=datetime.UTC)
        desk.consortium.orcid_reports.create(
            since_event=day, through_event=day, sent_by=desk.manager, sent_at=told
        ).members.add(member)

    row = _csv(desk, search="zurich")[0]

    filled = {name: cell for name, cell in row.items() if cell}
    assert filled == {
        "Member": "Zürich",
        "Community": "Research Institute",
        "Country": "Switzerland",
        "Status": "Active",
        "Start": "2019-01-01",
        "ROR": "https://ror.org/05a28rw58",
        "GRID": "grid.7400.3",
        "Main relationship contact (OFFICIAL)": "Zoë Müller",
        "Technical contact": "Tom Abt; Uli Zeh",
        "Comms contact": "Zoë Müller",
        "Votes": "Zoë Müller",
        "Contacts": "3",
        "Gaps": "Nobody has signed in; Main contact has never signed in; No signatory; "
        "No description; Logo permission not answered",
        "Last confirmed": "2030-05-04",
        "Told ORCID": "2031-02-06",
    }
    page = desk.get("members/", search="zurich").content.decode()
    assert '<td data-label="Told ORCID" class="num">6 Feb 2031</td>' in page


def test_both_files_have_the_rows_of_the_list_in_its_order(desk: Managed) -> None:
    for name in ["Beta", "Alpha", "Gamma"]:
        make_member(name, desk.consortium, country="CL")
    make_contact(Member.objects.get(display_name="Alpha"))
    query = {"country": "CL", "sort": "contacts"}

    shown = [row["member"].display_name for row in desk.get("members/", **query).context["rows"]]

    assert shown == ["Beta", "Gamma", "Alpha"]
    assert [row["Member"] for row in _csv(desk, **query)] == shown
    assert [row[0].value for row in _xlsx(desk, **query)[1:]] == shown


def test_h5_cells_of_a_workbook_are_never_formulas(desk: Managed) -> None:
    make_member("=1+1", desk.consortium, slug="formula", legal_name="+44")

    header, row = _xlsx(desk, search="1")

    assert (header[0].value, row[0].value) == ("Member", "'=1+1")
    assert "f" not in {cell.data_type for cell in [*header, *row]}


def test_each_export_is_an_event(desk: Managed) -> None:
    make_member("Alpha", desk.consortium, country="CL")

    _csv(desk, country="CL", search="alpha")
    _xlsx(desk)

    second, first = Event.objects.all()
    assert (first.kind, first.actor, first.capacity, first.member) == (
        "exported",
        desk.manager,
        "lead",
        None,
    )
    assert first.consortium == desk.consortium
    assert first.changes == {
        "list": "members",
        "layout": "csv",
        "rows": 1,
        "filter": {"country": "CL"},
    }
    assert first.personal == {"search": "alpha"}
    assert (second.changes["layout"], second.changes["rows"]) == ("xlsx", 2)


def test_a_filter_that_makes_no_sense_gives_no_file(desk: Managed) -> None:
    response = desk.get("members.csv", gap="nonsense")

    assert response["Location"] == desk.url("members/?gap=nonsense")
    assert Event.objects.count() == 0


def test_a3_of_former_members_there_is_only_the_period(desk: Managed) -> None:
    former = make_member("Former", desk.consortium, end=LONG_AGO, country="CL")
    former.memberships.update(end_reason="Merged away")
    make_contact(former, [Role.MAIN], family_name="Later")
    Identifier.objects.create(member=former, scheme="ror", value="https://ror.org/05a28rw58")

    page = desk.get("members/", status="ended", country="GB")
    row = _csv(desk, status="ended")[0]

    assert [row["name"] for row in page.context["rows"]] == ["Former"]
    assert "Later" not in page.content.decode()
    assert {name: cell for name, cell in row.items() if cell} == {
        "Member": "Former",
        "Status": "Ended",
        "Start": "2019-01-01",
        "End": LONG_AGO.isoformat(),
        "Reason for the end": "Merged away",
    }


def test_a3_former_members_are_found_by_the_name_they_had(desk: Managed) -> None:
    former = make_member("New Name", desk.consortium, end=LONG_AGO)
    Event.objects.bulk_create(
        [
            Event(
                member=former,
                kind="information_changed",
                capacity="contact",
                changes={"fields": {"display_name": ["Öld Name", "New Name"]}},
            )
        ]
    )

    found = {
        words: [
            row["name"]
            for row in desk.get("members/", status="ended", search=words).context["rows"]
        ]
        for words in ["old", "new"]
    }

    assert found == {"old": ["Öld Name"], "new": []}


def test_who_came_back_is_not_former(desk: Managed) -> None:
    member = make_member("Back", desk.consortium, end=LONG_AGO)
    member.memberships.create(consortium=desk.consortium, start=timezone.localdate())

    assert desk.get("members/", status="ended").context["rows"] == []


def test_unconfirmed_members_are_found_and_come_first(desk: Managed) -> None:
    days = {"Lately": 10, "Long ago": 500}
    for name, ago in days.items():
        at = timezone.now() - datetime.timedelta(days=ago)
        make_member(name, desk.consortium, confirmed_at=at)
    day = (timezone.localdate() - datetime.timedelta(days=100)).isoformat()

    def shown(**query: str) -> list[str]:
        rows = desk.get("members/", **query).context["rows"]
        return [row["member"].display_name for row in rows]

    assert shown(sort="confirmed") == ["Lead of North Consortium", "Long ago", "Lately"]
    assert shown(unconfirmed_since=day) == ["Lead of North Consortium", "Long ago"]
    assert shown(gap="not-confirmed") == ["Lead of North Consortium", "Long ago"]


@pytest.mark.parametrize("number", [1, 3])
def test_query_counts_do_not_grow(desk: Managed, number: int, django_assert_num_queries) -> None:
    for place in range(number):
        make_contact(make_member(f"M{place}", desk.consortium), [Role.MAIN])
        make_member(f"F{place}", desk.consortium, end=LONG_AGO)

    # session, user, desk, countries, keys; desk again and the event in a transaction of its own;
    # members with gaps, periods, holders, identifiers, contacts by member, names by role, when
    # ORCID was told
    with django_assert_num_queries(16 + FEED_LOCKED):
        _csv(desk)
    # session, user, desk, countries, periods, names and later events; menu: members, desks;
    # of the page: periods, names, later events, slugs
    with django_assert_num_queries(13):
        desk.get("members/", status="ended")
