"""A person's own profile: what is saved, what is refused, whose name is shown where."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from contacts.disciplines import BROAD, DISCIPLINES
from contacts.models import Profile, Role, User
from contacts.services.profiles import save_profile
from members.actors import Actor
from members.services.information import edit_information
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.lead.desk import client_of
from tests.pictures import drawn, files
from tests.profile.steps import PROFILE, file, save, typed
from tests.reading import said

pytestmark = pytest.mark.django_db


def test_everything_that_is_typed_is_saved_and_shown_again(person: User, browser: Client) -> None:
    response = save(
        browser,
        ("Site", "https://ada.example/"),
        known_as="Ada, Countess",
        other_names="Ada Byron",
        title="Analyst",
        field="1.2",
        biography="First line.\r\n\r\nSecond <b>line</b>.",
    )

    assert said(response) == ["Your profile is saved."]
    told = Profile.objects.select_related("user").get(user=person)
    assert (told.user.known_as, told.other_names, told.title, told.field) == (
        "Ada, Countess", "Ada Byron", "Analyst", "1.2",
    )  # fmt: skip
    assert told.biography == "First line.\n\nSecond <b>line</b>."
    assert told.links == [{"label": "Site", "url": "https://ada.example/"}]
    form = response.context["form"]
    assert form["biography"].value() == told.biography
    assert [dict(row) for row in form.links.initial] == told.links
    assert told.is_public is False


def test_saving_something_wrong_loses_nothing_that_was_typed(browser: Client) -> None:
    response = save(
        browser, ("Mine", "javascript:alert(1)"), title="Analyst", field="9.9", biography="Mine."
    )

    form = response.context["form"]
    assert form.errors == {"field": ["Choose one of the list."]}
    assert form.links.errors[0] == {
        "url": ["This is not the address of a website. Write it like https://www.uni.example."]
    }
    assert (form["title"].value(), form["biography"].value()) == ("Analyst", "Mine.")
    assert form.links[0]["url"].value() == "javascript:alert(1)"
    assert not Profile.objects.exists()


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "ftp://x.example", "https://orcid.org@evil.example",
     "//evil.example", "https://"],
)  # fmt: skip
def test_links_are_web_addresses_alone(browser: Client, address: str) -> None:
    response = save(browser, ("Mine", address))

    assert response.context["form"].links.total_error_count() == 1
    assert not Profile.objects.exists()


def test_a_link_without_its_scheme_gets_it(person: User, browser: Client) -> None:
    save(browser, ("", "ada.example/me"))

    assert Profile.objects.get().links == [{"label": "", "url": "https://ada.example/me"}]


def test_a_label_without_an_address_is_asked_about(browser: Client) -> None:
    response = save(browser, ("Site", ""))

    assert response.context["form"].links.errors[0] == {"url": ["A link needs an address."]}


def test_there_are_eight_links_at_most(browser: Client) -> None:
    links = [("x", f"https://{n}.example") for n in range(9)]

    response = save(browser, *links)

    assert response.context["form"].links.non_form_errors() == ["At most 8 links."]


def test_a_biography_is_as_long_as_is_said_whatever_the_line_ends(browser: Client) -> None:
    fits = "a\r\n" * 999 + "bb"

    save(browser, biography=fits)
    too_long = save(browser, biography="x" * 2001)

    assert len(Profile.objects.get().biography) == 2000
    assert list(too_long.context["form"].errors) == ["biography"]


def test_the_picture_has_to_be_chosen_again_when_something_else_is_wrong(browser: Client) -> None:
    response = save(browser, field="9.9", picture=file(drawn()))

    assert "please choose it again" in response.text


def test_a_picture_is_not_left_behind_when_saving_fails(
    browser: Client, person: User, media: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object, **_more: object) -> None:
        raise RuntimeError("no row")

    monkeypatch.setattr(Profile, "save", fail)

    with pytest.raises(RuntimeError, match="no row"):
        save(browser, picture=file(drawn()))

    assert files(media) == []  # type: ignore[arg-type]  # a path
    assert User.objects.get(pk=person.pk).picture.name == ""


def test_the_chosen_name_is_in_ones_own_menu(person: User, browser: Client) -> None:
    save(browser, known_as="Countess Lovelace")

    page = browser.get("/directory/").text

    assert 'aria-label="Your menu: Countess Lovelace"' in page
    assert '<span class="avatar" aria-hidden="true">CL</span>' in page


def test_nobody_can_take_another_name_in_a_members_history() -> None:
    member = make_member("Alpha", make_consortium())
    contact = make_contact(member, [Role.MAIN], given_names="Ada", family_name="Lovelace")
    user = make_user(contact.orcid, name="Ada Lovelace")
    client = client_of(user)
    save(client, known_as="The Operator")
    edit_information(member_id=member.pk, version=None, by=Actor.contact(user), city="Leeds")

    history = client.get(f"/tools/{member.slug}/history/").text.partition("<main")[2]

    assert "Ada Lovelace" in history
    assert "The Operator" not in history


def test_a_name_is_one_line_without_tricks(person: User, browser: Client) -> None:
    save(browser, known_as="Ada\u202e ecalevoL\nLovelace")

    person.refresh_from_db()
    assert person.known_as == "Ada ecalevoL Lovelace"


def test_nobody_saves_for_somebody_else(person: User) -> None:
    other = make_user()

    with pytest.raises(PermissionDenied):
        save_profile(user_id=person.pk, by=Actor.contact(other), title="Taken over")
    with pytest.raises(PermissionDenied):
        save_profile(user_id=person.pk, by=Actor.operator(other), title="Taken over")

    assert not Profile.objects.exists()


def test_ids_in_the_body_change_nobody_else(person: User, browser: Client) -> None:
    other = make_user()
    taken = {"user": other.pk, "user_id": other.pk, "id": other.pk, "pk": other.pk, "key": "mine"}
    powers = {"is_staff": "on", "is_superuser": "on", "orcid": other.orcid or "", "name": "Other"}

    browser.post(PROFILE, typed(title="Mine", **taken, **powers))

    assert list(Profile.objects.values_list("user", "title", "key")) == [(person.pk, "Mine", None)]
    after = User.objects.get(pk=person.pk)
    assert (after.is_staff, after.orcid, after.name) == (False, person.orcid, "Ada Lovelace")


def test_the_list_of_fields_is_that_of_the_oecd() -> None:
    assert [len(some) for _broad, some in BROAD] == [7, 11, 5, 5, 9, 5]
    assert len(DISCIPLINES) == 42


@pytest.mark.parametrize("wrong", [{"is_public": True, "key": None}, {"field": "9.9"}])
def test_the_database_refuses_what_cannot_be(person: User, wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Profile.objects.create(user=person, **wrong)


def test_the_profile_is_the_first_tab(browser: Client) -> None:
    page = browser.get(PROFILE)

    tabs = page.text.partition('<nav class="tabs"')[2]
    assert tabs.index('<a href="/me/profile/" aria-current="page">Profile</a>') < tabs.index(
        'href="/me/accounts/email/"'
    )


def test_pages_cost_no_query_more_for_those_who_have_chosen_everything(
    person: User, browser: Client, django_assert_num_queries: object
) -> None:
    """Session, person; members and desks of the menu; the directory's own six."""
    plain = _queries(browser)
    save(browser, known_as="Countess", time_zone="Pacific/Auckland", picture=file(drawn()))

    assert _queries(browser) == plain


def _queries(client: Client) -> int:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as caught:
        client.get("/directory/")
    return len(caught)
