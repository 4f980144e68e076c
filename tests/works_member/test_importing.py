"""Works of an institution out of a file: preview, errors by row, and go."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contacts.models import Run
from integrations.works.models import Keeper, MemberWork
from members.models import Event
from tests.factories import make_user
from tests.works_member.conftest import House, make_member_work, written

pytestmark = pytest.mark.django_db
HEADER = "Type,Title,Date,DOI,People\n"


def upload(house: House, client: Client, rows: str) -> tuple[Run, str]:
    file = SimpleUploadedFile("works.csv", (HEADER + rows).encode())
    page = client.post(house.url("works_import"), {"file": file}, follow=True)
    return Run.objects.latest("pk"), page.content.decode()


def test_a_file_is_shown_first_then_brought_in_as_drafts_with_its_authors(house: House) -> None:
    ada = make_user(name="Ada Lovelace")
    there = make_member_work(house.member, "There")
    client = house.client(house.keeper)
    rows = (
        f"book,New,2020,10.5555/new,Ada Lovelace ({ada.orcid}); Bo Li\n"
        f"book,There already,2020,{there.identifiers[0]['value']},\n"
        "book,,2020,,\n"
    )

    run, preview = upload(house, client, rows)
    before = MemberWork.objects.count()
    page = client.post(house.url("works_import_run", run.pk), {"do": "add"}, follow=True)

    new = MemberWork.objects.get(title="New")
    assert before == 1
    assert "Row 4: Title: A work needs a title." in " ".join(preview.split())
    assert "1 draft was added" in page.content.decode()
    assert (new.state, new.origin, written(new)) == ("draft", "file", ["Ada Lovelace"])
    assert [person["name"] for person in new.contributors] == ["Ada Lovelace", "Bo Li"]
    told = Event.objects.get(kind="works_added")
    assert (told.member, told.changes["number"]) == (house.member, 1)


def test_the_same_file_again_changes_nothing(house: House) -> None:
    client = house.client()
    for _time in range(2):
        run, page = upload(house, client, "book,New,2020,10.5555/new,\n")
        client.post(house.url("works_import_run", run.pk), {"do": "add"})

    assert MemberWork.objects.count() == 1
    assert "Nothing new to add" in page


def test_r5_a_file_of_somebody_who_left_the_desk_brings_nothing_in(house: House) -> None:
    from contacts.services import runs  # noqa: PLC0415
    from integrations.works.services import imports  # noqa: PLC0415
    from members.actors import Actor  # noqa: PLC0415

    run, _page = upload(house, house.client(house.keeper), "book,New,2020,10.5555/new,\n")
    Keeper.objects.update(removed_at="2026-01-01T00:00Z")

    imports.start(run_id=run.pk, also=[], by=Actor.contact(house.keeper))
    runs.perform(run_id=run.pk)

    run.refresh_from_db()
    assert (run.state, MemberWork.objects.count()) == ("failed", 0)


def test_somebody_elses_file_is_not_there(house: House) -> None:
    whose, other = house.client(), house.client(house.keeper)
    run, _page = upload(house, whose, "book,New,2020,10.5555/new,\n")
    url = house.url("works_import_run", run.pk)

    answers = [client.get(url).status_code for client in (whose, other)]

    assert answers == [200, 404]
