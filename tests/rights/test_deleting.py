"""Deleting one's own account: who may, what it asks, what becomes of organisations and of ORCID."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts import tasks
from contacts.models import ApiToken, Contact, Mail, Role, User
from contacts.services import erasing, tokens
from integrations.orcid.models import Connection
from members.actors import Actor
from members.models import Event, Member
from tests.accounts.steps import give_password, proved_client, words
from tests.connection.steps import somebody as connected_somebody
from tests.connection.steps import takes
from tests.factories import make_connection, make_consortium, make_contact, make_member, make_user
from tests.lead.desk import client_of
from tests.push.conftest import Pusher, ada, no_pauses, shelf  # noqa: F401  # fixtures
from tests.sandbox_server import SandboxServer
from tests.signin.steps import sign_in

pytestmark = pytest.mark.django_db
PAGE = "/me/accounts/delete/"
SURE = {"sure": "on"}


@pytest.fixture
def member() -> Member:
    return make_member("Alpha", make_consortium(helpdesk_email="help@alpha.example"))


def person_at(member: Member, *roles: Role) -> tuple[User, Contact]:
    contact = make_contact(member, list(roles) or None)
    return make_user(contact.orcid, name="Lea Leaving"), contact


def delete(user: User, **form: Any) -> Any:
    return proved_client(user).post(PAGE, SURE | form, follow=True)


def on_record(orcid: SandboxServer, ada: Pusher) -> list[str]:  # noqa: F811  # not the fixture
    """The titles of the works there, read with a token of the tests' own."""
    iD = ada.connection.orcid  # noqa: N806  # ORCID's spelling
    reader = orcid.add_client(client_id="APP-READER", client_secret="s", name="R", redirect_uris=[])
    token = orcid.give_permission(iD, reader.client_id, "/read-limited")["access_token"]
    url = f"{orcid.member_api_url}/{iD}/works"
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    groups = orcid.http.get(url, headers=headers).raise_for_status().json()["group"]
    return sorted(group["work-summary"][0]["title"]["title"]["value"] for group in groups)


def test_operators_are_told_that_they_cannot_come_back_by_themselves() -> None:
    operator = give_password(make_user(orcid=None, email="op@portal.example", is_staff=True))

    page = words(proved_client(operator).get(PAGE))
    of_others = words(proved_client(make_user()).get(PAGE))

    assert "only another operator can make you a new account" in page
    assert "Make sure that somebody else is one, too" in page
    assert "You can sign in again at any time" not in page
    assert "You can sign in again at any time" in of_others
    assert "operator" not in of_others


def test_page_asks_for_proof_first() -> None:
    response = client_of(make_user()).get(PAGE)

    assert response["Location"] == "/me/accounts/confirm/?next=%2Fme%2Faccounts%2Fdelete%2F"


def test_nothing_is_deleted_without_proof() -> None:
    user = make_user(name="Lea Leaving")

    client_of(user).post(PAGE, SURE)

    user.refresh_from_db()
    assert (user.is_active, user.name) == (True, "Lea Leaving")


def test_nothing_is_deleted_by_looking_or_without_saying_so() -> None:
    user = make_user(name="Lea Leaving")
    client = proved_client(user)

    page = words(client.get(PAGE))
    client.post(PAGE, {})

    user.refresh_from_db()
    assert "What stays, and why" in page
    assert (user.is_active, user.name) == (True, "Lea Leaving")


def test_account_is_emptied_and_its_person_signed_out_everywhere() -> None:
    user = make_user(name="Lea Leaving")
    EmailAddress.objects.create(user=user, email="lea@home.example", verified=True, primary=True)
    SocialAccount.objects.create(user=user, provider="orcid", uid=user.orcid)
    elsewhere = client_of(user)
    UserSession.objects.create(
        user=user, session_key=elsewhere.session.session_key, ip="192.0.2.1", user_agent="x"
    )

    page = words(delete(user))

    user.refresh_from_db()
    assert "Your account is deleted." in page
    assert (user.name, user.orcid, user.is_active) == ("", None, False)
    assert not SocialAccount.objects.exists()
    assert elsewhere.get("/me/").status_code == 302


def test_who_is_not_sure_is_told_that_nothing_is_deleted() -> None:
    user = make_user()

    page = words(proved_client(user).post(PAGE, {}))

    user.refresh_from_db()
    assert "Nothing is deleted yet: please look at this" in page
    assert "cannot be undone: Tick this if you are sure." in page
    assert "Not saved yet" not in page
    assert user.is_active


def test_the_last_mail_says_what_becomes_of_orcid_to_who_was_connected() -> None:
    user = make_user()
    make_connection(user.orcid or "")
    EmailAddress.objects.create(user=user, email="c@home.example", verified=True, primary=True)

    delete(user)

    assert "to your ORCID record stays there" in Mail.objects.get().text


def test_a_last_mail_tells_of_it_and_is_forgotten_when_it_has_left() -> None:
    user = make_user(name="Lea Leaving")
    EmailAddress.objects.create(user=user, email="lea@home.example", verified=True, primary=True)

    delete(user)

    mail = Mail.objects.get()
    assert (mail.to, mail.subject) == (
        "lea@home.example", "Member Tools: your account is deleted",
    )  # fmt: skip
    assert "You have deleted your account" in mail.text
    # who was not connected has nothing there
    assert "your ORCID record" not in mail.text
    assert "You can sign in again at any time" in mail.text
    tasks.finish_closings()
    assert Mail.objects.exists()
    Mail.objects.update(state=Mail.State.SENT)
    tasks.finish_closings()
    assert not Mail.objects.exists()


def test_c9_main_names_who_follows(member: Member) -> None:
    user, own = person_at(member, Role.MAIN)
    next_one = make_contact(member)
    make_user(next_one.orcid)

    delete(user, **{f"at-{own.pk}-successor": str(next_one.pk)})

    assert Contact.objects.get(role_assignments__role=Role.MAIN) == next_one
    left = Event.objects.get(kind=Event.Kind.CONTACT_LEFT)
    assert (left.member, left.personal) == (member, None)


def test_c9_main_is_asked_before_anything_happens(member: Member) -> None:
    user, own = person_at(member, Role.MAIN)
    make_user(make_contact(member).orcid)

    page = words(delete(user))

    user.refresh_from_db()
    assert "Name who follows you" in page
    assert user.is_active
    assert Contact.objects.current().filter(pk=own.pk).exists()


def test_c9_the_only_one_with_access_must_say_that_nobody_follows_and_the_lead_is_told(
    member: Member,
) -> None:
    user, own = person_at(member, Role.MAIN)

    page = words(delete(user))
    assert "nobody will be in charge" in page
    delete(user, **{f"at-{own.pk}-alone": "on"})

    assert Event.objects.filter(kind=Event.Kind.NOBODY_IN_CHARGE, member=member).exists()
    assert Mail.objects.filter(kind=Mail.Kind.NOBODY_IN_CHARGE).exists()
    assert not Contact.objects.current().exists()


def test_c9_all_organisations_are_left_on_one_page(member: Member) -> None:
    user, _own = person_at(member)
    make_user(make_contact(member, [Role.MAIN]).orcid)
    other = make_member("Beta")
    make_contact(other, orcid=user.orcid)
    make_user(make_contact(other, [Role.MAIN]).orcid)

    page = words(proved_client(user).get(PAGE))
    delete(user)

    assert "Alpha" in page
    assert "Beta" in page
    left = Event.objects.filter(kind=Event.Kind.CONTACT_LEFT).order_by("pk")
    assert [event.member for event in left] == [member, other]


def test_page_asks_as_often_for_three_organisations_as_for_one() -> None:
    user = make_user()
    client = proved_client(user)

    def queries() -> int:
        make_user(make_contact(make_member(), [Role.TECHNICAL]).orcid)
        with CaptureQueriesContext(connection) as asked:
            client.get(PAGE)
        return len(asked)

    for number in range(3):
        member = make_member(f"Place {number}")
        make_contact(member, [Role.MAIN], orcid=user.orcid)
        make_user(make_contact(member).orcid)
        if number == 0:
            client.get(PAGE)
            one = queries()

    assert queries() == one


def test_a_successor_who_left_meanwhile_is_no_reason_to_stay(member: Member) -> None:
    user, own = person_at(member, Role.MAIN)
    erasing.close_account(user_id=user.pk, by=Actor.contact(user), successors={own.pk: 999_999})

    erasing.finish_closings()

    user.refresh_from_db()
    assert user.emptied_at


def test_r5_api_tokens_end_at_once(member: Member) -> None:
    user, _own = person_at(member, Role.MAIN)
    make_user(make_contact(member).orcid)
    _token, secret = tokens.make_token(
        name="Script", days=3, can_write=False, by=Actor.contact(user), member_id=member.pk
    )
    erasing.close_account(user_id=user.pk, by=Actor.contact(user))

    answer = Client().get("/api/v1/contacts/", headers={"authorization": f"Bearer {secret}"})

    assert answer.status_code == 401
    erasing.finish_closings()
    assert not ApiToken.objects.exists()


def test_nobody_closes_the_account_of_another(member: Member) -> None:
    user, other = make_user(name="Lea Leaving"), make_user()

    with pytest.raises(PermissionDenied):
        erasing.close_account(user_id=user.pk, by=Actor.contact(other))

    user.refresh_from_db()
    assert user.is_active


def test_the_last_operator_stays() -> None:
    operator = make_user(None, email="op@portal.example", is_staff=True, is_superuser=True)

    with pytest.raises(ValidationError, match="only operator"):
        erasing.close_account(user_id=operator.pk, by=Actor.contact(operator))

    helper = make_user(None, is_staff=True)
    with pytest.raises(ValidationError, match="only operator"):
        erasing.close_account(user_id=operator.pk, by=Actor.contact(operator))
    erasing.close_account(user_id=helper.pk, by=Actor.contact(helper))
    make_user(None, is_staff=True, is_superuser=True)
    erasing.close_account(user_id=operator.pk, by=Actor.contact(operator))


def test_only_a_superuser_erases_an_operator() -> None:
    target, helper = (make_user(None, is_staff=True) for _number in range(2))
    superuser = make_user(None, is_staff=True, is_superuser=True)

    with pytest.raises(ValidationError, match="Only a superuser"):
        erasing.erase_person(user_id=target.pk, by=Actor.operator(helper))
    target.refresh_from_db()
    assert target.is_active

    erasing.erase_person(user_id=target.pk, by=Actor.operator(superuser))
    target.refresh_from_db()
    assert target.emptied_at


def test_an_operator_who_may_not_erase_another_reads_why() -> None:
    target, helper = (make_user(None, is_staff=True) for _number in range(2))
    helper.user_permissions.add(Permission.objects.get(codename="change_user"))

    page = words(proved_client(helper).post(f"/admin/contacts/user/{target.pk}/do/erase/", {}))

    assert "Only a superuser can erase an operator." in page


def test_who_signs_in_again_begins_with_an_empty_account(orcid: SandboxServer) -> None:
    iD = orcid.add_person(given_names="Lea", family_name="Leaving")  # noqa: N806  # ORCID's spelling
    client = Client()
    sign_in(client, iD)
    former = User.objects.get(orcid=iD)
    erasing.close_account(user_id=former.pk, by=Actor.contact(former))
    erasing.finish_closings()

    sign_in(Client(), iD)

    present = User.objects.get(orcid=iD)
    assert present != former
    assert (present.is_active, present.name) == (True, "Lea Leaving")


def test_while_it_is_being_emptied_nobody_signs_in_to_it(orcid: SandboxServer) -> None:
    iD = orcid.add_person(given_names="Lea", family_name="Leaving")  # noqa: N806  # ORCID's spelling
    sign_in(Client(), iD)
    former = User.objects.get(orcid=iD)
    erasing.close_account(user_id=former.pk, by=Actor.contact(former))

    again = Client()
    sign_in(again, iD)

    assert User.objects.get(orcid=iD) == former
    assert SESSION_KEY not in again.session


def test_o6_connection_ends_and_orcid_is_told(orcid: SandboxServer) -> None:
    sofia = connected_somebody(orcid)
    sofia.connects()
    token = Connection.objects.get().access_token

    delete(sofia.user)

    assert not takes(orcid, token)
    erasing.finish_closings()
    assert not Connection.objects.exists()


def test_o6_what_was_written_is_deleted_at_orcid_before_the_token_is_revoked(
    ada: Pusher,  # noqa: F811  # the fixture
    orcid: SandboxServer,
) -> None:
    ada.push(1, 2)
    token = Connection.objects.get(pk=ada.connection.pk).access_token
    page = words(proved_client(ada.user).get(PAGE))
    assert "Delete it from my record, too" in page

    delete(ada.user, written="delete")

    ada.user.refresh_from_db()
    assert ada.user.emptied_at
    assert takes(orcid, token)
    assert on_record(orcid, ada) == ["Work 1", "Work 2"]
    ada.deliver()
    assert on_record(orcid, ada) == []
    assert not takes(orcid, token)
    erasing.finish_closings()
    assert not Connection.objects.exists()


def test_o6_what_was_written_stays_where_that_is_wanted(
    ada: Pusher,  # noqa: F811  # the fixture
    orcid: SandboxServer,
) -> None:
    ada.push(1)

    delete(ada.user, written="keep")
    ada.deliver()
    erasing.finish_closings()

    assert on_record(orcid, ada) == ["Work 1"]
    assert not Connection.objects.exists()


def test_o6_while_orcid_does_not_answer_the_account_is_empty_all_the_same(
    orcid: SandboxServer,
) -> None:
    sofia = connected_somebody(orcid)
    sofia.connects()
    orcid.fault("/oauth/revoke", status=503)

    delete(sofia.user)

    sofia.user.refresh_from_db()
    assert sofia.user.emptied_at
    erasing.finish_closings()
    assert Connection.objects.get().state == Connection.State.ENDING


def test_operator_erases_a_person_and_the_admins_log_does_not_name_them(
    client: Client, member: Member
) -> None:
    user, own = person_at(member)
    operator = make_user(None, email="op@portal.example", is_staff=True, is_superuser=True)
    client = proved_client(operator)
    address = f"/admin/contacts/user/{user.pk}/do/erase/"
    assert "Erase the person" in client.get(f"/admin/contacts/user/{user.pk}/change/").text

    client.post(address, {"delete_at_orcid": ""})

    user.refresh_from_db()
    assert user.emptied_at
    assert not Contact.objects.filter(pk=own.pk).exists()
    erased = Event.objects.filter(kind=Event.Kind.ERASED, capacity="operator")
    assert [event.actor for event in erased] == [operator]
    assert "Lea Leaving" not in client.get("/admin/").text
