"""The pages on which tokens are made, shown once, listed and revoked."""

import re
import time
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from contacts.models import ApiToken, Role, User
from integrations.orcid.views import FRESH_SESSION_KEY
from members.models import Event, Member
from tests.access.world import make_world
from tests.api.calling import Caller, desk_caller, member_caller
from tests.factories import make_contact, make_member, make_user
from tests.lead.desk import client_of, make_desk

pytestmark = pytest.mark.django_db
PAGE = "/tools/alpha/settings/tokens/"
PAGE_OF_BETA = "/tools/beta/settings/tokens/"
GIVEN = {"name": "Finance", "access": "write", "days": "30"}


def fresh_client(user: User) -> Client:
    """Signed in, with the password typed a moment ago."""
    client = client_of(user)
    session = client.session
    session[FRESH_SESSION_KEY] = time.time()
    session.save()
    return client


def secrets_in(response: Any) -> list[str]:
    return re.findall(r"mt_[\w-]{43}", response.content.decode())


def test_token_is_shown_once_and_works(user: User, member: Member) -> None:
    client = fresh_client(user)

    made = client.post(PAGE, GIVEN)
    again = client.get(PAGE)

    [secret] = secrets_in(made)
    assert "no-store" in made["Cache-Control"]
    assert secrets_in(again) == []
    assert f"{secret[:9]}…" in again.content.decode()
    assert Caller(secret).get("members/alpha/").status_code == 200
    token = ApiToken.objects.get()
    assert (token.name, token.can_write, token.user, token.member) == (
        "Finance",
        True,
        user,
        member,
    )
    event = Event.objects.get(kind=Event.Kind.TOKEN_MADE)
    assert event.personal == {"token_name": "Finance"}
    assert (event.member, event.actor, event.capacity) == (member, user, "contact")


def test_history_says_what_was_made(user: User, member: Member) -> None:
    fresh_client(user).post(PAGE, GIVEN)

    page = " ".join(client_of(user).get("/tools/alpha/history/").content.decode().split())

    assert "API token made" in page
    assert "Finance" in page


def test_old_sign_in_makes_no_token_and_says_so(user: User, member: Member) -> None:
    client = client_of(user)

    page = client.get(PAGE).content.decode()
    refused = client.post(PAGE, GIVEN).content.decode()

    assert f'href="/me/accounts/confirm/?next={quote(PAGE, safe="")}"' in page
    assert 'name="days"' not in page
    assert "No token was made. Please confirm first that it is you." in refused
    assert ApiToken.objects.count() == 0


def test_what_was_typed_stays_beside_the_error(user: User, member: Member) -> None:
    page = fresh_client(user).post(PAGE, {"name": "", "access": "write", "days": "9999"})

    assert set(page.context["form"].errors) == {"name", "days"}
    assert ApiToken.objects.count() == 0


def test_too_many_tokens_are_refused(user: User, member: Member, monkeypatch) -> None:
    monkeypatch.setattr("contacts.services.tokens.MOST_LIVE_TOKENS", 1)
    client = fresh_client(user)
    client.post(PAGE, GIVEN)

    page = client.post(PAGE, GIVEN)

    assert "You have many tokens already. Revoke one first." in page.content.decode()
    assert ApiToken.objects.count() == 1


def test_token_is_revoked_on_the_page(user: User, caller: Caller) -> None:
    token = ApiToken.objects.get()

    page = client_of(user).post(f"{PAGE}{token.pk}/revoke/", follow=True).content.decode()

    assert "The token “Test system” is revoked: it no longer opens anything." in page
    assert "Revoked" in page
    assert caller.get("members/").status_code == 401


def test_others_tokens_are_listed_and_revoked_by_the_main_alone(
    caller: Caller, member: Member
) -> None:
    colleague = make_user(make_contact(member, [Role.TECHNICAL]).orcid)
    token = ApiToken.objects.get()
    client = client_of(colleague)

    page = client.get(PAGE).content.decode()
    refused = client.post(f"{PAGE}{token.pk}/revoke/")

    assert "Test system" in page
    assert "/revoke/" not in page
    assert refused.status_code == 403
    assert caller.get("members/").status_code == 200


def test_a3_the_lead_that_may_manage_contacts_makes_no_token_of_the_member() -> None:
    desk = make_desk()
    make_member("Beta", desk.consortium, lead_may_manage_contacts=True)
    manager = fresh_client(User.objects.get(orcid=desk.main.orcid))

    contacts, tokens = manager.get("/tools/beta/contacts/add/"), manager.get(PAGE_OF_BETA)

    assert (contacts.status_code, tokens.status_code) == (200, 403)


def test_reader_of_the_desk_makes_a_token_that_reads() -> None:
    desk = make_desk()
    client = fresh_client(desk.reader)
    page = "/lead/north-consortium/tokens/"

    form = client.get(page)
    made = client.post(page, {"name": "CRM", "access": "write", "days": "366"})

    assert "access" not in form.context["form"].fields
    [secret] = secrets_in(made)
    assert Caller(secret).get("members/").status_code == 200
    token = ApiToken.objects.get()
    assert (token.can_write, token.consortium, token.member) == (False, desk.consortium, None)


def test_manager_of_the_desk_revokes_the_readers_token() -> None:
    desk = make_desk()
    caller = desk_caller(desk.reader, desk.consortium)
    manager = User.objects.get(orcid=desk.main.orcid)
    token = ApiToken.objects.get()

    response = client_of(manager).post(f"/lead/north-consortium/tokens/{token.pk}/revoke/")

    assert response["Location"] == "/lead/north-consortium/tokens/"
    assert caller.get("members/").status_code == 401


def test_token_of_another_place_is_not_found(caller: Caller, user: User) -> None:
    desk = make_desk("South Consortium")
    theirs = desk_caller(desk.reader, desk.consortium)

    response = client_of(user).post(f"{PAGE}{ApiToken.objects.latest('pk').pk}/revoke/")

    assert response.status_code == 404
    assert theirs.get("members/").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_page_queries_do_not_grow_with_rows(
    user: User, member: Member, rows: int, django_assert_num_queries
) -> None:
    for _ in range(rows):
        member_caller(make_user(make_contact(member).orcid), member)
    client = client_of(user)

    # session, person; member, own contact and roles, may edit, the same for revoking; tokens, count,
    # who made them; the frame's members and desks
    with django_assert_num_queries(14):
        page = client.get(PAGE)

    assert len(page.context["rows"]) == rows


@pytest.mark.parametrize(
    ("who", "at_member", "at_desk"),
    [
        ("anonymous", 302, 302),
        ("stranger", 404, 404),
        ("operator", 404, 404),
        ("contact of another member", 404, 404),
        ("lead contact off the desk", 404, 404),
        ("desk reader", 403, 200),
        ("desk manager", 403, 200),
        ("contact", 200, 404),
        ("main contact", 200, 404),
    ],
)
def test_a1_pages_are_for_the_members_people_and_for_the_desk(
    who: str, at_member: int, at_desk: int
) -> None:
    world = make_world()
    user = world.people[who]
    client = client_of(user) if user else Client()
    mine = f"/tools/{world.ours.member.slug}/settings/tokens/"
    desk = f"/lead/{world.consortium.slug}/tokens/"

    seen = [client.get(page).status_code for page in (mine, desk)]
    sent = [client.post(page, GIVEN).status_code for page in (mine, desk)]

    assert seen == sent == [at_member, at_desk]
    assert ApiToken.objects.count() == 0  # nobody has just signed in


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("anonymous", 302),
        ("stranger", 404),
        ("operator", 404),
        ("contact of another member", 404),
        ("desk manager", 403),
        ("contact", 403),
        ("main contact", 302),
    ],
)
def test_a1_tokens_of_the_main_are_revoked_by_the_main(who: str, status: int) -> None:
    world = make_world()
    main = User.objects.get(orcid=world.ours.main.orcid)
    caller = member_caller(main, world.ours.member)
    user = world.people[who]
    client = client_of(user) if user else Client()
    address = f"/tools/{world.ours.member.slug}/settings/tokens/{ApiToken.objects.get().pk}/revoke/"

    answer = client.post(address)

    assert answer.status_code == status
    assert caller.get("members/").status_code == (401 if who == "main contact" else 200)
