"""Members out of a file on the page: looked at first, then brought in by a worker (A3, A4, H6)."""

import datetime
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from contacts.models import DeskSeat, Mail, Run
from contacts.services import runs
from members.models import Event, Identifier, Member
from tests.factories import make_consortium, make_member
from tests.lead_members.desk import Managed, kinds_of
from tests.reading import said

pytestmark = pytest.mark.django_db
HEAD = "Legal name,Country,Community,Website,ROR"
ROWS = [
    "Alpha University,CL,Research Institute,alpha.example,05a28rw58",
    "Beta Foundation,GB,Funder,,",
]
LONG_AGO = timezone.localdate() - datetime.timedelta(days=400)


def _upload(desk: Managed, *rows: str, head: str = HEAD, **fields: str) -> Any:
    content = "\n".join([head, *(rows or ROWS)]).encode()
    return desk.post(
        "members/import/", {"file": SimpleUploadedFile("members.csv", content), **fields}
    )


def _go(desk: Managed) -> Any:
    return desk.post(f"members/import/{Run.objects.get().pk}/", {"do": "bring-in"})


def _bring_in(desk: Managed, *rows: str, **fields: str) -> Any:
    _upload(desk, *rows, **fields)
    _go(desk)
    runs.perform(run_id=Run.objects.get().pk)
    return desk.get(f"members/import/{Run.objects.get().pk}/")


def _words(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_preview_says_what_would_happen_and_stores_no_member(desk: Managed) -> None:
    page = _upload(desk, start="2024-03-01")

    assert "To be added: 2 . To be started again: 0 ." in _words(page)
    assert [(row["name"], row["start"]) for row in page.context["rows"]] == [
        ("Alpha University", "2024-03-01"),
        ("Beta Foundation", "2024-03-01"),
    ]
    assert Member.objects.count() == 1


def test_every_error_stands_on_its_row_and_nothing_can_be_brought_in(desk: Managed) -> None:
    page = _upload(desk, "Alpha,XX,Research Institute,,05a28rw59", *ROWS, "Gamma,GB,,,")
    forced = _go(desk)

    assert [number for number, _text in page.context["run"].result["errors"]] == [2, 2, 5]
    assert "Row 5: A new member needs: community." in _words(page).replace(" : ", ": ")
    assert "Bring these in" not in page.content.decode()
    assert said(forced) == ["There is nothing that can be brought in."]
    assert Run.objects.get().state == "draft"


def test_unknown_columns_are_told(desk: Managed) -> None:
    page = _upload(desk, "Alpha,CL,Funder,,,7", head=f"{HEAD},Shoe size")

    assert "not known and were left out: Shoe size" in _words(page)


def test_a_file_that_cannot_be_read_says_so(desk: Managed) -> None:
    page = _upload(desk, head="nothing,known")

    assert "names no column that is known" in _words(page)


def test_a4_the_worker_brings_in_what_was_shown(desk: Managed) -> None:
    done = _bring_in(desk, start="2024-03-01")

    alpha = Member.objects.get(legal_name="Alpha University")
    assert Identifier.objects.get(member=alpha).value == "https://ror.org/05a28rw58"
    assert alpha.memberships.get().start == datetime.date(2024, 3, 1)
    assert kinds_of(alpha)[0] == ("member_created", "import")
    assert set(Event.objects.values_list("actor", flat=True)) == {desk.manager.pk}
    assert "Added: 2. Started again: 0. As they were: 0." in _words(done)
    assert Mail.objects.count() == 0


def test_the_same_file_again_changes_nothing(desk: Managed) -> None:
    _bring_in(desk)
    Run.objects.all().delete()

    again = _upload(desk)

    assert "Nothing to bring in" in _words(again)


def test_a3_what_a_member_says_of_itself_stays(desk: Managed) -> None:
    member = make_member("Alpha University", desk.consortium, website="https://alpha.example")

    page = _upload(desk, "Alpha College,CL,Funder,alpha.example,05a28rw58", ROWS[1])
    _go(desk)
    runs.perform(run_id=Run.objects.get().pk)

    assert "Alpha University says something else here, and that stays" in _words(page)
    before = Member.objects.get(pk=member.pk)
    assert (before.legal_name, before.version, before.identifiers.count()) == (
        "Alpha University",
        1,
        0,
    )
    assert Member.objects.filter(legal_name="Beta Foundation").exists()


def test_a_former_member_starts_again(desk: Managed) -> None:
    former = make_member("Alpha University", desk.consortium, end=LONG_AGO)
    Identifier.objects.create(member=former, scheme="ror", value="https://ror.org/05a28rw58")

    done = _bring_in(desk, ROWS[0], start=timezone.localdate().isoformat())

    assert "Added: 0. Started again: 1." in _words(done)
    assert kinds_of(former) == [("membership_started", "import")]


def test_a_former_member_of_others_is_the_operators_to_bring_in(desk: Managed) -> None:
    public_elsewhere = make_member("Alpha University", make_consortium("South"), country="CL")
    Identifier.objects.create(
        member=public_elsewhere, scheme="ror", value="https://ror.org/05a28rw58"
    )

    page = _upload(desk, ROWS[0])

    assert "is a member elsewhere at present" in _words(page)


def test_what_changed_since_the_preview_is_shown_again_first(desk: Managed) -> None:
    _upload(desk)
    make_member("Alpha University", desk.consortium, website="https://alpha.example")

    page = _go(desk)

    assert said(page) == [
        "Members have changed since the file was looked through. Look at it again."
    ]
    assert [row["name"] for row in page.context["rows"]] == ["Beta Foundation"]
    assert Run.objects.get().state == "draft"


def test_a_row_that_can_no_longer_be_brought_in_stops_none_of_the_rest(desk: Managed) -> None:
    _upload(desk)
    _go(desk)
    other = make_member("Faster", desk.consortium)
    Identifier.objects.create(member=other, scheme="ror", value="https://ror.org/05a28rw58")

    runs.perform(run_id=Run.objects.get().pk)
    page = desk.get(f"members/import/{Run.objects.get().pk}/")

    assert "Row 2 Alpha University: " in _words(page)
    assert "has this identifier" in _words(page)
    assert set(Member.objects.values_list("legal_name", flat=True)) == {
        "Lead of North Consortium",
        "Faster",
        "Beta Foundation",
    }


def test_progress_is_right_after_a_refresh_and_asked_for_by_htmx_until_it_is_done(
    desk: Managed,
) -> None:
    _upload(desk)
    _go(desk)
    run = Run.objects.get()
    Run.objects.update(state="running", done=1, claimed_at=timezone.now())
    address = desk.url(f"members/import/{run.pk}/")

    page = desk.client.get(address)
    part = desk.client.get(address, headers={"HX-Request": "true"}).content.decode()
    Run.objects.update(state="queued", done=0)
    runs.perform(run_id=run.pk)
    last = desk.client.get(address, headers={"HX-Request": "true"}).content.decode()

    assert "1 of 2 done" in _words(page)
    assert ("<html" in part, f'hx-get="{address}"' in part) == (False, True)
    assert ("Done" in last, "hx-get" in last) == (True, False)


def test_a_file_is_thrown_away(desk: Managed) -> None:
    _upload(desk)

    page = desk.post(f"members/import/{Run.objects.get().pk}/", {"do": "discard"})

    assert said(page) == ["Nothing was brought in; the file is thrown away."]
    assert Run.objects.count() == 0


def test_a4_readers_and_other_desks_bring_nothing_in(desk: Managed) -> None:
    _upload(desk)
    DeskSeat.objects.update(level="reader")
    address = desk.url(f"members/import/{Run.objects.get().pk}/")

    answers = [desk.reader.get(address), desk.reader.post(address, {"do": "bring-in"})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert Run.objects.get().state == "draft"
