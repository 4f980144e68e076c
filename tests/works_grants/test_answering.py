"""The mailed link: sign-in, ORCID's consent and the permission in one go (O2)."""

import datetime
from dataclasses import dataclass

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from contacts.models import Mail, User
from integrations.orcid.models import Connection
from integrations.works.models import Grant, PermissionRequest
from integrations.works.services import asking
from members.actors import Actor
from members.models import Event, Member
from tests.factories import make_connection, make_user
from tests.reading import query, words
from tests.sandbox_server import SandboxServer
from tests.signin.steps import at_orcid
from tests.works_grants.conftest import Person, events, given, signed_in
from tests.works_grants.test_asking import link_in

ALLOW = {"answer": "allow", "purposes": ["push", "list"]}


@dataclass
class Asked:
    row: PermissionRequest
    link: str


def asked_for(staff: Person, member: Member, email: str = "ada@uni.example") -> Asked:
    done = asking.ask(
        member_id=member.pk,
        emails=[email],
        purposes=["push", "list"],
        words="Please.",
        by=Actor.contact(staff.user),
    )
    mail = Mail.objects.get(kind="permission_asked", to=email)
    return Asked(done.sent[0], link_in(mail))


@pytest.fixture
def asked(staff: Person, uni: Member) -> Asked:
    return asked_for(staff, uni)


def able(name: str = "Ada Lovelace") -> Person:
    """Somebody whose connection lacks nothing."""
    user = make_user(name=name)
    make_connection(user.orcid or "", scopes=["/activities/update", "/read-limited"])
    return signed_in(user)


def test_the_page_says_who_asks_for_what_and_why(client: Client, asked: Asked) -> None:
    answer = client.get(asked.link)

    said = words(answer)
    assert "Alpha University asks for your permission" in said
    assert "Works of yours that the institution has made public are added" in said
    assert "Make drafts" not in said
    assert "You never have to change the visibility of anything" in said
    assert "checked" not in answer.content.decode()
    assert answer["Referrer-Policy"] == "same-origin"


def test_sign_in_consent_and_permission_in_one_go(
    orcid: SandboxServer, client: Client, asked: Asked, uni: Member
) -> None:
    ada = orcid.add_person(given_names="Ada", family_name="Lovelace")

    to_sign_in = client.post(asked.link, ALLOW)
    back = client.get(at_orcid(to_sign_in["Location"], ada))
    to_consent = client.get(back["Location"])
    scopes = query(to_consent["Location"])["scope"]
    done = client.get(at_orcid(to_consent["Location"], ada), follow=True)

    user = User.objects.get(orcid=ada)
    assert scopes == "/read-limited /activities/update"
    assert "Done: Alpha University has your permission." in words(done)
    assert given(user, uni) == ["push", "list"]
    assert Connection.objects.get().scopes == ["/activities/update", "/read-limited"]
    asked.row.refresh_from_db()
    assert (asked.row.outcome, asked.row.person) == ("given", user)
    assert events(uni)[1:] == [("grant_given", [[], ["push", "list"]])]


def test_to_read_alone_orcid_is_asked_for_reading_alone(
    orcid: SandboxServer, asked: Asked, uni: Member
) -> None:
    ada = signed_in(make_user(orcid.add_person(given_names="Ada", family_name="L")))

    to_consent = ada.client.post(asked.link, {"answer": "allow", "purposes": ["list"]})
    assert query(to_consent["Location"])["scope"] == "/read-limited"
    ada.client.get(at_orcid(to_consent["Location"], ada.user.orcid or ""), follow=True)

    assert given(ada, uni) == ["list"]


def test_not_allowed_at_orcid_is_a_no_that_staff_see(
    orcid: SandboxServer, asked: Asked, staff: Person, uni: Member
) -> None:
    ada = signed_in(make_user(orcid.add_person(given_names="Ada", family_name="L")))

    to_consent = ada.client.post(asked.link, ALLOW)
    way_back = at_orcid(to_consent["Location"], ada.user.orcid or "", deny=True)
    said = words(ada.client.get(way_back, follow=True))

    assert "You said no. That is fine." in said
    assert given(ada, uni) == []
    assert "ada@uni.example Said no" in staff.reads(f"/tools/{uni.slug}/researchers/asked/")
    assert Event.objects.get(kind="permission_denied").changes["at_orcid"] is True


def test_whose_connection_lacks_nothing_is_not_sent_to_orcid(asked: Asked, uni: Member) -> None:
    ada = able()

    said = ada.presses(asked.link, **ALLOW)

    assert "Done: Alpha University has your permission." in said
    assert given(ada, uni) == ["push", "list"]


def test_only_what_was_ticked_is_given(asked: Asked, uni: Member) -> None:
    ada = able()

    said = ada.presses(asked.link, answer="allow")
    ada.presses(asked.link, answer="allow", purposes=["draft"])  # not asked for
    before = given(ada, uni)
    ada.presses(asked.link, answer="allow", purposes=["push"])

    assert "Tick what you allow; or say no below." in said
    assert (before, given(ada, uni)) == ([], ["push"])


def test_a_link_works_once(asked: Asked, uni: Member) -> None:
    able().presses(asked.link, **ALLOW)
    bo = able("Bo")

    answer = bo.client.post(asked.link, ALLOW)

    assert answer.status_code == 410
    assert "You have answered: the permission is given." in words(answer)
    assert given(bo, uni) == []


@pytest.mark.parametrize("how", ["expired", "unknown"])
def test_a_dead_link_says_why_and_leads_on(client: Client, asked: Asked, how: str) -> None:
    if how == "expired":
        PermissionRequest.objects.update(expires_at=timezone.now() - datetime.timedelta(days=1))
    link = asked.link if how == "expired" else "/permissions/made-up/"

    answer = client.get(link)

    assert answer.status_code == (410 if how == "expired" else 404)
    assert "This link does not work any more" in words(answer)
    assert "/me/permissions/" in answer.content.decode()


def test_another_id_than_the_one_asked_is_refused_in_words(staff: Person, uni: Member) -> None:
    ada, bo = able(), able("Bo")
    EmailAddress.objects.create(user=ada.user, email="ada@uni.example", verified=True)
    asked = asked_for(staff, uni)

    answers = [bo.client.get(asked.link), bo.client.post(asked.link, ALLOW)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "This was sent to somebody else" in words(answers[1])
    assert "Ada" not in words(answers[1])
    assert given(bo, uni) == []
    ada.presses(asked.link, **ALLOW)
    assert given(ada, uni) == ["push", "list"]


def test_another_may_not_say_no_for_them(staff: Person, uni: Member) -> None:
    ada, bo = able(), able("Bo")
    EmailAddress.objects.create(user=ada.user, email="ada@uni.example", verified=True)
    asked = asked_for(staff, uni)

    bo.client.post(asked.link, {"answer": "deny"})

    asked.row.refresh_from_db()
    assert asked.row.closed_at is None


def test_no_needs_no_sign_in(client: Client, asked: Asked, uni: Member) -> None:
    said = words(client.post(asked.link, {"answer": "deny"}))

    assert "It sees that you said no, and you get no reminder." in said
    asked.row.refresh_from_db()
    assert asked.row.outcome == "denied"
    assert "You have answered: you said no." in words(client.get(asked.link))


def test_the_last_step_by_itself_gives_nothing(asked: Asked, uni: Member) -> None:
    ada = able()

    answer = ada.client.get(f"{asked.link}finish/")

    assert (answer.status_code, answer["Location"]) == (302, asked.link)
    assert not Grant.objects.exists()


def test_a_member_no_longer_one_gets_nothing(asked: Asked, uni: Member) -> None:
    uni.memberships.update(end=timezone.localdate() - datetime.timedelta(days=1))
    ada = able()

    answer = ada.client.post(asked.link, ALLOW)

    assert "is not a member today" in words(answer)
    assert not Grant.objects.exists()


@pytest.mark.django_db
def test_reconnecting_does_not_lose_the_permission_to_write(orcid: SandboxServer) -> None:
    ada = signed_in(make_user(orcid.add_person(given_names="Ada", family_name="L")))
    scopes = ["/activities/update", "/read-limited"]
    make_connection(ada.user.orcid or "", scopes=scopes, state="withdrawn")

    answer = ada.client.post("/me/accounts/orcid/connect/")

    assert query(answer["Location"])["scope"] == "/read-limited /activities/update"
