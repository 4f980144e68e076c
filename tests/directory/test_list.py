"""The public list: who is in it, how it is searched, ordered and leafed through."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from contacts.models import Role
from members import paging
from members.models import Consortium, Member
from tests.directory.reading import names_on
from tests.factories import make_consortium, make_contact, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def consortium() -> Consortium:
    return make_consortium("North Consortium")


def test_only_active_members_are_listed(client: Client, consortium: Consortium):
    today = timezone.localdate()
    day = datetime.timedelta(days=1)
    make_member("Active", consortium)
    make_member("Last Day", consortium, end=today)
    make_member("Unknown Start", consortium, start=None)
    make_member("Ended", consortium, end=today - day)
    make_member("Pending", consortium, start=today + day)
    make_member("Never")

    assert names_on(client.get("/directory/")) == ["Active", "Last Day", "Unknown Start"]


def test_accents_do_not_change_the_order(client: Client, consortium: Consortium):
    for name in ["Oxford", "Ó Riada", "Łódź", "Zürich", "Lund", "Österreich", "Olomouc"]:
        make_member(name, consortium)

    found = names_on(client.get("/directory/"))

    assert found == ["Łódź", "Lund", "Ó Riada", "Olomouc", "Österreich", "Oxford", "Zürich"]


@pytest.mark.parametrize("words", ["universitat", "UNIVERSITÄT", "zurich universität"])
def test_search_ignores_accents_case_and_order(client: Client, consortium: Consortium, words: str):
    make_member("Universität Zürich", consortium)
    make_member("University of Oxford", consortium)

    assert names_on(client.get("/directory/", {"search": words})) == ["Universität Zürich"]


def test_legal_names_are_found_too(client: Client, consortium: Consortium):
    make_member("LSE", consortium, legal_name="London School of Economics")
    make_member("Other", consortium)

    assert names_on(client.get("/directory/", {"search": "economics"})) == ["LSE"]


def test_filters_combine(client: Client, consortium: Consortium):
    funder = Member.Community.FUNDER
    make_member("Alpha Fund", consortium, country="IE", community=funder)
    make_member("Alpha Research", consortium, country="IE")
    make_member("Alpha Abroad", consortium, country="FR", community=funder)
    make_member("Beta Fund of Alpha", consortium, country="IE", community=funder)

    chosen = {"search": "alpha", "country": "IE", "community": "funder", "initial": "A"}

    assert names_on(client.get("/directory/", chosen)) == ["Alpha Fund"]


def test_names_with_an_accent_stand_under_the_plain_letter(client: Client, consortium: Consortium):
    make_member("Ó Riada", consortium)
    make_member("Pembroke", consortium)

    assert names_on(client.get("/directory/", {"initial": "O"})) == ["Ó Riada"]


def test_names_without_a_latin_letter_stand_under_the_number_sign(
    client: Client, consortium: Consortium
):
    make_member("4TU", consortium)
    make_member("東京大学", consortium, slug="tokyo")
    make_member("Alpha", consortium)

    assert sorted(names_on(client.get("/directory/", {"initial": "#"}))) == ["4TU", "東京大学"]


def test_only_letters_with_members_are_links_and_keep_the_other_filters(
    client: Client, consortium: Consortium
):
    make_member("Alpha", consortium, country="IE")
    make_member("Élan", consortium, country="IE")
    make_member("Zeta", consortium, country="FR")

    page = client.get("/directory/", {"country": "IE", "page": "1"}).text

    assert re.findall(r'href="(\?[^"]*initial=[^"]*)"', page) == [
        "?country=IE&amp;initial=A",
        "?country=IE&amp;initial=E",
    ]


def test_countries_offered_are_those_of_members(client: Client, consortium: Consortium):
    make_member("Alpha", consortium, country="IE")
    make_member("Gone", consortium, country="FR", end=datetime.date(2020, 1, 1))

    page = client.get("/directory/").text

    offered = re.search(r'<select name="country".*?</select>', page, re.DOTALL)
    assert offered is not None
    assert re.findall(r'<option value="(\w*)"', offered[0]) == ["", "IE"]


@pytest.mark.parametrize("address", ["?country=XX", "?page=zzz", "?page=-3", "?page=99999999"])
def test_unusable_addresses_still_show_the_list(
    client: Client, consortium: Consortium, address: str
):
    make_member("Alpha", consortium)

    assert names_on(client.get(f"/directory/{address}")) == ["Alpha"]


def test_null_characters_are_refused_in_words(client: Client, consortium: Consortium):
    make_member("Alpha", consortium)

    response = client.get("/directory/", {"search": "a\x00b"})

    assert "Null characters are not allowed." in response.text


def test_second_page_goes_on_where_the_first_ended(client: Client, consortium: Consortium):
    for number in range(27):
        make_member(f"Member {number:02d}", consortium)

    first, second = client.get("/directory/"), client.get("/directory/", {"page": "2"})

    assert names_on(first) + names_on(second) == [f"Member {number:02d}" for number in range(27)]
    assert "1–25 of 27" in first.text
    assert 'rel="next" href="?page=2"' in first.text
    assert "26–27 of 27" in second.text


def test_htmx_gets_the_results_alone(client: Client, consortium: Consortium):
    make_member("Alpha", consortium)

    response = client.get("/directory/", headers={"HX-Request": "true"})

    assert names_on(response) == ["Alpha"]
    assert "<html" not in response.text
    assert "HX-Request" in response["Vary"]


def test_page_restored_from_the_browsers_history_is_whole(client: Client):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}

    assert "<html" in client.get("/directory/", headers=headers).text


def test_nothing_found_says_what_to_do(client: Client, consortium: Consortium):
    make_member("Alpha", consortium)

    page = client.get("/directory/", {"search": "nothing"}).text

    assert "No organisation matches" in page
    assert "Show all organisations" in page


def test_no_person_shows_on_public_pages(client: Client, consortium: Consortium):
    member = make_member("Alpha", consortium, street="12 Secret Street", city="Hiddenham")
    make_contact(
        member, [Role.MAIN], given_names="Grace", family_name="Hopper", email="grace@alpha.example"
    )

    pages = client.get("/directory/").text + client.get("/directory/alpha/").text

    leaks = ["Grace", "Hopper", "grace@alpha.example", "Secret Street", "Hiddenham", "0000-000"]
    assert [leak for leak in leaks if leak in pages] == []


def test_says_that_it_is_the_consortiums_own_list(client: Client):
    page = client.get("/directory/").text

    assert "consortium’s own list of its members" in page
    assert '<link rel="canonical" href="http://testserver/directory/">' in page


@pytest.mark.parametrize("rows", [1, 3])
def test_list_queries_do_not_grow_with_rows(
    client: Client, consortium: Consortium, rows: int, django_assert_num_queries
):
    for number in range(rows):
        make_member(f"Member {number}", consortium)

    # countries offered, rows, capped count, letters in use
    with django_assert_num_queries(4):
        client.get("/directory/", {"search": "member", "country": "GB"})


def test_long_lists_are_not_counted_to_the_end(
    client: Client, consortium: Consortium, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(paging, "COUNTED_TO", 2)
    for number in range(3):
        make_member(f"Member {number}", consortium)

    page = client.get("/directory/").text

    assert "<strong>more than 2</strong> organisations" in page
