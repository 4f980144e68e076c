"""The front page and the frame around every page."""

import pytest
from django.test import Client

from contacts.models import Role
from tests.factories import make_consortium, make_contact, make_member, make_user

pytestmark = pytest.mark.django_db


def test_strangers_are_offered_sign_in_and_the_directory(client: Client):
    page = client.get("/").text

    assert '<form method="post" action="/accounts/orcid/login/">' in page
    assert 'href="/directory/"' in page
    assert "not run by ORCID" in page


def test_contacts_find_their_organisations_and_what_is_missing(client: Client):
    user = make_user(name="Grace Hopper")
    member = make_member("Alpha", make_consortium())
    make_contact(member, [Role.MAIN], orcid=user.orcid)
    make_member("Beta", make_consortium())
    client.force_login(user)

    page = client.get("/").text

    assert '<a href="/tools/alpha/">Alpha</a>' in page
    # no ROR, no signatory, trademark question not answered, not confirmed …
    assert "things are missing" in page
    assert "Beta" not in page


def test_people_of_the_desk_find_their_workspace(client: Client):
    user = make_user(name="Grace Hopper")
    consortium = make_consortium("North Consortium")
    consortium.lead = make_member("Lead Library", consortium)
    consortium.save()
    make_contact(consortium.lead, [Role.MAIN], orcid=user.orcid)
    client.force_login(user)

    page = client.get("/").text

    # in the menu and on the page
    assert page.count('href="/lead/north-consortium/"') == 2


def test_people_without_an_organisation_learn_why_and_whom_to_ask(client: Client):
    client.force_login(make_user(name="Nina Nobody"))

    page = client.get("/").text

    assert "not yet a contact of an organisation" in page
    assert "helpdesk@portal.example" in page
    assert "/tools/" not in page


def test_a_researcher_is_led_to_their_publications(client: Client):
    client.force_login(make_user(name="Nina Nobody"))

    front, own = client.get("/").text, client.get("/me/").text

    # in the menu and on the page; before what is said to people who act for an organisation
    assert front.count('href="/me/publications/"') == own.count('href="/me/publications/"') == 2
    assert front.index("Your publications") < front.index("not yet a contact")


def test_who_signed_in_without_an_id_is_not_led_to_publications(client: Client):
    client.force_login(make_user(orcid=None, email="op@portal.example", is_staff=True))

    assert "/me/publications/" not in client.get("/").text + client.get("/me/").text


@pytest.mark.parametrize("page", ["/", "/me/"])
def test_who_has_no_id_yet_is_told_of_the_step_that_is_left(client: Client, page: str):
    client.force_login(make_user(orcid=None, name="Noor of the College"))

    told = client.get(page).text

    assert "One step is left: your ORCID iD" in told
    assert 'href="/me/accounts/orcid/first/"' in told
    # said of people who came with an iD
    assert "the iD you have just signed in with" not in told


def test_an_operator_is_led_to_the_administration_not_to_organisations(client: Client):
    client.force_login(make_user(orcid=None, email="op@portal.example", is_staff=True))

    page = client.get("/").text

    assert '<a href="/admin/">Run the portal</a>' in page
    assert "One step is left" not in page
    assert "Do you act for an organisation?" not in page


@pytest.mark.parametrize("page", ["/", "/me/"])
def test_profile_and_what_is_held_are_found_from_the_start(client: Client, page: str):
    client.force_login(make_user())

    told = client.get(page).text

    # in the menu and on the page
    assert told.count('href="/me/profile/"') == told.count('href="/me/data/"') == 2


def test_menu_shows_name_initials_and_the_whole_id(client: Client):
    user = make_user(name="Grace Hopper")
    client.force_login(user)

    page = client.get("/directory/").text

    assert '<span class="avatar" aria-hidden="true">GH</span>' in page
    assert f"/{user.orcid}</a>" in page
    assert '<form method="post" action="/accounts/logout/">' in page


def test_menu_leads_to_administration_for_operators_alone(client: Client):
    client.force_login(make_user())
    before = client.get("/directory/").text
    client.force_login(make_user(orcid=None, email="op@portal.example", is_staff=True))

    after = client.get("/directory/").text

    assert "/admin/" not in before
    assert '<a href="/admin/">Administration</a>' in after


def test_menu_asks_twice_at_most_however_many_places(client: Client, django_assert_num_queries):
    user = make_user()
    for _ in range(3):
        make_contact(make_member("", make_consortium()), orcid=user.orcid)
    client.force_login(user)

    # session, person, own members, desks; the page itself: consortia with a notice
    with django_assert_num_queries(5):
        client.get("/privacy/")


def test_menu_asks_nothing_for_strangers(client: Client, django_assert_num_queries):
    # the page itself: consortia with a notice
    with django_assert_num_queries(1):
        client.get("/privacy/")


@pytest.mark.parametrize("rows", [1, 3])
def test_home_queries_do_not_grow_with_organisations(
    client: Client, rows: int, django_assert_num_queries
):
    user = make_user()
    for _ in range(rows):
        make_contact(make_member("", make_consortium()), orcid=user.orcid)
    client.force_login(user)

    # session, person, own members with their gaps, desks of both kinds, works that could not be sent
    with django_assert_num_queries(6):
        client.get("/")
