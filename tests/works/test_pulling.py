"""A person's list becomes what their record holds (O7)."""

from typing import Any

from integrations.orcid import records
from integrations.works.models import Work
from integrations.works.vocabulary import WORK_TYPES
from tests.works.conftest import Researcher, make_researcher
from tests.works.record import work


def test_o7_a_record_comes_in(ada: Researcher) -> None:
    ada.has(
        work("On engines", doi="10.1000/Engines", published="1843-09", people=("A. Lovelace",)),
        work("Notes", ids=(("isbn", "9783161484100"),), published="1843", visibility="limited"),
    )

    run = ada.sync()

    assert (run.state, run.result["added"], run.done, run.total) == ("done", 2, 2, 2)
    notes, engines = ada.works
    assert (engines.title, engines.published, engines.origin) == ("On engines", "1843-09", "orcid")
    assert engines.identifiers[0]["normalized"] == "10.1000/engines"
    assert [person["name"] for person in engines.contributors] == ["A. Lovelace"]
    assert (notes.published, notes.visibility) == ("1843", "limited")


def test_o7_a_record_of_thirty_costs_two_calls_and_an_unchanged_one_costs_one(
    ada: Researcher, asked: list[str]
) -> None:
    ada.has(*(work(f"Work {number}", doi=f"10.1/{number}") for number in range(30)))

    ada.sync()
    first = len(asked)
    again = ada.sync()

    assert (first, asked[2:]) == (2, ["works"])
    assert (again.state, again.result["unchanged"], len(ada.works)) == ("done", True, 30)


def test_only_what_is_new_or_changed_is_read(ada: Researcher, asked: list[str]) -> None:
    one, _other = ada.has(work("One", doi="10.1/one"), work("Other", doi="10.1/other"))
    ada.sync()
    asked.clear()

    ada.has(work("One, revised", doi="10.1/one", put_code=one))
    (third,) = ada.has(work("Third", doi="10.1/third"))
    run = ada.sync()

    assert asked == ["works", f"works/{one},{third}"]
    assert ada.titles == ["One, revised", "Other", "Third"]
    assert (run.result["added"], run.result["changed"]) == (1, 1)


def test_o7_versions_of_one_publication_are_one_work_the_preferred_one(ada: Researcher) -> None:
    ada.has(
        work("From the publisher", doi="10.1/same", display_index="0"),
        work("As I prefer it", doi="https://doi.org/10.1/SAME", display_index="1"),
    )

    ada.sync()

    assert ada.titles == ["As I prefer it"]
    assert len(ada.works[0].group_put_codes) == 2


def test_o7_what_was_edited_here_is_not_overwritten(ada: Researcher) -> None:
    (code,) = ada.has(work("Theirs", doi="10.1/a", short_description="old"))
    ada.sync()
    Work.objects.update(title="Mine", edited_fields=["title"])

    ada.has(work("Theirs, again", doi="10.1/a", short_description="new", put_code=code))
    ada.sync()

    (kept,) = ada.works
    assert (kept.title, kept.short_description, kept.version) == ("Mine", "new", 2)


def test_o7_a_work_typed_here_and_then_found_on_the_record_is_one(ada: Researcher) -> None:
    typed = Work.objects.create(
        person=ada.user, origin=Work.Origin.FORM, type="book", title="As I typed it",
        identifiers=[{"type": "doi", "value": "doi:10.1/A", "relationship": "self"}],
    )  # fmt: skip
    ada.has(work("As ORCID has it", doi="10.1/a", published="2020", visibility="limited"))

    ada.sync()

    (one,) = ada.works
    assert (one.pk, one.title, one.type, one.published) == (
        typed.pk, "As I typed it", "book", "2020",
    )  # fmt: skip
    assert (one.origin, one.visibility) == ("orcid", "limited")


def test_what_left_the_record_stays_for_its_owner_alone_and_may_come_back(ada: Researcher) -> None:
    (code, _kept) = ada.has(work("Gone", doi="10.1/gone"), work("Kept", doi="10.1/kept"))
    ada.sync()

    ada.lacks(code)
    run = ada.sync()
    gone = ada.works[0]
    assert (gone.title, gone.visibility, run.result["left"]) == ("Gone", "private", 1)
    assert gone.left_orcid_at is not None
    assert list(Work.objects.of(ada.user).public().values_list("title", flat=True)) == ["Kept"]

    ada.has(work("Gone", doi="10.1/gone"))
    ada.sync()
    back = ada.works[0]
    assert (back.pk, back.left_orcid_at, back.visibility) == (gone.pk, None, "public")
    assert len(ada.works) == 2


def test_o7_an_old_work_deleted_is_noticed_though_the_date_of_the_section_stays(
    ada: Researcher,
) -> None:
    (old,) = ada.has(work("Old"))
    ada.has(work("New"))
    ada.sync()
    before = records.read_works(ada.connection).modified

    ada.lacks(old)
    run = ada.sync()

    assert records.read_works(ada.connection).modified == before
    assert (run.result["left"], [each.left_orcid_at is None for each in ada.works]) == (
        1, [True, False],
    )  # fmt: skip


def test_hidden_stays_hidden(ada: Researcher) -> None:
    (code,) = ada.has(work("Hidden", doi="10.1/a"))
    ada.sync()
    Work.objects.update(hidden_at="2024-01-01T00:00Z")

    ada.has(work("Hidden, revised", doi="10.1/a", put_code=code))
    ada.sync()

    (still,) = ada.works
    assert (still.title, still.hidden_at is None) == ("Hidden, revised", False)


def test_o7_what_this_portal_wrote_is_skipped(ada: Researcher, settings: Any) -> None:
    from_us = {"source-client-id": {"path": settings.ORCID_CLIENT_ID}, "source-name": None}
    ada.has(work("Ours", doi="10.1/ours", source=from_us), work("Theirs", doi="10.1/theirs"))

    ada.sync()

    assert ada.titles == ["Theirs"]


def test_odd_records_come_in_whole(ada: Researcher) -> None:
    crowd = tuple(f"Person {number:02d}" for number in range(51))
    ada.has(
        work("<b>Bold</b> & <i>H₂O</i> $E = mc^2$", people=crowd),
        work("مقدمة في الجبر", published="0820"),
        work("Nothing is known of it"),
        *(work(f"Type {kind}", type=kind) for kind in WORK_TYPES),
    )

    ada.sync()

    by_title = {found.title: found for found in ada.works}
    assert len(by_title["<b>Bold</b> & <i>H₂O</i> $E = mc^2$"].contributors) == 51
    assert by_title["مقدمة في الجبر"].published == "0820"
    assert by_title["Nothing is known of it"].identifiers == []
    types = {title: found.type for title, found in by_title.items() if title.startswith("Type ")}
    assert types == {f"Type {kind}": kind for kind in WORK_TYPES}


def test_a_record_of_more_than_a_hundred_is_read_in_steps(
    ada: Researcher, asked: list[str]
) -> None:
    ada.has(*(work(f"Work {number}") for number in range(120)))

    run = ada.sync()

    assert (len(asked), run.done, run.total, len(ada.works)) == (3, 120, 120, 120)


def test_a_second_persons_list_is_their_own(ada: Researcher) -> None:
    bob = make_researcher(ada.sandbox, "Bob Boole")
    for person in (ada, bob):
        person.has(work("Written by both", doi="10.1/both"))
        person.sync()

    assert (ada.titles, bob.titles) == (["Written by both"], ["Written by both"])
