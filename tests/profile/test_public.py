"""The public profile: off unless switched on, and never more than it says (A6, O7)."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from contacts.models import Profile, Role, User
from integrations.works.identifiers import identifier
from tests.factories import make_consortium, make_contact, make_member, make_user, make_work
from tests.lead.desk import client_of
from tests.pictures import drawn
from tests.profile.steps import file, make_public, save

pytestmark = pytest.mark.django_db
NOWHERE = "/people/no-such-address/"


def main_of(page: Any) -> str:
    return str(page.text.partition("<main")[2].partition("</main>")[0])


@pytest.fixture
def contact_of_alpha() -> User:
    """Somebody with much that is not for the public."""
    member = make_member("Alpha University", make_consortium("North Consortium"))
    contact = make_contact(
        member, [Role.MAIN], given_names="Grace", family_name="Hopper", email="grace@alpha.example",
        job_title="Rear Admiral", phone="+44 1234",
    )  # fmt: skip
    return make_user(contact.orcid, name="Grace Hopper", email="grace@private.example")


def test_it_shows_what_was_told_and_the_authenticated_id(person: User, client: Client) -> None:
    address = make_public(
        person,
        other_names="Ada Byron",
        title="Analyst",
        field="1.2",
        biography="One.\n\nTwo.",
        links=[{"label": "Site", "url": "https://ada.example/"}],
    )

    page = main_of(client.get(address))

    for text in ["<h1 dir=\"auto\">Ada Lovelace</h1>", "Analyst", "Ada Byron",
                 "Computer and information sciences", "<p>One.</p>\n\n<p>Two.</p>"]:  # fmt: skip
        assert text in page
    link = '<a href="https://ada.example/" rel="nofollow ugc noopener"><bdi>Site</bdi></a>'
    assert link in page
    uri = f"https://orcid.org/{person.orcid}".replace("https://orcid.org", _base())
    assert re.search(
        rf'<a href="{uri}"[^>]*><img src="[^"]*id-authenticated[^"]*"[^>]*> {uri}</a>', page
    )
    assert "unauthenticated" not in page


def _base() -> str:
    from django.conf import settings  # noqa: PLC0415

    return str(settings.ORCID_BASE_URL)


def test_a6_it_tells_nothing_of_roles_addresses_and_members(
    contact_of_alpha: User, client: Client
) -> None:
    address = make_public(contact_of_alpha, title="Sailor")

    page = client.get(address).text

    for secret in ["Alpha", "North", "grace@", "Rear Admiral", "1234", "Main relationship"]:
        assert secret not in page


@pytest.mark.parametrize("off", ["never on", "switched off", "deactivated"])
def test_what_is_off_is_answered_as_what_never_was(person: User, client: Client, off: str) -> None:
    browser = client_of(person)
    save(browser, title="Secret title", picture=file(drawn()))
    key = "never-on"
    if off != "never on":
        key = make_public(person).split("/")[2]
        assert "Secret title" in client.get(f"/people/{key}/").text
    if off == "switched off":
        save(browser, title="Secret title")
    if off == "deactivated":
        User.objects.filter(pk=person.pk).update(is_active=False)

    page, picture = client.get(f"/people/{key}/"), client.get(f"/people/{key}/picture")

    assert (page.status_code, picture.status_code) == (404, 404)
    assert page.text == client.get(NOWHERE).text
    assert "Lovelace" not in page.text


def test_the_owner_too_finds_nothing_there_while_it_is_off(person: User, browser: Client) -> None:
    address = make_public(person)
    save(browser)

    assert browser.get(address).status_code == 404


def test_the_picture_is_public_with_the_profile_alone(person: User, browser: Client) -> None:
    save(browser, picture=file(drawn()), is_public="on")
    address = Profile.objects.get().get_absolute_url()

    seen = Client().get(f"{address}picture")

    assert (seen.status_code, seen["Content-Type"]) == (200, "image/webp")
    assert seen["Cache-Control"] == "private, max-age=300"
    assert f'src="{address}picture?v=' in Client().get(address).text


def test_its_address_cannot_be_guessed_and_stays(person: User, browser: Client) -> None:
    first = make_public(person)
    save(browser)

    again = make_public(person)

    assert first == again
    assert re.fullmatch(r"/people/[\w-]{22}/", first)
    assert make_public(make_user(name="Ada Lovelace")) != first


@pytest.mark.parametrize("listed", [True, False])
def test_search_engines_list_it_only_when_told_to(
    person: User, client: Client, *, listed: bool
) -> None:
    answer = client.get(make_public(person, for_search_engines=listed))

    assert answer.headers.get("X-Robots-Tag") == (None if listed else "noindex")
    assert ('<meta name="robots" content="noindex">' in answer.text) is not listed


def test_o7_works_that_are_not_public_are_not_shown(person: User, client: Client) -> None:
    make_work(person, "A public work")
    make_work(person, "For trusted parties", visibility="limited")
    make_work(person, "For nobody", visibility="private")
    make_work(person, "Typed and private", origin="form", visibility="private")
    make_work(person, "Hidden here", hidden_at=timezone.now())
    make_work(person, "Gone from ORCID", left_orcid_at=timezone.now())
    make_work(make_user(), "Of somebody else")

    page = main_of(client.get(make_public(person)))

    assert re.findall(r"<p dir=\"auto\"><strong>(.*?)</strong>", page) == ["A public work"]


def test_works_stand_by_year_newest_first(person: User, client: Client) -> None:
    for title, published in [("Old", "1999"), ("New", "2024-05"), ("Newer", "2024-06"), ("?", "")]:
        make_work(person, title, published=published)

    page = main_of(client.get(make_public(person)))

    parts = re.findall(r'works-year">(.*?)<|<strong>(.*?)</strong>', page)
    assert [one or other for one, other in parts] == [
        "2024", "Newer", "New", "1999", "Old", "Without a date", "?",
    ]  # fmt: skip


def test_many_works_come_in_pages(person: User, client: Client) -> None:
    for number in range(51):
        make_work(person, f"Work {number:02}", published=f"{1950 + number}")
    address = make_public(person)

    first = client.get(address)
    last = client.get(f"{address}?after={first.context['page'].after}")

    assert len(first.context["rows"]) == 50
    assert [entry["row"].work.title for entry in last.context["rows"]] == ["Work 00"]


@pytest.mark.parametrize("number", [1, 3])
def test_it_takes_as_many_queries_for_three_works_as_for_one(
    person: User, client: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        make_work(person, identifiers=[identifier("doi", "10.1000/182", "self")])
    address = make_public(person)

    with django_assert_num_queries(2):  # the profile with its person, and the works
        client.get(address)


def test_what_people_write_is_text_and_no_markup(person: User, client: Client) -> None:
    bad = '"><script>alert(1)</script>'
    make_work(person, bad, journal_title=bad)
    address = make_public(
        person, known_as=bad, other_names=bad, title=bad, biography=bad,
        links=[{"label": bad, "url": "https://x.example/?a=b&c=d"}],
    )  # fmt: skip

    for page in (client.get(address).text, client_of(person).get("/me/profile/").text):
        assert "<script>alert" not in page
        assert '"><script' not in page


def test_without_a_name_it_cannot_be_switched_on() -> None:
    nameless = make_user(name="")
    browser = client_of(nameless)

    refused = save(browser, is_public="on", title="Kept")
    taken = save(browser, is_public="on", known_as="A. N. Other")

    assert refused.context["form"].errors == {
        "known_as": ["Say by which name your public profile shows you."]
    }
    assert refused.context["form"]["title"].value() == "Kept"
    assert taken.context["profile"].is_public


def test_the_preview_is_ones_own_switched_on_or_not(person: User, browser: Client) -> None:
    save(browser, title="Analyst", picture=file(drawn()))

    page = browser.get("/me/profile/preview/").text

    assert "Only you see this page: your public profile is off." in page
    assert "Analyst" in page
    assert 'src="/me/profile/picture?v=' in page
    assert "Analyst" not in client_of(make_user()).get("/me/profile/preview/").text


def test_switching_it_on_and_off_is_confirmed(person: User, browser: Client) -> None:
    def news(response: Any) -> list[str]:
        return [str(message) for message in response.context["messages"]][1:]

    assert news(save(browser, is_public="on")) == ["Your profile is public now."]
    assert news(save(browser, is_public="on", title="X")) == []
    assert news(save(browser)) == ["Your profile is not public any more."]


def test_somebody_without_an_id_has_a_profile_too(client: Client) -> None:
    person = make_user(orcid=None, name="Nell No-Id")

    page = client.get(make_public(person))

    assert "Nell No-Id" in page.text
    assert "orcid-id" not in main_of(page)
