"""The lead's files of contacts: all details, XLSX, streamed; each is an event; round trips (H5)."""

import datetime
import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from contacts.import_columns import NAMES
from contacts.models import AgreementRecord, Role
from contacts.services.exporting import record_export
from members.actors import Actor
from members.models import Event
from members.sheets import read_table
from members.xlsx_stream import xlsx_pieces
from tests.factories import make_contact, make_member, make_user
from tests.lead.desk import Desk, address, make_desk, read_csv

pytestmark = pytest.mark.django_db
HEADER = [
    "Member", "Member legal name", "Slug", "Country", "Community", "Status", "Last confirmed",
    "Given names", "Family name", "Job title", "Email", "Phone", "ORCID iD", "iD authenticated",
    *(role.label for role in Role),
    "Votes", "Wants events", "Wants newsletters", "Outside e-mail domains",
]  # fmt: skip
FORMULA = '=HYPERLINK("http://evil.example")'


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def get(desk: Desk, page: str, **query: Any) -> Any:
    return desk.client.get(address(desk, page), query)


def table(response: Any) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return [[cell.value or "" for cell in row] for row in book.worksheets[0].iter_rows()]


def test_detailed_file_has_everything_apart(desk: Desk, settings) -> None:
    settings.ORCID_BASE_URL = "https://orcid.org"
    member = make_member(
        "Zürich", desk.consortium, country="CH", legal_name="Universität Zürich",
        confirmed_at=datetime.datetime(2030, 5, 6, 12, tzinfo=datetime.UTC),
    )  # fmt: skip
    contact = make_contact(
        member, [Role.MAIN, Role.TECHNICAL], given_names="Zoë", family_name="Müller",
        email="zoe@uzh.example", job_title="Librarian", phone="+41 1", wants_newsletters=False,
        outside_domains=True,
    )  # fmt: skip
    make_user(orcid=contact.orcid)

    header, row = read_csv(get(desk, "contacts.csv", layout="detailed", search="muller"))

    assert header == HEADER
    assert row == [
        "Zürich", "Universität Zürich", member.slug, "CH", "Research Institute", "Active",
        "2030-05-06", "Zoë", "Müller", "Librarian", "zoe@uzh.example", "'+41 1",
        f"https://orcid.org/{contact.orcid}", "Yes",
        "Yes", "No", "No", "Yes", "No", "No", "No", "No",
        "Yes", "Yes", "No", "Yes",
    ]  # fmt: skip


def test_detailed_file_has_records_and_pending_members(desk: Desk) -> None:
    soon = timezone.localdate() + datetime.timedelta(days=5)
    pending = make_member("Soon", desk.consortium, start=soon)
    AgreementRecord.objects.create(member=pending, name="Vera", position="VC", email="v@s.example")

    row = dict(zip(HEADER, read_csv(get(desk, "contacts.csv", layout="detailed"))[-1], strict=True))

    known = {name: value for name, value in row.items() if value not in {"", "No"}}
    assert known == {
        "Member": "Soon", "Member legal name": "Soon", "Slug": "soon", "Country": "GB",
        "Community": "Research Institute", "Status": "Pending", "Family name": "Vera",
        "Job title": "VC", "Email": "v@s.example", Role.SIGNATORY.label: "Yes",
    }  # fmt: skip


@pytest.mark.parametrize("layout", ["", "detailed"])
def test_h5_workbook_says_what_the_csv_says_and_no_cell_is_a_formula(
    desk: Desk, layout: str
) -> None:
    contact = make_contact(
        make_member(FORMULA, desk.consortium), family_name="#N/A <b>&", phone="+44 20",
        given_names="\x01bell", job_title="@x",
    )  # fmt: skip
    AgreementRecord.objects.create(member=contact.member, name=FORMULA, position="-1")

    lines = read_csv(get(desk, "contacts.csv", layout=layout))
    response = get(desk, "contacts.xlsx", layout=layout)

    assert response["Content-Disposition"].endswith('.xlsx"')
    cells = table(response)
    assert cells == [[text.replace("\x01", "") for text in line] for line in lines]
    assert cells[1][0] == f"'{FORMULA}"


def test_workbook_holds_text_alone() -> None:
    rows = [[FORMULA, "12", "#REF!", "2030-01-01", "x" * 40_000]]

    whole = b"".join(xlsx_pieces("T", ["A", "B", "C", "D", "E"], rows))

    cells = list(openpyxl.load_workbook(io.BytesIO(whole)).worksheets[0].iter_rows())[1]
    assert [cell.data_type for cell in cells] == ["s"] * 5
    assert [cell.value for cell in cells[:4]] == rows[0][:4]
    assert len(str(cells[4].value)) == 32_767


def test_workbook_comes_in_pieces_while_rows_are_read() -> None:
    read: list[int] = []

    def rows() -> Iterator[list[str]]:
        for number in range(5000):
            read.append(number)
            yield [f"row {number} {number * 7919 % 10007}"] * 20

    pieces = xlsx_pieces("T", ["A"] * 20, rows())

    assert next(pieces).startswith(b"PK")
    assert len(read) < 5000


@pytest.mark.parametrize("page", ["contacts.csv", "contacts.xlsx"])
@pytest.mark.parametrize("layout", ["self-service", "detailed"])
def test_h5_our_own_import_reads_back_what_was_exported(desk: Desk, page: str, layout: str) -> None:
    make_contact(
        make_member("+44 University", desk.consortium), [Role.TECHNICAL], family_name="=Zed",
        given_names="'Q", email="-z@uni.example",
    )  # fmt: skip
    content = b"".join(get(desk, page, layout=layout, search="zed").streaming_content)

    [row] = read_table(SimpleUploadedFile("f", content), NAMES).rows

    assert (row.cells["member"], row.cells["email"]) == ("+44 University", "-z@uni.example")
    name = row.cells.get("name") or f"{row.cells['given_names']} {row.cells['family_name']}"
    assert name == "'Q =Zed"


@pytest.mark.parametrize(
    ("page", "query", "layout", "rows"),
    [
        ("contacts.csv", {}, "csv, self-service", 3),
        ("contacts.csv", {"layout": "detailed", "role": ["main", "other"]}, "csv, detailed", 2),
        ("contacts.xlsx", {"search": "abel", "confirmed": "never"}, "xlsx, self-service", 1),
    ],
)
def test_each_export_is_an_event(desk: Desk, page: str, query, layout: str, rows: int) -> None:
    AgreementRecord.objects.create(member=desk.lead, name="Vera", position="VC")

    response = get(desk, page, **query)

    event = Event.objects.get(kind=Event.Kind.EXPORTED)
    roles = {"roles": query["role"]} if "role" in query else {}
    confirmed = {"confirmed": "never"} if "confirmed" in query else {}
    assert (event.actor, event.capacity, event.consortium) == (
        desk.reader, "lead", desk.consortium,
    )  # fmt: skip
    assert event.changes == {
        "list": "contacts", "layout": layout, "rows": rows, "filter": roles | confirmed,
    }  # fmt: skip
    # Words may be somebody's name (H4).
    assert event.personal == ({"search": "abel"} if "search" in query else None)
    assert len(table(response) if page.endswith("xlsx") else read_csv(response)) == rows + 1


def test_looking_without_reading_is_no_export(desk: Desk) -> None:
    desk.client.head(address(desk, "contacts.csv"))

    assert Event.objects.count() == 0


def test_a_filter_that_makes_no_sense_exports_nothing(desk: Desk) -> None:
    response = get(desk, "contacts.xlsx", role="nonsense")

    assert response["Location"] == address(desk, "contacts/?role=nonsense")
    assert Event.objects.count() == 0


def test_only_the_desk_takes_its_lists_away(desk: Desk) -> None:
    for user in (make_user(), make_desk("Another Consortium").reader):
        with pytest.raises(PermissionDenied):
            record_export(
                consortium=desk.consortium, what="contacts", layout="csv", filters={}, count=1,
                by=Actor.lead(user),
            )  # fmt: skip

    assert not Event.objects.filter(kind=Event.Kind.EXPORTED).exists()
