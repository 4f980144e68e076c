"""What becomes of a profile when its person goes, when two turn out to be one, and when it is abuse."""

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client

from contacts.models import Profile, User
from contacts.services import moving
from contacts.services.profiles import clear_profile, save_profile, take_away
from members.actors import Actor
from tests.admin.operator import change_address, operator_client
from tests.factories import make_user
from tests.lead.desk import client_of
from tests.pictures import drawn, files
from tests.profile.steps import file, make_public, save

TOLD = {
    "known_as": "Countess",
    "other_names": "Ada Byron",
    "title": "Analyst",
    "biography": "Mine.",
    "time_zone": "Asia/Kathmandu",
}


def of(user: User) -> tuple[str, str, str, str]:
    user = User.objects.get(pk=user.pk)
    return user.known_as, user.picture.name or "", user.language, user.time_zone


@pytest.mark.django_db(transaction=True)
def test_h4_emptying_an_account_empties_its_profile_with_the_picture(media: Path) -> None:
    person = make_user(name="Ada Lovelace")
    save(client_of(person), **TOLD, picture=file(drawn()), is_public="on")
    address = Profile.objects.get().get_absolute_url()

    with transaction.atomic():
        clear_profile(User.objects.select_for_update().get(pk=person.pk))

    assert of(person) == ("", "", "", "")
    assert not Profile.objects.exists()
    assert files(media) == []
    assert Client().get(address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_c8_the_profile_goes_with_the_person_whose_record_moved(media: Path) -> None:
    former, present = make_user(name="Ada"), make_user(name="Ada")
    save(client_of(former), **TOLD, picture=file(drawn()))
    save_profile(user_id=former.pk, by=Actor.contact(former), is_public=True)
    address = Profile.objects.get().get_absolute_url()

    moving.move_orcid(old=str(former.orcid), new=str(present.orcid), by=Actor.system())

    told = Profile.objects.get()
    assert (told.user, told.title) == (present, "Analyst")
    name, picture, _language, zone = of(present)
    assert (name, zone, f"{media}/{picture}") == (
        "Countess", "Asia/Kathmandu", str(files(media)[0]),
    )  # fmt: skip
    assert of(former) == ("", "", "", "")
    assert Client().get(address).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_c8_what_the_person_has_at_both_is_that_of_the_one_they_keep(media: Path) -> None:
    former, present = make_user(name="Ada"), make_user(name="Ada")
    save(client_of(former), **TOLD, picture=file(drawn()))
    save(client_of(present), title="Poet", known_as="Ada", picture=file(drawn()))

    moving.move_orcid(old=str(former.orcid), new=str(present.orcid), by=Actor.system())

    assert [(told.user, told.title) for told in Profile.objects.all()] == [(present, "Poet")]
    assert of(present)[0] == "Ada"
    assert [path.name for path in files(media)] == [of(present)[1].removeprefix("people/")]


@pytest.fixture
def told(person: User, browser: Client) -> Profile:
    save(browser, ("Site", "https://spam.example"), **TOLD, picture=file(drawn()), is_public="on")
    return Profile.objects.get()


def operate(told: Profile, name: str) -> None:
    address = change_address(told).replace("/change/", f"/do/{name}/")
    operator_client().post(address, {"note": "This is an advertisement."})


def test_the_operator_removes_a_picture_and_says_why(
    told: Profile, person: User, browser: Client
) -> None:
    operate(told, "picture")

    assert of(person)[:2] == ("Countess", "")
    page = browser.get("/me/profile/").text
    assert "The operator has removed something here" in page
    assert "This is an advertisement." in page
    assert "This is an advertisement." not in Client().get(told.get_absolute_url()).text


def test_the_operator_empties_a_profile_and_it_is_public_no_more(
    told: Profile, person: User
) -> None:
    operate(told, "texts")

    after = Profile.objects.get()
    assert (after.title, after.biography, after.links, after.is_public) == ("", "", [], False)
    assert of(person)[0] == ""
    assert of(person)[1] != ""
    assert Client().get(told.get_absolute_url()).status_code == 404


def test_the_operators_words_go_when_the_person_saves_anew(told: Profile, browser: Client) -> None:
    operate(told, "texts")

    response = save(browser, title="Analyst")

    assert "This is an advertisement." not in response.text


def test_the_operator_sees_the_picture_and_others_do_not(told: Profile, browser: Client) -> None:
    address = f"/admin/contacts/profile/{told.pk}/picture/"

    assert operator_client().get(address)["Content-Type"] == "image/webp"
    assert browser.get(address).status_code in {302, 403}
    assert address in operator_client().get(change_address(told)).text


def test_nobody_but_the_operator_takes_anything_away(told: Profile, person: User) -> None:
    for by in (Actor.contact(person), Actor.lead(make_user())):
        with pytest.raises(PermissionDenied):
            take_away(profile_id=told.pk, by=by, picture=True, texts=True)

    assert make_public(person) == told.get_absolute_url()
    assert of(person)[0] == "Countess"
