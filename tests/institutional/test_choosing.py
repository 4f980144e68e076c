"""*Sign in through your institution*: the list, its search box, and the way from the sign-in page."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.models import InstitutionalSignIn
from tests.factories import make_consortium, make_member, make_user

pytestmark = pytest.mark.django_db
LIST = "/accounts/institutions/"


def offer(member: str, slug: str, **fields: object) -> InstitutionalSignIn:
    return InstitutionalSignIn.objects.create(
        member=make_member(member, make_consortium()),
        protocol="oidc",
        slug=slug,
        issuer="https://idp.example",
        metadata="{}",
        help_name="IT",
        help_email="it@uni.example",
        **{"is_on": True, **fields},
    )


def names(client: Client, **query: str) -> list[str]:
    return [row.shown_name for row in client.get(LIST, query).context["page"].items]


def test_members_with_a_sign_in_are_listed_by_name(client: Client) -> None:
    offer("Queen’s College", "queens")
    offer("Abbey University", "abbey")
    offer("Not Yet University", "not-yet", is_on=False)
    make_member("University without", make_consortium())

    assert names(client) == ["Abbey University", "Queen’s College"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("abbey", ["Abbey University"]),
        ("UNIVERSITE", ["Université du Nord"]),
        ("staff login", ["Staff login of the North"]),
        ("nothing like it", []),
    ],
)
def test_search_finds_by_either_name(client: Client, words: str, found: list[str]) -> None:
    offer("Abbey University", "abbey")
    offer("Université du Nord", "nord")
    offer("Hall", "hall", name="Staff login of the North")

    assert names(client, q=words) == found


def test_each_is_a_button_that_keeps_the_next_page(client: Client) -> None:
    offer("Abbey University", "abbey")

    page = client.get(LIST, {"next": "/tools/"}).content.decode()

    assert '<form method="post" action="/accounts/institutions/abbey/login/">' in page
    assert page.count('<input type="hidden" name="next" value="/tools/">') == 2
    assert "evil" not in client.get(LIST, {"next": "https://evil.example"}).content.decode()


def test_the_list_names_no_person_and_no_inner_address(client: Client) -> None:
    offer("Abbey University", "abbey")

    page = client.get(LIST).content.decode()

    assert "it@uni.example" not in page
    assert "idp.example" not in page


@pytest.mark.parametrize(("query", "says"), [("", "No institution yet"), ("x", "of that name")])
def test_an_empty_list_says_what_to_do(client: Client, query: str, says: str) -> None:
    assert says in client.get(LIST, {"q": query}).content.decode()


def test_list_takes_as_many_queries_for_three_as_for_one(client: Client) -> None:
    offer("Abbey University", "abbey")
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    offer("Béton University", "beton")
    offer("Cottage University", "cottage")
    with CaptureQueriesContext(connection) as three:
        client.get(LIST)

    assert len(three) == len(one)


@pytest.mark.parametrize("path", ["/", "/accounts/login/"])
def test_the_way_to_it_is_shown_where_an_institution_offers_it(client: Client, path: str) -> None:
    off = offer("Not Yet University", "not-yet", is_on=False)
    before = client.get(path).content.decode()
    InstitutionalSignIn.objects.filter(pk=off.pk).update(is_on=True)
    with CaptureQueriesContext(connection) as asked:
        after = client.get(path).content.decode()

    assert (LIST in before, LIST in after) == (False, True)
    assert len(asked) == 1


def test_sign_in_page_leads_to_it(client: Client) -> None:
    offer("Abbey University", "abbey")

    page = client.get("/accounts/login/", {"next": "/tools/?a=b"}).content.decode()

    assert 'href="/accounts/institutions/?next=%2Ftools%2F%3Fa%3Db"' in page


def test_following_a_link_does_not_start_a_sign_in(
    university: InstitutionalSignIn, client: Client
) -> None:
    answer = client.get("/accounts/institutions/north/login/", {"next": "/tools/"})

    page = answer.content.decode()
    assert "You are about to go to your institution" in page
    assert '<input type="hidden" name="next" value="/tools/">' in page
    assert "socialaccount_states" not in client.session


def test_the_way_there_is_a_page_that_goes_on_by_itself(
    university: InstitutionalSignIn, client: Client
) -> None:
    """A redirect after a form would be held to `form-action`, wherever the institution leads on."""
    answer = client.post("/accounts/institutions/north/login/")

    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0; url=http://127.0.0.1' in answer.content.decode()


def test_it_asks_for_no_more_than_it_was_set_up_to(
    university: InstitutionalSignIn, client: Client
) -> None:
    url = client.post(
        "/accounts/institutions/north/login/?scope=everything&auth_params=prompt=none"
    ).context["url"]

    assert "everything" not in url
    assert "prompt" not in url
    assert "code_challenge_method=S256" in url


def test_who_is_to_confirm_first_learns_that_connect_is_to_be_pressed_again(
    client: Client,
) -> None:
    offer("Abbey University", "abbey")
    client.force_login(make_user())

    page = client.post(f"{LIST}abbey/login/", {"process": "connect"}, follow=True)

    assert page.redirect_chain[0][0].startswith("/me/accounts/confirm/")
    assert "press “Connect” once more." in page.content.decode()
