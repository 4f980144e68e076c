"""Users in the admin, and how operators are made."""

import io

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.test import Client

from contacts.models import Mail, User
from tests.admin.operator import change_address, make_operator, operator_client
from tests.factories import make_user, new_orcid
from tests.lead.desk import client_of

pytestmark = pytest.mark.django_db
PASSWORD = "quite a long password"


def test_deactivated_user_is_out_with_the_next_request() -> None:
    user = make_user()
    browser = client_of(user)
    assert browser.get("/tools/").status_code == 200

    operator_client().post(change_address(user), {})  # the box is not ticked

    user.refresh_from_db()
    assert user.is_active is False
    assert browser.get("/tools/").status_code == 302


def test_c4_id_and_address_of_a_user_are_not_edited() -> None:
    user = make_user(name="Ada")

    operator_client().post(
        change_address(user), {"is_active": "on", "orcid": new_orcid(), "email": "x@evil.example"}
    )

    unchanged = User.objects.get(pk=user.pk)
    assert (unchanged.orcid, unchanged.email, unchanged.name) == (user.orcid, "", "Ada")


def _helper() -> Client:
    staff = make_operator(is_superuser=False, email="helper@portal.example")
    staff.user_permissions.add(*Permission.objects.filter(codename__endswith="_user"))
    return client_of(staff)


def test_staff_do_not_make_themselves_superusers() -> None:
    client = _helper()
    user = make_user()

    client.post(change_address(user), {"is_active": "on", "is_staff": "on", "is_superuser": "on"})

    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser) == (False, False)


@pytest.mark.parametrize("address", ["add/", "{}/change/", "{}/delete/"])
def test_staff_do_not_give_their_group_more_power(address: str) -> None:
    staff = make_operator(is_superuser=False, email="helper@portal.example")
    staff.user_permissions.add(*Permission.objects.filter(codename__endswith="_group"))
    group = Group.objects.create(name="Helpers")
    staff.groups.add(group)
    power = Permission.objects.get(codename="change_contact")

    response = client_of(staff).post(
        f"/admin/auth/group/{address.format(group.pk)}", {"name": "H", "permissions": [power.pk]}
    )

    assert response.status_code == 403
    assert Group.objects.get().name == "Helpers"
    assert not group.permissions.exists()


def test_staff_do_not_touch_superusers() -> None:
    boss = make_operator()

    response = _helper().post(change_address(boss), {})

    assert response.status_code == 403


def test_staff_do_not_set_passwords() -> None:
    other = make_operator(is_superuser=False, email="other@portal.example")
    address = f"/admin/contacts/user/{other.pk}/password/"

    response = _helper().post(address, {"password1": PASSWORD, "password2": PASSWORD})

    assert response.status_code == 403
    other.refresh_from_db()
    assert not other.has_usable_password()


def test_people_with_an_id_get_no_password() -> None:
    user = make_user()

    response = operator_client().get(f"/admin/contacts/user/{user.pk}/password/")

    assert response.status_code == 403


def _create(monkeypatch: pytest.MonkeyPatch, password: str = PASSWORD, **options: str) -> str:
    monkeypatch.setenv("OPERATOR_PASSWORD", password)
    out = io.StringIO()
    call_command("create_operator", stdout=out, **options)
    return out.getvalue()


def test_operator_is_made_and_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    _create(monkeypatch, email="New@portal.example", name="Nora")
    client = Client()

    answer = client.post(
        "/accounts/login/?next=/admin/",
        {"login": "new@portal.example", "password": PASSWORD, "next": "/admin/"},
    )

    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    shut = client.get("/admin/", follow=True)
    assert shut.redirect_chain[-1][0] == "/me/accounts/second-factor/"
    assert "The administration opens once you have a second factor." in shut.content.decode()


def test_weak_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="too short"):
        _create(monkeypatch, password="short", email="new@portal.example")

    assert not User.objects.exists()


def test_address_of_an_account_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _create(monkeypatch, email="new@portal.example")

    with pytest.raises(CommandError, match="already"):
        _create(monkeypatch, email="NEW@portal.example")

    assert User.objects.count() == 1


def test_operator_whose_password_another_one_sets_is_told_and_signed_out() -> None:
    other = make_operator(email="other@portal.example")
    session = client_of(other)
    address = f"/admin/contacts/user/{other.pk}/password/"
    form = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}

    operator_client().post(address, form)

    [mail] = Mail.objects.all()
    assert (mail.to, "your password was changed" in mail.text) == ("other@portal.example", True)
    assert session.get("/me/").headers["Location"] == "/accounts/login/?next=/me/"


def test_own_password_is_changed_on_the_page_that_tells() -> None:
    answer = operator_client().get("/admin/password_change/")

    assert answer.headers["Location"] == "/me/accounts/password/"


@pytest.mark.parametrize("right", ["view_user", "change_user"])
def test_staff_see_nobodys_password_as_it_is_stored(right: str) -> None:
    """Read-only fields are shown raw; whoever has a superuser's hash can guess at it unseen."""
    staff = make_operator(is_superuser=False, email="helper@portal.example")
    staff.user_permissions.add(Permission.objects.get(codename=right))
    people = [
        make_operator(is_superuser=one, email=f"{one}@portal.example") for one in (True, False)
    ]
    for person in people:
        person.set_password("a long enough password")
        person.save()

    pages = [client_of(staff).get(change_address(person)).text for person in people]

    assert ["Olga Operator" in page for page in pages] == [True, True]
    assert [
        person.password.split("$")[-1] in page for person, page in zip(people, pages, strict=True)
    ] == [False, False]
