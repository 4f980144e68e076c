"""*My publications*: the table, its filters, search, order and pages."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from contacts.models import Run, User
from integrations.works.models import Work
from integrations.works.templatetags.works import facts
from tests.factories import make_connection, make_user, make_work

pytestmark = pytest.mark.django_db
URL = "/me/publications/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ada() -> User:
    user = make_user(name="Ada Lovelace")
    make_connection(user.orcid or "")
    return user


@pytest.fixture
def browser(ada: User, client: Client) -> Client:
    client.force_login(ada)
    return client


def shown(client: Client, **asked: Any) -> list[str]:
    """The titles in the table, in their order."""
    content = client.get(URL, asked).content.decode()
    return re.findall(r'<th scope="row"><a href="[^"]*" dir="auto">(.*?)</a>', content)


def words(client: Client, **asked: Any) -> str:
    content = client.get(URL, asked).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", content.partition("<main")[2]).split())


def test_a_row_says_what_is_known_and_a_dash_for_the_rest(ada: User, browser: Client) -> None:
    make_work(ada, "Bare", published="", source_name="")
    make_work(
        ada, "Full", published="2012-10", journal_title="Notes", source_name="Crossref",
        identifiers=[
            {"type": "doi", "value": "10.1/A", "url": "https://doi.org/10.1/a", "normalized": ""},
            {"type": "uri", "value": "javascript:alert(1)", "url": "javascript:alert(1)"},
        ],
    )  # fmt: skip

    content = browser.get(URL).content.decode()

    full, bare = (" ".join(row.split()) for row in re.findall(r"<tr id.*?</tr>", content, re.S))
    assert "October 2012" in full
    assert '<a href="https://doi.org/10.1/a" rel="nofollow noopener"><bdi>10.1/A</bdi></a>' in full
    assert "javascript:alert(1)</bdi>" in full
    assert 'href="javascript' not in full
    assert bare.count("–") == 4  # date, journal, identifiers, source


def test_an_identifier_that_is_not_the_works_own_says_how_it_belongs(
    ada: User, browser: Client
) -> None:
    of = {
        "self": "10.1/own",
        "version-of": "10.1/other",
        "part-of": "10.1/book",
        "made-up": "10.1/x",
    }
    known = [{"type": "doi", "value": doi, "relationship": how} for how, doi in of.items()]
    work = make_work(ada, "A preprint", identifiers=known)

    said = words(browser)

    whole = "DOI: 10.1/own version of DOI: 10.1/other part of DOI: 10.1/book made up DOI: 10.1/x"
    assert whole in said
    [identifiers] = [value for label, value in facts(work) if label == "Identifiers"]
    assert identifiers.startswith("DOI: 10.1/own; version of DOI: 10.1/other;")


def test_titles_are_text_whatever_they_hold(ada: User, browser: Client) -> None:
    make_work(ada, '<img src=x onerror="alert(1)"> $x^2$')

    assert shown(browser) == ["&lt;img src=x onerror=&quot;alert(1)&quot;&gt; $x^2$"]


@pytest.mark.parametrize(
    ("title", "seen"),
    [
        ("CO<sub>2</sub> &amp; <i>Daphnia</i>", "CO<sub>2</sub> &amp; <i>Daphnia</i>"),
        ("at T &lt; 4 °C & p > 1", "at T &lt; 4 °C &amp; p &gt; 1"),
        ("<i onclick='x()'>A</i>", "<i>A</i>"),
        ("The tag <b>, explained", "The tag &lt;b&gt;, explained"),
        ("&lt;script&gt;", "&lt;script&gt;"),
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
    ],
)
def test_marks_that_publishers_set_are_shown_as_such(
    ada: User, browser: Client, title: str, seen: str
) -> None:
    make_work(ada, title)

    assert shown(browser) == [seen]


@pytest.mark.parametrize("search", ["co2 under", "CO<sub>2</sub>", "t < 4"])
def test_a_title_is_found_as_it_is_read(ada: User, browser: Client, search: str) -> None:
    make_work(ada, "CO<sub>2</sub> under ice at T &lt; 4 °C")
    make_work(ada, "Other")

    assert len(shown(browser, search=search)) == 1


def test_the_list_is_the_persons_own(ada: User, browser: Client) -> None:
    make_work(make_user(), "Somebody else’s")
    make_work(ada, "Mine")

    assert shown(browser) == ["Mine"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["Boxes", "Apples", "Cats"]),
        ({"sort": "oldest"}, ["Cats", "Apples", "Boxes"]),
        ({"sort": "title"}, ["Apples", "Boxes", "Cats"]),
        ({"sort": "title-down"}, ["Cats", "Boxes", "Apples"]),
        ({"sort": "type"}, ["Cats", "Apples", "Boxes"]),
        ({"sort": "journal"}, ["Boxes", "Cats", "Apples"]),
        ({"sort": "source"}, ["Cats", "Boxes", "Apples"]),
        ({"sort": "nonsense"}, ["Boxes", "Apples", "Cats"]),
        ({"type": "book"}, ["Cats"]),
        ({"year": "2020"}, ["Apples"]),
        ({"year": "two"}, ["Boxes", "Apples", "Cats"]),
        ({"source": "Crossref"}, ["Boxes"]),
        ({"source": " here "}, ["Cats"]),
        ({"visibility": "limited"}, ["Apples"]),
        ({"show": "hidden"}, ["Hidden"]),
        ({"show": "left"}, ["Cats"]),
    ],
)
def test_order_and_filters_live_in_the_address(
    ada: User, browser: Client, asked: dict[str, str], expected: list[str]
) -> None:
    make_work(
        ada, "Apples", published="2020-05", visibility="limited", journal_title="Zoology",
        source_name="Scopus",
    )  # fmt: skip
    make_work(ada, "Boxes", published="2021", source_name="Crossref", journal_title="Annals")
    make_work(
        ada, "Cats", published="", type="book", origin="form", left_orcid_at=timezone.now(),
        journal_title="Notes", source_name="",
    )  # fmt: skip
    make_work(ada, "Hidden", hidden_at=timezone.now(), published="1999", type="patent")

    assert shown(browser, **asked) == expected


@pytest.mark.parametrize(
    "search",
    [
        "zürich",
        "zurich numbers",
        "annalen",
        "noether",
        "10.1007/BF01457084",
        "https://doi.org/10.1007/bf01457084",
        "9783161484100",
        "3-16-148410-X",
    ],
)
def test_search_finds_by_title_journal_person_and_identifier(
    ada: User, browser: Client, search: str
) -> None:
    make_work(ada, "Something else")
    make_work(
        ada, "Numbers in Zürich", journal_title="Mathematische Annalen",
        contributors=[{"name": "Emmy Noether"}],
        identifiers=[
            {"type": "doi", "value": "10.1007/BF01457084", "normalized": "10.1007/bf01457084"},
            {"type": "isbn", "value": "3-16-148410-X", "normalized": "9783161484100"},
        ],
    )  # fmt: skip

    assert shown(browser, search=search) == ["Numbers in Zürich"]


def test_pages_are_leafed_through_both_ways(ada: User, browser: Client) -> None:
    for number in range(120):
        make_work(ada, f"W{number:03}", published=str(1900 + number // 3))
    everything = [f"W{number:03}" for number in reversed(range(120))]
    by_pk = {work.title: work.pk for work in Work.objects.all()}

    first = shown(browser)
    second = shown(browser, after=by_pk[first[-1]])
    third = shown(browser, after=by_pk[second[-1]])
    back = shown(browser, before=by_pk[third[0]])

    assert first + second + third == everything
    assert back == second


def test_somebody_elses_work_in_the_address_leads_to_the_start(ada: User, browser: Client) -> None:
    other = make_work(make_user(), "Other", published="2030")
    make_work(ada, "Mine")

    assert shown(browser, before=other.pk) == ["Mine"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_does_not_grow(
    ada: User, browser: Client, rows: int, django_assert_num_queries: Any
) -> None:
    for _ in range(rows):
        make_work(ada)
    Run.objects.create(kind="works_pull", state="done", started_by=ada, finished_at=timezone.now())

    # Session, user, sources, types, rows, connection, run, permissions; the menu's members and desks.
    with django_assert_num_queries(10):
        browser.get(URL)


def test_pressing_sync_answers_at_once_that_it_is_queued(ada: User, browser: Client) -> None:
    answer = browser.post(
        reverse("works:sync"), {"query": "sort=title&search=x&evil=//e"}, follow=True
    )

    assert answer.redirect_chain == [(f"{URL}?sort=title&search=x&evil=%2F%2Fe", 302)]
    assert "Your request is queued" in answer.content.decode()
    assert Run.objects.get().state == "queued"


def test_with_htmx_the_panel_alone_takes_its_place_and_asks_again(browser: Client) -> None:
    content = browser.post(reverse("works:sync"), headers=HTMX).content.decode()

    assert content.lstrip().startswith('<section class="panel" id="sync"')
    assert 'hx-trigger="every 1s"' in content
    assert "Queued: your works will be read from ORCID" in content


def test_progress_is_told_until_it_is_over_and_then_the_list_is_called(
    ada: User, browser: Client
) -> None:
    run = Run.objects.create(
        kind="works_pull", state="running", started_by=ada, done=100, total=250
    )
    under_way = browser.get(reverse("works:progress"), headers=HTMX)
    Run.objects.filter(pk=run.pk).update(
        state="done", finished_at=timezone.now(), result={"added": 250, "changed": 0, "left": 1}
    )

    over = browser.get(reverse("works:progress"), headers=HTMX)

    assert "100 of 250 done" in under_way.content.decode()
    assert "HX-Trigger" not in under_way
    assert "works-changed" in over["HX-Trigger"]
    assert "every" not in over.content.decode()
    assert "250 works were added. 1 is no longer on ORCID." in words(browser)


def test_htmx_gets_the_list_alone_in_the_readers_place(ada: User, browser: Client) -> None:
    make_work(ada, "Apples")
    make_work(ada, "Boxes")

    content = browser.get(URL, {"search": "box"}, headers=HTMX).content.decode()

    assert "<html" not in content
    assert re.findall(r'dir="auto">(\w+)<', content)[0] == "Boxes"


def test_without_script_progress_leads_to_the_page(browser: Client) -> None:
    assert browser.get(reverse("works:progress"))["Location"] == URL


def test_the_page_is_right_after_a_plain_refresh(ada: User, browser: Client) -> None:
    Run.objects.create(
        kind="works_pull", state="queued", started_by=ada, delays=1,
        due_at=timezone.now() + timedelta(minutes=3),
    )  # fmt: skip

    assert "ORCID cannot be reached" in words(browser)


def test_nobody_syncs_without_end(browser: Client, settings: Settings) -> None:
    settings.SYNCS_PER_PERSON_PER_HOUR = 1

    browser.post(reverse("works:sync"))
    content = browser.post(reverse("works:sync"), headers=HTMX).content.decode()

    assert "You have synced very often. Try again in 60 minutes." in content


def test_somebody_elses_run_is_not_shown(ada: User, browser: Client) -> None:
    Run.objects.create(kind="works_pull", state="running", started_by=make_user(), total=77)

    assert "Your works have not been read from ORCID yet" in words(browser)
