"""*Researchers*: who has connected and granted what, as a member's staff and its desk read it."""

import csv
import datetime
import io
import re
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from contacts.models import Role, User
from integrations.works.models import Grant
from members.models import Consortium, Event, Member
from tests.factories import (
    make_connection,
    make_contact,
    make_grant,
    make_member,
    make_user,
    make_work,
    new_orcid,
)
from tests.works_grants.conftest import Person, signed_in

YESTERDAY = timezone.localdate() - datetime.timedelta(days=1)


def url(member: Member, more: str = "") -> str:
    return f"/tools/{member.slug}/researchers{more or '/'}"


def names(person: Person, member: Member, **asked: Any) -> list[str]:
    content = person.client.get(url(member), asked).content.decode()
    return re.findall(r'<th scope="row">.*?<bdi>(.*?)</bdi>', content)


def researcher(member: Member, name: str, *purposes: str, **fields: Any) -> User:
    user = make_user(name=name)
    for purpose in purposes:
        make_grant(user, member, purpose, **fields)
    return user


def test_a_row_says_who_what_and_since_when(staff: Person, uni: Member) -> None:
    day = datetime.datetime(2026, 3, 4, tzinfo=datetime.UTC)
    ada = researcher(uni, "Ada Lovelace", "push", given_at=day)
    make_connection(ada.orcid or "", access_token="SECRET-TOKEN", refresh_token="SECRET-OTHER")

    content = staff.client.get(url(uni)).content.decode()
    said = staff.reads(url(uni))

    assert f"Ada Lovelace {ada.orcid} Connected" in said
    assert re.search("Push public works to their record since 4 Mar(ch)? 2026", said)
    assert "id-authenticated.svg" in content
    assert "SECRET" not in content


def test_staff_read_their_own_words_for_what_researchers_allow(staff: Person, uni: Member) -> None:
    researcher(uni, "Ada Lovelace", "push", "list", "draft")

    said = staff.reads(url(uni))
    _form, quoted = staff.reads(url(uni, "/ask/")).split("What researchers read")

    assert "Make drafts from their new ORCID works since" in said
    assert (" my " in said, " my " in _form) == (False, False)
    assert "Make drafts from my new ORCID works" in quoted


def test_a_name_leads_to_the_works_of_who_lets_them_be_seen(staff: Person, uni: Member) -> None:
    ada = researcher(uni, "Ada Lovelace", "list")
    bob = researcher(uni, "Bob Boole", "push")

    content = staff.client.get(url(uni)).content.decode()

    assert f'<a href="{url(uni, f"/{ada.orcid}/")}"><bdi>Ada Lovelace</bdi></a>' in content
    assert f"/{bob.orcid}/" not in content.replace(f"/{bob.orcid}/left/", "")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["Ada Lovelace", "Björn Åkesson", "Zoë Quill"]),
        ({"search": "akesson BJORN"}, ["Björn Åkesson"]),
        ({"search": "nobody"}, []),
        ({"purpose": "list"}, ["Björn Åkesson", "Zoë Quill"]),
        ({"connection": "connected"}, ["Ada Lovelace"]),
        ({"connection": "reconnect"}, ["Björn Åkesson"]),
        ({"connection": "not"}, ["Zoë Quill"]),
        ({"show": "former"}, ["Former Fellow"]),
        ({"sort": "newest"}, ["Zoë Quill", "Ada Lovelace", "Björn Åkesson"]),
        ({"purpose": "nonsense", "page": "99"}, ["Ada Lovelace", "Björn Åkesson", "Zoë Quill"]),
    ],
)
def test_search_filters_and_order(
    staff: Person, uni: Member, asked: dict[str, str], expected: list[str]
) -> None:
    now = timezone.now()
    days = [now - datetime.timedelta(days=days) for days in range(4)]
    zoe = researcher(uni, "Zoë Quill", "list", given_at=days[0])
    ada = researcher(uni, "Ada Lovelace", "push", given_at=days[1])
    bjorn = researcher(uni, "Björn Åkesson", "list", given_at=days[2])
    researcher(uni, "Former Fellow", "list", ended_at=now, ended_by="member")
    make_connection(ada.orcid or "")
    make_connection(bjorn.orcid or "", state="withdrawn")
    make_connection(zoe.orcid or "", state="ended")

    assert names(staff, uni, **asked) == expected


def test_an_id_finds_its_owner(staff: Person, uni: Member) -> None:
    ada = researcher(uni, "Ada Lovelace", "push")
    researcher(uni, "Another One", "push")

    assert names(staff, uni, search=ada.orcid) == ["Ada Lovelace"]


def test_o2_who_granted_another_member_is_not_listed(
    staff: Person, uni: Member, consortium: Consortium
) -> None:
    theirs = make_member("Beta", consortium)
    ada = researcher(theirs, "Ada Lovelace", "push", "list")
    make_connection(ada.orcid or "")
    make_work(ada)

    assert names(staff, uni) == []
    assert staff.client.get(url(uni, f"/{ada.orcid}/")).status_code == 404
    assert "Nobody has given permission yet" in staff.reads(url(uni))


def test_o7_public_works_are_counted_and_listed_where_the_person_lets_them(
    staff: Person, uni: Member
) -> None:
    ada = researcher(uni, "Ada Lovelace", "list")
    make_work(ada, "For everyone")
    make_work(ada, "For trusted parties", visibility="limited")
    make_work(ada, "For me", visibility="private")
    make_work(ada, "Hidden here", hidden_at=timezone.now())
    make_work(ada, "Gone from ORCID", left_orcid_at=timezone.now())

    said = staff.reads(url(uni))
    works = staff.reads(url(uni, f"/{ada.orcid}/"))

    assert "Let staff add their ORCID works since" in said
    assert re.search(r"since \d+ \w+ \d{4} 1 No longer", said)
    assert "For everyone" in works
    for title in ("For trusted parties", "For me", "Hidden here", "Gone from ORCID"):
        assert title not in works


@pytest.mark.parametrize("how", ["other switch", "ended", "membership over"])
def test_o7_without_the_switch_no_work_is_counted_or_listed(
    staff: Person, uni: Member, how: str
) -> None:
    ada = researcher(uni, "Ada Lovelace", "push" if how == "other switch" else "list")
    make_work(ada, "For everyone")
    if how == "ended":
        Grant.objects.update(ended_at=timezone.now(), ended_by="person")
    if how == "membership over":
        uni.memberships.update(end=YESTERDAY)

    assert "work of Ada" not in staff.reads(url(uni))
    assert staff.client.get(url(uni, f"/{ada.orcid}/")).status_code == 404


def test_files_hold_the_same_people_and_are_on_record(staff: Person, uni: Member) -> None:
    day = datetime.datetime(2026, 3, 4, tzinfo=datetime.UTC)
    ada = researcher(uni, "=cmd()", "push", "list", given_at=day)
    researcher(uni, "Another One", "draft")
    make_work(ada)

    asked = {"search": "cmd"}
    table = b"".join(staff.client.get(url(uni, ".csv"), asked))
    book = b"".join(staff.client.get(url(uni, ".xlsx"), asked))

    row = {
        "Name": "'=cmd()", "ORCID iD": ada.orcid, "Connection": "Not connected yet",
        "Push works since": "2026-03-04", "Add works since": "2026-03-04",
        "Make drafts since": "", "Ended on": "", "Public works": "1",
    }  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    assert [{name: found[name] for name in row} for found in rows] == [row]
    sheet = load_workbook(io.BytesIO(book)).worksheets[0]
    assert [cell.value for cell in list(sheet.rows)[1]][:2] == ["'=cmd()", ada.orcid]
    written = Event.objects.filter(kind="exported").order_by("pk")
    assert [
        (e.member, e.changes["list"], e.changes["layout"], e.changes["rows"]) for e in written
    ] == [
        (uni, "researchers", "csv", 1),
        (uni, "researchers", "xlsx", 1),
    ]
    assert [event.personal for event in written] == [asked, asked]


def test_a3_the_desk_reads_and_changes_nothing(uni: Member, consortium: Consortium) -> None:
    lead = make_member("Lead", consortium)
    consortium.lead = lead
    consortium.save()
    desk = signed_in(make_user(make_contact(lead, [Role.MAIN]).orcid))
    researcher(uni, "Ada Lovelace", "push")

    content = desk.client.get(url(uni)).content.decode()
    list(desk.client.get(url(uni, ".csv")))

    assert names(desk, uni) == ["Ada Lovelace"]
    assert "No longer with us" not in content
    assert "/ask/" not in content
    assert Event.objects.get(kind="exported").capacity == "lead"


def test_a2_contacts_of_a_former_member_still_read_what_has_ended(
    staff: Person, uni: Member
) -> None:
    researcher(uni, "Ada Lovelace", "push")
    uni.memberships.update(end=YESTERDAY)

    assert (names(staff, uni), names(staff, uni, show="former")) == ([], ["Ada Lovelace"])


@pytest.mark.parametrize("more", ["/", ".csv"])
def test_as_many_queries_with_one_researcher_as_with_three(
    staff: Person, uni: Member, more: str, django_assert_max_num_queries
) -> None:
    counts = []
    for wanted in (1, 3):
        while User.objects.filter(name="A Researcher").count() < wanted:
            user = researcher(uni, "A Researcher", *Grant.Purpose.values)
            make_connection(user.orcid or "")
            make_work(user)
        with django_assert_max_num_queries(40) as seen:
            answer = staff.client.get(url(uni, more))
            b"".join(answer)
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_as_many_queries_with_one_work_as_with_three(
    staff: Person, uni: Member, django_assert_max_num_queries
) -> None:
    ada = researcher(uni, "Ada Lovelace", "list")
    counts = []
    for wanted in (1, 3):
        while ada.works.count() < wanted:
            make_work(ada)
        with django_assert_max_num_queries(40) as seen:
            staff.client.get(url(uni, f"/{ada.orcid}/"))
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_pages_of_twenty_five(staff: Person, uni: Member) -> None:
    users = User.objects.bulk_create(
        User(orcid=new_orcid(), name=f"Person {number:02d}") for number in range(26)
    )
    Grant.objects.bulk_create(Grant(person=user, member=uni, purpose="push") for user in users)

    first, second = names(staff, uni), names(staff, uni, page="2")

    assert (len(first), second) == (25, ["Person 25"])
