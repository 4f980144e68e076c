"""An institution's works, kept by its contacts and its publications desk (H1, H2, A1–A3)."""

import re
from typing import Any

import pytest
from django.urls import reverse

from integrations.works.models import MemberWork
from members.models import Event, Membership
from tests.factories import make_user
from tests.works_member.conftest import (
    House,
    by,
    make_house,
    make_member_work,
    typed,
    written,
)

pytestmark = pytest.mark.django_db


def kinds(house: House) -> list[str]:
    return list(house.member.events.order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize("who", ["contact", "keeper"])
def test_a_contact_or_keeper_adds_a_draft(house: House, who: str) -> None:
    client = house.client(getattr(house, who))

    page = client.post(house.url("work_add"), typed(), follow=True).content.decode()

    work = MemberWork.objects.get()
    assert (work.title, work.state, work.published) == ("A new work", "draft", "2021")
    assert "“A new work” is a draft now." in page
    assert kinds(house) == ["work_added"]


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_kept(house: House) -> None:
    page = house.client().post(house.url("work_add"), typed("")).content.decode()

    assert "A work needs a title." in page
    assert MemberWork.objects.count() == 0


def test_authors_are_chosen_among_those_who_proved_their_id(house: House) -> None:
    ada = house.researcher()
    stranger = make_user(name="Sam Stranger")

    chosen = typed(**{"contributors-0-orcid": str(ada.orcid)})
    house.client().post(house.url("work_add"), chosen)
    refused = typed("Another", **{"contributors-0-orcid": str(stranger.orcid)})
    page = house.client().post(house.url("work_add"), refused).content.decode()

    [work] = MemberWork.objects.all()
    assert (written(work), "Choose one of the list." in page) == (["Ada Lovelace"], True)


def test_an_author_who_is_chosen_needs_no_name_typed_beside(house: House) -> None:
    ada = str(house.researcher().orcid)
    nameless = {"contributors-0-name": "", "contributors-0-orcid": ada}

    house.client().post(house.url("work_add"), typed(**nameless))
    [work] = MemberWork.objects.all()
    added = (work.contributors[0]["name"], written(work))
    cleared = nameless | {"contributors-0-was": ada}
    house.client().post(house.url("work", work.pk), typed(version=str(work.version), **cleared))

    work.refresh_from_db()
    assert added == ("Ada Lovelace", ["Ada Lovelace"])
    assert work.contributors == []  # the name was there, and was taken away


@pytest.mark.parametrize("adds_row", [False, True])
def test_an_author_cleared_in_one_row_and_chosen_in_another_stays(
    house: House, *, adds_row: bool
) -> None:
    ada = house.researcher()
    work = make_member_work(house.member, contributors=by(ada))
    client, url = house.client(), house.url("work", work.pk)
    rows = {
        "contributors-TOTAL_FORMS": "2", "contributors-0-name": "", "contributors-0-orcid": ada.orcid,
        "contributors-1-name": "", "contributors-1-role": "editor", "contributors-1-orcid": ada.orcid,
    }  # fmt: skip
    sent = typed(version=str(work.version)) | rows | hidden(client.get(url))
    if adds_row:
        sent |= hidden(client.post(url, sent | {"add": "contributors"}))

    client.post(url, sent)

    work.refresh_from_db()
    [kept] = work.contributors
    assert (kept["name"], kept["orcid"], kept["role"]) == ("Ada Lovelace", ada.orcid, "editor")


def hidden(page: Any) -> dict[str, str]:
    """What the rows of people send back unseen."""
    return dict(
        re.findall(r'name="(contributors-\d-was)"(?: value="([^"]*)")?', page.content.decode())
    )


def test_whoever_signs_in_later_is_matched_when_they_grant(house: House) -> None:
    from integrations.works.services import grants  # noqa: PLC0415
    from members.actors import Actor  # noqa: PLC0415
    from tests.factories import new_orcid  # noqa: PLC0415

    orcid = new_orcid()
    person = {"name": "Ada", "orcid": orcid, "role": "author", "sequence": "first"}
    work = make_member_work(house.member, contributors=[person])
    before = written(work)

    ada = make_user(orcid, "Ada Lovelace")
    grants.switch_on(member_id=house.member.pk, purposes=["push"], by=Actor.contact(ada))

    assert (before, written(work)) == ([], ["Ada Lovelace"])


def test_h2_a_stale_form_says_what_changed_and_loses_nothing(house: House) -> None:
    work = make_member_work(house.member, "First title")
    page = house.client().get(house.url("work", work.pk)).content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0].replace("&quot;", '"')
    sent = typed("My title", version="1", type="journal-article", year="2020", seen=seen) | {
        "identifiers-0-value": work.identifiers[0]["value"], "contributors-TOTAL_FORMS": "0",
        "identifiers-INITIAL_FORMS": "1",
    }  # fmt: skip
    theirs = sent | {"title": "First title", "journal_title": "Their journal"}
    house.client(house.keeper).post(house.url("work", work.pk), theirs)

    again = house.client().post(house.url("work", work.pk), sent).content.decode()

    work.refresh_from_db()
    assert (work.title, work.journal_title, work.version) == ("First title", "Their journal", 2)
    assert "While you were editing, this was changed elsewhere" in again
    assert 'value="My title"' in again
    assert 'value="Their journal"' in again


def test_a_work_that_is_there_is_asked_about_first(house: House) -> None:
    work = make_member_work(house.member, "The same")
    sent = typed("The same too") | {"identifiers-0-value": work.identifiers[0]["value"].upper()}

    page = house.client().post(house.url("work_add"), sent).content.decode()
    house.client().post(house.url("work_add"), sent | {"same": str(work.pk)})

    assert "Already in the list" in page
    assert sorted(house.states()) == ["The same", "The same too"]


def test_works_go_through_their_states_in_bulk_and_back(house: House) -> None:
    works = [make_member_work(house.member, f"Work {n}") for n in range(3)]
    client = house.client(house.keeper)
    ticked = {"which": "ticked", "pk": [works[0].pk, works[1].pk]}

    client.post(house.url("works_states"), ticked | {"state": "validated"})
    after_ticked = house.states()
    everything = {"which": "all", "query": "state=validated", "state": "public"}
    page = client.post(house.url("works_states"), everything, follow=True).content.decode()
    after_all = house.states()
    client.post(house.url("works_states"), {"which": "all", "query": "", "state": "draft"})

    assert after_ticked == {"Work 0": "validated", "Work 1": "validated", "Work 2": "draft"}
    assert after_all == {"Work 0": "public", "Work 1": "public", "Work 2": "draft"}
    assert "2 works are public now." in page
    assert set(house.states().values()) == {"draft"}
    told = Event.objects.filter(kind="works_state_changed").order_by("pk")
    assert [event.changes["work_state"] for event in told] == [
        ["draft", "validated"], ["validated", "public"], ["public", "draft"],
    ]  # fmt: skip


def test_another_members_works_are_not_reached_by_their_keys(house: House) -> None:
    others = make_house("Elsewhere")
    theirs = make_member_work(others.member, "Theirs")
    sent = {"which": "ticked", "pk": [theirs.pk], "state": "public"}

    house.client().post(house.url("works_states"), sent)
    answers = {
        house.client().get(house.url("work", theirs.pk)).status_code,
        house.client().post(house.url("work_state", theirs.pk), sent).status_code,
        house.client().post(house.url("work_delete", theirs.pk), {"version": 1}).status_code,
    }

    assert (others.states(), answers) == ({"Theirs": "draft"}, {404})


def test_h2_one_works_state_is_not_changed_by_a_stale_page(house: House) -> None:
    work = make_member_work(house.member)
    MemberWork.objects.filter(pk=work.pk).update(version=2)

    page = house.client().post(
        house.url("work_state", work.pk), {"state": "public", "version": "1"}, follow=True
    )

    assert house.states() == {"A work": "draft"}
    assert "Somebody changed this work meanwhile" in page.content.decode()


def test_a_work_is_deleted_after_a_question(house: House) -> None:
    work = make_member_work(house.member)
    url = house.url("work_delete", work.pk)

    asked = house.client().get(url).content.decode()
    house.client().post(url, {"version": "1"})

    assert ("Delete this work?" in asked, MemberWork.objects.count()) == (True, 0)
    assert kinds(house) == ["work_deleted"]


def test_a2_a_former_member_reads_and_exports_and_changes_nothing(house: House) -> None:
    work = make_member_work(house.member)
    Membership.objects.update(end="2026-11-01")
    for person in (house.contact, house.keeper):
        client = house.client(person)

        reads = [
            client.get(house.url("works")).status_code,
            client.get(house.url("work", work.pk)).status_code,
            client.get(house.url("works_export", "csv")).status_code,
        ]
        writes = [
            client.post(house.url("work_add"), typed()).status_code,
            client.post(house.url("work", work.pk), typed()).status_code,
            client.post(house.url("works_states"), {"which": "all", "state": "public"}).status_code,
        ]

        assert (reads, writes) == ([200] * 3, [403] * 3)
    assert house.states() == {"A work": "draft"}


def test_the_list_costs_the_same_whatever_it_shows(house: House, django_assert_num_queries) -> None:
    ada = house.researcher()
    client = house.client()
    for number in (1, 3):
        for n in range(number):
            make_member_work(house.member, f"Work {number}{n}", contributors=by(ada))
        client.get(house.url("works"))
        # session, user; the member; whether its works are theirs to keep; the works; authors;
        # states at ORCID; own or not; sent in; the policy; types to choose; the menu's two
        with django_assert_num_queries(15):
            page = client.get(house.url("works")).content.decode()
        assert "Ada Lovelace" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("search=whales", ["On whales"]),
        ("search=10.5555%2Fopen-university.2", ["Second"]),
        ("state=public", ["Second"]),
        ("year=1999", ["Old"]),
        ("type=book", ["Old"]),
        ("authors=known", ["On whales"]),
        ("sort=title", ["Old", "On whales", "Second"]),
    ],
)
def test_the_list_is_narrowed_and_ordered_by_its_address(
    house: House, query: str, expected: list[str]
) -> None:
    make_member_work(house.member, "On whales", contributors=by(house.researcher()))
    make_member_work(house.member, "Second", state="public")
    make_member_work(house.member, "Old", published="1999", type="book")

    response = house.client().get(f"{house.url('works')}?{query}")

    assert [row.work.title for row in response.context["rows"]] == expected


def test_an_export_is_exactly_what_is_shown_and_goes_on_record(house: House) -> None:
    make_member_work(house.member, "=Shown", state="public")
    make_member_work(house.member, "Not shown")
    client = house.client()

    files = {
        form: b"".join(client.get(f"{house.url('works_export', form)}?state=public")).decode()
        for form in ("csv", "bibtex", "ris", "csl")
    }

    assert ["Shown" in text and "Not shown" not in text for text in files.values()] == [True] * 4
    assert "'=Shown" in files["csv"]  # H5
    told = Event.objects.filter(kind="exported").first()
    assert told is not None
    assert (told.changes["list"], told.changes["rows"]) == ("works", 1)


def test_the_history_says_in_words_what_was_done(house: House) -> None:
    work = make_member_work(house.member, "On whales")
    sent = {"state": "public", "version": "1"}
    house.client(house.keeper).post(house.url("work_state", work.pk), sent)

    page = house.client().get(reverse("tools:history", args=[house.member.slug])).content.decode()

    assert "Works validated, published or taken back" in page
    assert "On whales" in page
    assert "Kim Keeper" in page
