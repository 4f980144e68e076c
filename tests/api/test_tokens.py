"""API tokens: what they open, for how long, and what ends them (R5, O1)."""

import datetime
import logging

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from contacts.models import ApiToken, Contact, DeskSeat, Role, User
from contacts.services import leaving
from contacts.services.tokens import actor_of_token, make_token, revoke_token
from members.actors import Actor
from members.models import Consortium, Event, Member, Membership
from tests.api.calling import Caller, assert_problem, desk_caller, member_caller
from tests.factories import make_contact, make_member, make_user
from tests.lead.desk import make_desk

pytestmark = pytest.mark.django_db


def slugs(caller: Caller) -> list[str]:
    return [row["slug"] for row in caller.get("members/").json()["results"]]


def later(monkeypatch: pytest.MonkeyPatch, **by: int) -> None:
    now = timezone.now() + datetime.timedelta(**by)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def test_token_is_stored_as_a_hash_of_256_bits(caller: Caller) -> None:
    token = ApiToken.objects.get()

    assert caller.secret is not None
    assert caller.secret.startswith("mt_")
    assert len(caller.secret) == len("mt_") + 43  # 32 bytes in base64
    assert token.prefix == caller.secret[:9]
    assert caller.secret not in str(ApiToken.objects.values().get())
    assert caller.secret not in str(Event.objects.values_list("changes", "personal"))


def test_token_of_a_member_opens_that_member_alone(
    caller: Caller, user: User, consortium: Consortium
) -> None:
    other = make_member("Other", consortium)
    make_contact(other, orcid=user.orcid)  # the same person, another organisation

    assert slugs(caller) == ["alpha"]
    assert caller.get("members/other/").status_code == 404


def test_token_of_the_desk_opens_its_consortium_alone() -> None:
    north, south = make_desk("North Consortium"), make_desk("South Consortium")
    make_contact(south.lead, orcid=north.reader.orcid)

    caller = desk_caller(north.reader, north.consortium)

    assert slugs(caller) == ["lead-of-north-consortium"]


def test_no_token_is_asked_for_one() -> None:
    response = Caller().get("members/")

    assert_problem(response, 401, "Authentication credentials were not provided.")
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("secret", ["mt_unknown", "", "ü", "a b"])
def test_unknown_token_is_refused(secret: str) -> None:
    response = Client().get("/api/v1/members/", headers={"Authorization": f"Bearer {secret}"})

    assert_problem(response, 401, "This token is not known.")


def test_whoever_guesses_tokens_is_stopped(caller: Caller) -> None:
    answers = [Caller(f"mt_guess{number}").get("members/") for number in range(31)]

    assert [answer.status_code for answer in answers] == [401] * 30 + [429]
    assert answers[-1]["Retry-After"] == "60"
    # Not even a right one is told apart from there, until the minute is over.
    assert caller.get("members/").status_code == 429


def test_tokens_that_were_good_once_are_no_guesses(caller: Caller, user: User) -> None:
    stale = member_caller(user, Member.objects.get())
    ApiToken.objects.filter(pk=ApiToken.objects.latest("pk").pk).update(revoked_at=timezone.now())

    for _attempt in range(31):
        stale.get("members/")

    assert caller.get("members/").status_code == 200


def test_token_in_the_address_is_not_looked_at(caller: Caller) -> None:
    assert (
        Caller().get("members/", token=caller.secret, access_token=caller.secret).status_code == 401
    )


def test_expired_token_is_refused(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    later(monkeypatch, days=31)

    assert_problem(caller.get("members/"), 401, "This token has expired.")


def test_revoked_token_is_refused_with_the_next_call(caller: Caller, user: User) -> None:
    before = caller.get("members/").status_code

    revoke_token(token_id=ApiToken.objects.get().pk, by=Actor.contact(user))

    assert before == 200
    assert_problem(caller.get("members/"), 401, "This token has been revoked.")


def test_token_of_a_closed_account_is_refused(caller: Caller, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert_problem(caller.get("members/"), 401, "The person behind this token has no access.")


def test_r5_removal_revokes_the_persons_tokens_for_that_member_alone(
    caller: Caller, user: User, main: Contact, member: Member, consortium: Consortium
) -> None:
    other = make_member("Other", consortium)
    make_contact(other, orcid=user.orcid)
    elsewhere = member_caller(user, other)
    token = ApiToken.objects.get(member=member)

    leaving.leave(contact_id=main.pk, by=Actor.contact(user))

    assert_problem(caller.get("members/"), 401, "This token has been revoked.")
    assert elsewhere.get("members/").status_code == 200
    left = Event.objects.get(kind=Event.Kind.CONTACT_LEFT)
    assert left.changes["revoked_tokens"] == [token.pk]


def test_r5_being_a_contact_again_does_not_revive_a_token(
    caller: Caller, user: User, main: Contact, member: Member
) -> None:
    leaving.leave(contact_id=main.pk, by=Actor.contact(user))
    make_contact(member, orcid=user.orcid)

    assert caller.get("members/").status_code == 401


def test_token_of_the_desk_ends_with_the_seat() -> None:
    desk = make_desk()
    caller = desk_caller(desk.reader, desk.consortium)
    before = caller.get("members/").status_code

    DeskSeat.objects.all().delete()

    assert before == 200
    assert_problem(caller.get("members/"), 401, "The person behind this token has no access.")


def test_r5_who_leaves_the_lead_loses_the_tokens_of_its_desk() -> None:
    desk = make_desk()
    caller = desk_caller(desk.reader, desk.consortium)
    seated = Contact.objects.get(orcid=desk.reader.orcid)

    leaving.leave(contact_id=seated.pk, by=Actor.contact(desk.reader))

    assert_problem(caller.get("members/"), 401, "This token has been revoked.")


def test_a2_token_reads_for_ninety_days_after_the_end_and_then_nothing(
    caller: Caller, member: Member
) -> None:
    today = timezone.localdate()

    def ended(days_ago: int) -> int:
        Membership.objects.filter(member=member).update(
            end=today - datetime.timedelta(days=days_ago)
        )
        status: int = caller.get("members/alpha/").status_code
        return status

    assert [ended(1), ended(90), ended(91)] == [200, 200, 401]


def test_last_use_is_noted_once_a_minute(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries
) -> None:
    caller.get("events/")
    first = ApiToken.objects.get().last_used_at

    # the token, its person's reach; the head of the feed, the events: nothing is written
    with django_assert_num_queries(4):
        caller.get("events/")
    again = ApiToken.objects.get().last_used_at
    later(monkeypatch, seconds=61)
    caller.get("events/")

    assert first is not None
    assert again == first
    assert ApiToken.objects.get().last_used_at != first


def test_calls_are_counted_for_each_token(caller: Caller, user: User, member: Member, settings):
    settings.API_CALLS_PER_MINUTE = 2
    other = member_caller(user, member)

    statuses = [caller.get("events/").status_code for _ in range(3)]
    response = caller.get("events/")

    assert statuses == [200, 200, 429]
    assert response["Content-Type"] == "application/problem+json"
    assert 0 < int(response["Retry-After"]) <= 60
    assert other.get("events/").status_code == 200


def test_token_is_never_logged(
    caller: Caller, caplog: pytest.LogCaptureFixture, member: Member
) -> None:
    caplog.set_level(logging.DEBUG)

    caller.get("members/nobody/")
    caller.patch("members/alpha/", {"city": "x" * 99}, if_match='"1"')

    assert str(caller.secret) not in caplog.text


def test_reader_of_the_desk_makes_no_token_that_writes() -> None:
    desk = make_desk()

    with pytest.raises(PermissionDenied):
        make_token(
            name="x",
            days=1,
            can_write=True,
            by=Actor.lead(desk.reader),
            consortium_id=desk.consortium.pk,
        )


def test_token_makes_no_tokens(caller: Caller, member: Member, user: User) -> None:

    assert caller.secret is not None
    with pytest.raises(PermissionDenied):
        make_token(
            name="x", days=1, can_write=False, by=actor_of_token(caller.secret), member_id=member.pk
        )


def test_main_revokes_the_tokens_of_others_and_others_only_their_own(
    caller: Caller, member: Member, user: User
) -> None:
    colleague = make_user(make_contact(member, [Role.TECHNICAL]).orcid)
    theirs = member_caller(colleague, member)
    mains, own = ApiToken.objects.order_by("pk")

    with pytest.raises(PermissionDenied):
        revoke_token(token_id=mains.pk, by=Actor.contact(colleague))
    revoke_token(token_id=own.pk, by=Actor.contact(user))

    assert theirs.get("members/").status_code == 401
    assert caller.get("members/").status_code == 200
    event = Event.objects.get(kind=Event.Kind.TOKEN_REVOKED)
    assert (event.actor, event.changes["token"]) == (user, own.pk)
