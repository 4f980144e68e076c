"""Files made to keep us busy, or to have somebody else's program do things."""

from io import BytesIO
from pathlib import Path
from time import process_time

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.test import Client

from contacts.models import Run, User
from contacts.services import runs
from integrations.works.files import reading
from integrations.works.files.writing import FORMATS
from integrations.works.models import Work
from integrations.works.services import imports
from tests.works_own.conftest import make_work
from tests.works_own.test_importing import CSL, IMPORT, go, text_of, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def long_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "READ_AT_ONCE", 10)


def uploads() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT, "runs").glob("*") if path.is_file()]


@pytest.mark.usefixtures("long_files")
def test_long_file_is_read_by_a_worker_and_then_shown(browser: Client, person: User) -> None:
    page = upload(browser, CSL, "list.json")
    assert "Waiting" in text_of(page)
    run = Run.objects.get()
    before = len(uploads())

    runs.perform(run_id=run.pk)

    run.refresh_from_db()
    assert (run.state, run.total, run.attempts) == ("draft", 3, 0)
    assert len(uploads()) == before  # what was read takes the place of what was uploaded
    assert "To be added: 1 ." in text_of(browser.get(f"{IMPORT}{run.pk}/"))
    failing = browser.get(f"{IMPORT}{run.pk}/failing/")
    assert '"raw": "2012-13"' in b"".join(failing.streaming_content).decode()  # type: ignore[attr-defined]
    go(browser)
    assert [work.title for work in Work.objects.of(person)] == ["T"]


@pytest.mark.usefixtures("long_files")
def test_long_file_that_cannot_be_read_says_so(browser: Client) -> None:
    upload(browser, '[{"title": "T"', "list.json")
    run = Run.objects.get()

    runs.perform(run_id=run.pk)

    page = text_of(browser.get(f"{IMPORT}{run.pk}/"))
    assert "The file breaks off" in page or "cannot be read as JSON" in page
    assert "is not added twice" not in page


@pytest.mark.usefixtures("long_files")
def test_one_long_file_at_a_time(browser: Client) -> None:
    upload(browser, CSL, "one.json")

    page = upload(browser, CSL, "two.json")

    assert "Your last file is still being read" in text_of(page)
    assert Run.objects.count() == 1


# Each takes minutes where a pattern or a list is looked through again and again.
HOSTILE = {
    "people.csv": "Type,Title,People\nother,x,a" + " " * 120_000 + "b\n",
    "ids.csv": "Type,Title,Identifiers\nother,x,doi a" + " " * 120_000 + "b\n",
    "isbn.bib": "@book{a,title={x},isbn={" + ", ".join(f"{n:013}" for n in range(20_000)) + "}}",
    "blank.bib": "x" + "\n \n" * 200_000 + "@book{a,title={x}}",
    "name.ris": "TY  - JOUR\nTI  - x\nAU  - " + "([ " * 300_000 + "\nER  - ",
    "country.csv": "Type,Title,Country\n" + "other,x,Nowhere\n" * 9_000,
    "doi.bib": "@book{a,title={x},doi={" + "10." * 500_000 + "}}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_file_takes_long_to_be_read(name: str) -> None:
    before = process_time()
    reading.read_works(BytesIO(HOSTILE[name].encode()), name)

    assert process_time() - before < 5


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("list.bib", "@book{a,title={" + r"\a{}" * 350_000 + "}}", "too much LaTeX"),
        ("list.ris", "TY  - JOUR\n" * 10_001, "more than 10,000 works"),
    ],
)
def test_what_would_take_too_long_is_refused(name: str, content: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        reading.read_works(BytesIO(content.encode()), name)


def test_number_with_thousands_of_digits_is_none(browser: Client) -> None:
    upload(browser, CSL, "list.json")

    page = go(browser, also="9" * 5000)

    assert "1 work was added" in text_of(page)
    form = {"add": "identifiers", "identifiers-TOTAL_FORMS": "9" * 5000}
    assert "identifiers-0-value" in browser.post("/me/publications/add/", form).content.decode()


def test_exported_bibtex_has_no_command_of_a_citation(person: User) -> None:
    """The citation of a work on the record is whatever its source wrote there."""
    citation = r"@article{a, publisher = {\input{/etc/passwd}}, volume = {\write18{rm}7}, series = {^^5cinput{x}}, pages={1--9}}"
    make_work(person, "T", citation_type="bibtex", citation_value=citation)

    text = "".join(FORMATS["bibtex"].write(Work.objects.all()))

    assert "\\input" not in text
    assert "\\write" not in text
    assert "^^" not in text
    assert "pages = {1--9}" in text
