"""The lead's file of contacts: exactly the list, in the known layout, safe to open (H5, R4)."""

from typing import Any

import pytest

from contacts.models import AgreementRecord, Role
from tests.factories import make_contact, make_member, make_user
from tests.lead.desk import Desk, address, exported, make_desk

pytestmark = pytest.mark.django_db
HEADER = ["Member", "Name", "Email", "ORCID iD", "Voting contact", "Role"]
SIGNATORY = "Agreement signatory (OFFICIAL)"


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def test_file_is_in_the_known_layout(desk: Desk, settings) -> None:
    settings.ORCID_BASE_URL = "https://orcid.org"
    member = make_member("Universität Zürich", desk.consortium)
    contact = make_contact(
        member,
        [Role.TECHNICAL, Role.MAIN],
        given_names="Zoë",
        family_name="Müller",
        email="zoe@uzh.example",
    )

    rows = exported(desk, search="muller")

    uri = f"https://orcid.org/{contact.orcid}"
    roles = "Main relationship contact (OFFICIAL); Technical contact"
    assert rows == [
        HEADER,
        ["Universität Zürich", "Zoë Müller", "zoe@uzh.example", uri, "Yes", roles],
    ]


def test_file_is_streamed_as_excel_reads_it(desk: Desk) -> None:
    response: Any = desk.client.get(address(desk, "contacts.csv"))

    assert response.streaming is True
    assert b"".join(response.streaming_content).startswith(b"\xef\xbb\xbfMember,Name,")
    assert response["Content-Type"] == "text/csv; charset=utf-8"


def test_file_is_named_after_the_consortium(desk: Desk) -> None:
    response = desk.client.get(address(desk, "contacts.csv"))

    assert response["Content-Disposition"].startswith('attachment; filename="contacts-north-cons')


def test_main_votes_only_where_nobody_holds_the_role(desk: Desk) -> None:
    member = make_member("M", desk.consortium)
    main = make_contact(member, [Role.MAIN])
    voting = make_contact(member, [Role.VOTING])

    votes = {row[1]: row[4] for row in exported(desk)[1:]}

    assert votes == {
        "Lead Aaron": "Yes",
        "Desk Abel": "No",
        main.display_name: "No",
        voting.display_name: "Yes",
    }


def test_authenticated_ids_are_told_apart(desk: Desk) -> None:
    never = make_contact(make_member("M", desk.consortium))

    header, *rows = exported(desk, layout="detailed")

    orcid, told = header.index("ORCID iD"), header.index("iD authenticated")
    said = {row[told]: row[orcid] for row in rows}
    assert [row[told] for row in rows] == ["Yes", "Yes", "No"]
    assert said["No"].endswith(never.orcid)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_cells_are_no_formulas(desk: Desk, start: str) -> None:
    # Past the forms, as an import or an older row might have brought it.
    member = make_member(f"{start}cmd", desk.consortium)
    make_contact(member, family_name="Last", given_names="+1", email=f"{start}1+1")

    row = exported(desk, search="last")[1]

    assert row[:3] == [f"'{start}cmd", "'+1 Last", f"'{start}1+1"]


def test_file_has_what_the_list_has(desk: Desk) -> None:
    member = make_member("M", desk.consortium, country="CL")
    right = make_contact(member, [Role.TECHNICAL])
    make_contact(member, [Role.INVOICE])

    rows = exported(desk, role="technical", country="CL")

    assert [row[1] for row in rows[1:]] == [right.display_name]


def test_file_goes_by_member_then_name(desk: Desk) -> None:
    for name in ["Zebra", "Ärzte"]:
        member = make_member(name, desk.consortium)
        for family in ["Second", "First"]:
            make_contact(member, family_name=family, given_names=name[0])

    assert [row[1] for row in exported(desk)[1:]] == [
        "Ä First",
        "Ä Second",
        "Lead Aaron",
        "Desk Abel",
        "Z First",
        "Z Second",
    ]


def test_agreement_record_is_a_row_without_id(desk: Desk) -> None:
    member = make_member("AAA", desk.consortium)
    contact = make_contact(member, [Role.MAIN])
    AgreementRecord.objects.create(
        member=member, name="Vera Chancellor", position="VC", email="vc@aaa.example"
    )

    rows = exported(desk, search="aaa")

    assert [row[1] for row in rows[1:]] == [contact.display_name, "Vera Chancellor"]
    assert rows[2] == ["AAA", "Vera Chancellor", "vc@aaa.example", "", "No", SIGNATORY]


def test_record_of_a_member_without_contacts_is_there(desk: Desk) -> None:
    member = make_member("Empty", desk.consortium)
    AgreementRecord.objects.create(member=member, name="Vera Chancellor", position="VC")

    assert exported(desk)[-1][:2] == ["Empty", "Vera Chancellor"]


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"role": "signatory"}, 1),
        ({"role": "technical"}, 0),
        ({"search": "CHANCELLOR vera"}, 1),
        ({"search": "somebody else"}, 0),
        ({"country": "CL"}, 0),
    ],
)
def test_filters_hold_for_records(desk: Desk, query: dict[str, str], number: int) -> None:
    make_member("Chilean", desk.consortium, country="CL")
    AgreementRecord.objects.create(member=desk.lead, name="Véra Chancellor", position="VC")

    names = [row[1] for row in exported(desk, **query)[1:]]

    assert names.count("Véra Chancellor") == number


def test_other_consortia_and_former_members_are_not_in_the_file(desk: Desk) -> None:
    other = make_desk("South Consortium")
    AgreementRecord.objects.create(member=other.lead, name="Vera", position="VC")

    assert [row[1] for row in exported(desk)[1:]] == ["Lead Aaron", "Desk Abel"]


def test_file_for_a_filter_that_makes_no_sense_is_not_everything(desk: Desk) -> None:
    response = desk.client.get(address(desk, "contacts.csv"), {"role": "nonsense"})

    assert response.status_code == 302
    assert response["Location"] == "/lead/north-consortium/contacts/?role=nonsense"


@pytest.mark.parametrize("number", [1, 3])
def test_query_count_does_not_grow(desk: Desk, number: int, django_assert_num_queries) -> None:
    for _ in range(number):
        make_user(orcid=make_contact(make_member("", desk.consortium), [Role.MAIN]).orcid)

    # session, user, desk, countries, numbers of contacts and records; in a transaction the seat and
    # the event; agreement records, contacts
    with django_assert_num_queries(12):
        exported(desk)
