"""The files leads have, in both layouts; people united, roles understood (formats.md section 2)."""

import io
from typing import Any

import pytest
from openpyxl import Workbook

from contacts.import_rows import split_name
from tests.contact_import.house import DATA, Switch, csv, noted, said

EXPECTED = {
    ("Alpha University", "ada@alpha.example"): ("Ada", "Lovelace", ["main", "comms"]),
    ("Alpha University", "grace@alpha.example"): ("Grace", "Hopper", ["technical"]),
}


def read(switch: Switch, content: bytes) -> dict[tuple[str, str], tuple[str, str, list[str]]]:
    plan = switch.plan(content)
    assert said(plan) == []
    return {
        (who.member.display_name, who.email): (who.given_names, who.family_name, who.roles)
        for who in plan.people
    }


def beta(ludwig: list[str], clara: list[str]) -> dict[tuple[str, str], Any]:
    return EXPECTED | {
        ("Universität Beta", "ludwig@beta.example"): ("Ludwig", "van Beethoven", ludwig),
        ("Universität Beta", "clara@beta.example"): ("Clara", "Schumann", clara),
    }


def test_self_services_file_one_row_for_each_role(switch: Switch) -> None:
    # Ada votes as Main without the role (R4); Clara, who is not Main, by the role.
    assert read(switch, (DATA / "self-service.csv").read_bytes()) == beta(
        ["main"], ["voting", "invoice"]
    )


def test_ids_of_a_file_are_kept_as_hints_in_every_form(switch: Switch) -> None:
    plan = switch.plan((DATA / "self-service.csv").read_bytes())

    assert [who.orcid for who in plan.people] == [
        "0000-0002-1825-0097", "", "", "0000-0001-5109-3700",
    ]  # fmt: skip


def test_jiscs_words_in_a_column_of_roles(switch: Switch) -> None:
    content = (DATA / "jisc-roles.csv").read_bytes()

    assert read(switch, content) == beta(["main", "signatory"], ["voting"])


def test_one_row_for_each_member_with_columns_for_each_role(switch: Switch) -> None:
    content = (DATA / "jisc-wide.csv").read_bytes()

    found = read(switch, content)

    # Ludwig is in three columns of one row, Ada by her name alone in the second.
    assert found == beta(["main", "signatory", "invoice"], ["invoice"])
    assert switch.plan(content).people[0].phone == "+44 20 7946 0000"


def test_ticks_in_columns_of_roles(switch: Switch) -> None:
    header = "Member,First name,Last name,Email,Main contact,Licencee,Voting contact,Other contact"
    rows = ["Alpha University,Ada,Lovelace,ada@alpha.example,x,,Yes,no"]

    plan = switch.plan(csv(*rows, header=header))

    # Here the voting role is one of the ticked ones: it is meant as such.
    assert [who.roles for who in plan.people] == [["main", "voting"]]


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("cp1252"),
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace(",", "\t").encode("utf-16"),
        lambda text: text.replace("\n", "\r").encode(),
    ],
    ids=["BOM", "Windows-1252", "semicolons", "tabs, UTF-16", "bare CR"],
)
def test_every_dialect_of_csv(switch: Switch, encode: Any) -> None:
    content = encode(csv("Universität Beta,Zoë Müller,zoe@beta.example,Main contact"))

    assert list(read(switch, content).values()) == [("Zoë", "Müller", ["main"])]


def test_xlsx(switch: Switch) -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["Role", "Email", "Phone", "Member"])
    sheet.append(["Main contact", "ada@alpha.example", "'+44 20", "alpha university"])
    written = io.BytesIO()
    book.save(written)

    (ada,) = switch.plan(written.getvalue()).people

    assert (ada.member, ada.email, ada.phone) == (switch.alpha, "ada@alpha.example", "+44 20")


@pytest.mark.parametrize(
    ("name", "given", "family"),
    [
        ("Ada Lovelace", "Ada", "Lovelace"),
        ("Lovelace, Ada King", "Ada King", "Lovelace"),
        ("Ludwig van Beethoven", "Ludwig", "van Beethoven"),
        ("Ana María de la Cruz", "Ana María", "de la Cruz"),
        ("Plato", "", "Plato"),
        ("", "", ""),
    ],
)
def test_names_are_taken_apart(name: str, given: str, family: str) -> None:
    assert split_name(name) == (given, family)


@pytest.mark.parametrize(
    "header", ["Institution", "Organization name", "member", "Legal name", "Display-name"]
)
def test_members_column_by_its_names(switch: Switch, header: str) -> None:
    plan = switch.plan(csv("ALPHA  university,ada@alpha.example", header=f"{header},E-mail"))

    assert [who.member for who in plan.people] == [switch.alpha]


@pytest.mark.parametrize(
    ("column", "value"),
    [("ROR", "04teye511"), ("Slug", "alpha-university"), ("Member", "https://ror.org/04teye511")],
)
def test_member_by_ror_or_short_name(switch: Switch, column: str, value: str) -> None:
    plan = switch.plan(csv(f"{value},ada@alpha.example", header=f"{column},Email"))

    assert [who.member for who in plan.people] == [switch.alpha]


def test_a_wrong_cell_is_named_as_the_file_names_its_column(switch: Switch) -> None:
    book, file = Workbook(), io.BytesIO()
    book.worksheets[0].append(["Member", "Main contact name", "Main contact e-mail"])
    book.worksheets[0].append(["Alpha University", "=A1", "a@alpha.example"])
    book.save(file)

    assert said(switch.plan(file.getvalue())) == [
        (2, "Main contact name: This cell is a formula. Paste its value instead.")
    ]


def test_unknown_columns_are_reported(switch: Switch) -> None:
    plan = switch.plan(csv("Alpha University,a@alpha.example,x", header="Member,Email,Shoe size"))

    assert noted(plan)[0] == (0, "These columns are not known and were left out: Shoe size.")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("Name,Email", "No column says which member: call one “Member” or “ROR”."),
        ("Member,Role", "No column names a person: call one “Name”, one “Email”."),
        ("Foo,Bar", "The first row names no column that is known here."),
    ],
)
def test_file_that_is_none_says_why(switch: Switch, header: str, message: str) -> None:
    plan = switch.plan(csv("x,y", header=header))

    assert (said(plan), plan.is_readable) == ([(0, message)], False)
