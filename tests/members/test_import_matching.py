"""Who is meant by a row: never a second member for one that is there (formats.md section 3)."""

from typing import Any

import pytest

from members.models import Consortium, Identifier, Member
from tests.factories import make_member
from tests.members.people import refusal

ROR = "https://ror.org/04teye511"
OTHER_ROR = "https://ror.org/02cafbr77"


@pytest.mark.parametrize(
    ("existing", "row"),
    [
        ({"ror": ROR}, "Otro nombre,,,,04teye511,,Santiago,"),
        ({"grid": "grid.7870.8"}, "Otro nombre,,,,,grid.7870.8,Santiago,"),
        ({"website": "https://www.uno.example/es/"}, "Otro,,,http://uno.example,,,Santiago,"),
    ],
)
def test_a_member_is_found_by_identifier_or_website(
    chile: Consortium, run: Any, existing: dict[str, str], row: str
) -> None:
    member = make_member("Uno", chile, website=existing.pop("website", ""))
    for scheme, value in existing.items():
        Identifier.objects.create(member=member, scheme=scheme, value=value)

    run(row)

    assert [one.city for one in Member.objects.all()] == ["Santiago"]


def test_the_same_name_alone_is_asked_about(chile: Consortium, run: Any) -> None:
    make_member("Universidad Católica", chile)

    ask = "Give its ROR or website, or allow members to be updated by name alone."
    assert refusal(run, "UNIVERSIDAD CATOLICA,CL,Funder,,04teye511,,,") == [
        f"Row 2: Universidad Católica is here already under the same name. {ask}"
    ]


def test_the_same_name_updates_when_that_is_allowed(chile: Consortium, run: Any) -> None:
    member = make_member("Universidad Católica", chile)

    run("Universidad Católica,CL,,,04teye511,,,", update_by_name=True)

    assert list(member.identifiers.values_list("value", flat=True)) == [ROR]


def test_the_same_name_with_another_ror_is_another_organisation(
    chile: Consortium, run: Any
) -> None:
    member = make_member("Universidad del Mar", chile)
    Identifier.objects.create(member=member, scheme="ror", value=ROR)

    out = run(f"Universidad del Mar,MX,Funder,,{OTHER_ROR},,,")

    assert out.splitlines()[0] == (
        "Note. Row 2: Universidad del Mar has the same website or name but another ROR: "
        "taken as another."
    )
    assert sorted(Member.objects.values_list("slug", flat=True)) == [
        "universidad-del-mar",
        "universidad-del-mar-2",
    ]


def test_what_could_be_several_members_is_asked_about(chile: Consortium, run: Any) -> None:
    make_member("Uno", chile, website="https://uni.example/uno")
    make_member("Dos", chile, website="https://uni.example/dos")

    assert refusal(run, "Tres,CL,Funder,uni.example,,,,") == [
        "Row 2: This could be any of several members that are here: Dos, Uno."
    ]


def test_identifiers_that_contradict_each_other_are_asked_about(
    chile: Consortium, run: Any
) -> None:
    member = make_member("Uno", chile)
    Identifier.objects.create(member=member, scheme="ror", value=ROR)
    Identifier.objects.create(member=member, scheme="grid", value="grid.7870.8")

    assert refusal(run, f"Uno,CL,Funder,,{OTHER_ROR},grid.7870.8,,") == [
        "Row 2: Uno has one of these identifiers but another ROR. Which is right?"
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Uno,CL,Funder,,04teye511,,,", "Dos,CL,Funder,,04teye511,,,"),
        ("Uno,CL,Funder,uni.example,,,,", "Dos,CL,Funder,www.uni.example,,,,"),
        ("Uno,CL,Funder,,,,,", "UNO,CL,Funder,,,,,"),
    ],
)
def test_one_organisation_twice_in_a_file_is_refused(run: Any, first: str, second: str) -> None:
    assert refusal(run, first, second) == ["Row 3: This is the same organisation as in row 2."]


def test_institutes_that_share_a_website_are_told_apart_by_their_rors(run: Any) -> None:
    rows = [f"Uno,CL,Funder,uni.example,{ROR},,,", f"Dos,CL,Funder,uni.example,{OTHER_ROR},,,"]
    run(*rows)

    again = run(*rows)

    assert Member.objects.count() == 2
    assert again.splitlines()[-1] == "Nothing to change: 2 members are as in the file."
