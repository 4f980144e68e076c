"""`manage.py import_members`: real files in, errors by row, the same file twice without change."""

import datetime
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from members.actors import Actor
from members.models import Consortium, Event, Member
from members.services.imports.applying import apply_import
from members.services.imports.plan import plan_import
from members.services.information import edit_information
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.members.people import refusal

DATA = Path(__file__).parent.parent / "data" / "members.csv"
ROR = "https://ror.org/04teye511"
OTHER_ROR = "https://ror.org/02cafbr77"
HEADER = "legal_name,country,community,website,ror,grid,city,start"


def test_a_real_file_goes_in_whole_and_its_members_are_public(run: Any) -> None:
    out = run(file=DATA)

    assert out.splitlines()[-1] == "Members: 6 added, 0 changed, 0 as they were."
    assert [str(member) for member in Member.objects.public()] == [
        "Academy of Christian Humanism University",
        "Adolfo Ibáñez University",
        "Pontificia Universidad Católica de Chile",
        "Pontificia Universidad Católica de Valparaíso",
        "Universidad Adventista de Chile",
        "Universidad Tecnológica de Chile INACAP",
    ]


def test_every_column_is_kept(run: Any) -> None:
    run(file=DATA, start=datetime.date(2021, 3, 1))

    member = Member.objects.get(slug="adolfo-ibanez-university")
    assert member.legal_name == "Universidad Adolfo Ibáñez"
    assert (str(member.country), member.community) == ("CL", "research")
    assert [period.start for period in member.memberships.all()] == [datetime.date(2021, 3, 1)]
    assert dict(member.identifiers.values_list("scheme", "value")) == {
        "ror": "https://ror.org/0326knt82",
        "grid": "grid.440617.0",
        "ringgold": "28034",
    }
    assert {event.capacity for event in member.events.all()} == {Event.Capacity.IMPORT}


def test_the_same_file_again_changes_nothing(run: Any) -> None:
    run(file=DATA)
    before = list(Member.objects.values_list("pk", "version"))
    events = Event.objects.count()

    out = run(file=DATA)

    assert out == "Nothing to change: 6 members are as in the file.\n"
    assert list(Member.objects.values_list("pk", "version")) == before
    assert Event.objects.count() == events


def test_a_dry_run_shows_what_would_change_and_saves_nothing(chile: Consortium, run: Any) -> None:
    make_member("Uno", chile, website="https://uno.example", city="Lima")

    out = run(
        "Uno,,,uno.example,04teye511,,Santiago,",
        "Dos,CL,Funder,,,grid.7870.8,,",
        dry_run=True,
    )

    assert out.splitlines() == [
        f"Row 2: change Uno: city “Lima” → “Santiago”; add ror {ROR}",
        "Row 3: add Dos (grid.7870.8)",
        "Dry run, nothing was saved. Members: 1 added, 1 changed, 0 as they were.",
    ]
    assert [member.city for member in Member.objects.all()] == ["Lima"]
    assert Event.objects.count() == 0


def test_empty_cells_leave_what_is_there(chile: Consortium, run: Any) -> None:
    make_member("Uno", chile, website="https://uno.example", city="Lima")

    out = run("Uno,,,uno.example,,,,")

    assert out == "Nothing to change: 1 members are as in the file.\n"


ROWS = [
    (
        "Dos,CL,Funder,,https://ror.org/04teye512,,,",
        "ror: The check digits of this ROR id are wrong: probably a typing error.",
    ),
    ("Dos,CL,Funder,,,7870,,", "grid: A GRID id looks like grid.7870.8."),
    (
        "Dos,Atlantis,Funder,,,,,",
        "country: “Atlantis” is no country. Write its two-letter code, such as CL.",
    ),
    (
        "Dos,CL,Guild,,,,,",
        "community: “Guild” is no community. There are: Association, Funder, Government, Other, Publisher, Repository/Profile Org, Research Institute.",
    ),
    (
        "Dos,CL,Funder,ftp://x.example,,,,",
        "website: This is not the address of a website. Write it like https://www.uni.example.",
    ),
    (
        f"Dos,CL,Funder,,,,{'x' * 41},",
        "city: Ensure this value has at most 40 characters (it has 41).",
    ),
    (
        "Dos,CL,Funder,,,,,3/4/2024",
        "start: “3/4/2024” is no date. Write it as year-month-day: 2024-07-31.",
    ),
    ("Dos,,,,,,,", "A new member needs: country, community."),
    (",CL,Funder,,,,,", "The row names no organisation."),
    (
        "Dos,CL,Funder,,,,,,,too,many",
        "The row has more cells than the header: perhaps a text with a comma lacks quotes.",
    ),
]


@pytest.mark.parametrize(("row", "message"), ROWS)
def test_what_is_wrong_with_a_row_is_said_with_its_number(run: Any, row: str, message: str) -> None:
    assert refusal(run, "Uno,CL,Funder,,,,,", row) == [f"Row 3: {message}"]


def test_all_rows_are_told_at_once_and_none_is_applied(run: Any) -> None:
    rows = [row.replace("Dos", f"Number {number}") for number, (row, _text) in enumerate(ROWS)]

    lines = refusal(run, "Uno,CL,Funder,,,,,", *rows)

    assert lines == [f"Row {number}: {text}" for number, (_row, text) in enumerate(ROWS, start=3)]
    assert Member.objects.count() == 0


def test_everything_wrong_with_a_row_is_said_at_once(run: Any) -> None:
    assert refusal(run, "Uno,CL,Funder,,,,,", ",XX,Guild,,,,,")[0::2] == [
        "Row 3: country: “XX” is no country. Write its two-letter code, such as CL.",
        "Row 3: The row names no organisation.",
    ]


def test_columns_that_are_not_known_are_reported_and_left_out(run: Any) -> None:
    out = run("Uno,CL,Funder,7", header="Legal Name,COUNTRY,community,Budget")

    assert out.splitlines()[0] == ("Note. These columns are not known and were left out: Budget.")
    assert Member.objects.get().legal_name == "Uno"


def test_a_former_member_joins_again(chile: Consortium, run: Any) -> None:
    ended = timezone.localdate() - datetime.timedelta(days=100)
    member = make_member("Uno", chile, end=ended, website="https://uno.example")

    run("Uno,,,uno.example,,,,", start=timezone.localdate())

    assert [period.status for period in member.memberships.order_by("pk")] == ["ended", "active"]


def test_joining_again_needs_a_start_that_does_not_overlap(chile: Consortium, run: Any) -> None:
    ended = datetime.date(2024, 1, 31)
    make_member("Uno", chile, start=None, end=ended, website="https://uno.example")

    assert refusal(run, "Uno,,,uno.example,,,,") == [
        "Row 2: The member has a membership in that time already: ? – 2024-01-31."
    ]


def test_a_member_of_another_consortium_is_not_taken_over(run: Any) -> None:
    make_member("Uno", make_consortium("Peru"), website="https://uno.example")

    assert refusal(run, "Uno,,,uno.example,,,,") == [
        "Row 2: Uno is a member elsewhere at present: Peru."
    ]


def test_another_start_than_the_one_here_is_reported_and_left_out(
    chile: Consortium, run: Any
) -> None:
    member = make_member("Uno", chile, website="https://uno.example")

    out = run("Uno,,,uno.example,,,,2023-05-01")

    assert out.splitlines()[0] == (
        "Note. Row 2: The membership starts 2019-01-01 here; the file’s 2023-05-01 was left out."
    )
    assert [period.start for period in member.memberships.all()] == [datetime.date(2019, 1, 1)]


def test_a_row_that_fails_takes_all_rows_back(
    chile: Consortium, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*events: Event) -> None:
        raise RuntimeError("no event")

    monkeypatch.setattr(Event, "append", fail)

    with pytest.raises(RuntimeError, match="no event"):
        run("Uno,CL,Funder,,,,,", "Dos,CL,Funder,,,,,")

    assert Member.objects.count() == 0


def test_a_member_changed_since_the_check_is_not_overwritten(chile: Consortium) -> None:
    member = make_member("Uno", chile, website="https://uno.example")
    content = f"{HEADER}\nUno,,,uno.example,,,Santiago,".encode()
    plan = plan_import(io.BytesIO(content), chile)
    edit_information(member_id=member.pk, version=1, by=Actor.system(), city="Lima")

    with pytest.raises(ValidationError, match="Changed meanwhile: Uno"):
        apply_import(plan, Actor.importer())

    assert Member.objects.get().city == "Lima"


def test_a_plan_with_errors_cannot_be_applied(chile: Consortium) -> None:
    content = f"{HEADER}\nUno,CL,Funder,,,,,\nDos,Atlantis,Funder,,,,,".encode()
    plan = plan_import(io.BytesIO(content), chile)

    with pytest.raises(ValidationError, match="Nothing was imported: the file has errors"):
        apply_import(plan, Actor.importer())

    assert (plan.count("add"), Member.objects.count()) == (1, 0)


def test_a_contact_cannot_apply_a_plan(chile: Consortium) -> None:
    contact = make_contact(make_member("Uno", chile))
    plan = plan_import(io.BytesIO(f"{HEADER}\nDos,CL,Funder,,,,,".encode()), chile)

    with pytest.raises(PermissionDenied):
        apply_import(plan, Actor.contact(make_user(orcid=contact.orcid)))

    assert Member.objects.count() == 1


def test_an_unknown_consortium_is_named_with_those_there_are(chile: Consortium) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("import_members", DATA, consortium="uk")

    assert str(refused.value) == "There is no consortium “uk”. There are: cl."


def test_a_file_that_is_not_there_is_said_plainly(chile: Consortium, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="The file cannot be opened"):
        call_command("import_members", tmp_path / "none.csv", consortium="cl")


def test_a_start_that_is_no_date_is_refused(chile: Consortium) -> None:
    with pytest.raises(CommandError, match="write the day as year-month-day, such as 2024-07-31"):
        call_command("import_members", str(DATA), "--consortium=cl", "--start=3/4/2024")
