"""C8: a connection follows its iD; a closed record is looked at weekly and taken up again."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from contacts import tasks
from contacts.models import User
from contacts.services import moving
from contacts.signals import people_united
from integrations.orcid import connections
from integrations.orcid.models import Connection, UnwantedToken
from members.actors import Actor
from tests.connection.steps import Somebody
from tests.factories import make_connection, make_user, new_orcid
from tests.sandbox_server import SandboxServer
from tests.signin.steps import sign_in

pytestmark = pytest.mark.django_db
LONG_AGO = datetime.timedelta(days=8)


def closed(orcid: str, *, looked_at_before: datetime.timedelta = LONG_AGO) -> Connection:
    made = make_connection(orcid)
    connections.mark_closed(connection_id=made.pk)
    Connection.objects.update(record_checked_at=timezone.now() - looked_at_before)
    return made


def state_of(made: Connection) -> str:
    return Connection.objects.get(pk=made.pk).state


def test_c8_connection_follows_a_moved_id() -> None:
    user = make_user()
    old, new = str(user.orcid), new_orcid()
    made = make_connection(old, webhook_key="k", webhook_registered_at=timezone.now())

    moving.move_orcid(old=old, new=new, by=Actor.system())

    made.refresh_from_db()
    assert (made.orcid, made.state) == (new, "active")
    # It was the old record's: one of the new record's own is registered in its place.
    assert (made.webhook_key, made.webhook_registered_at) == ("", None)
    assert made.access_token


def test_c8_of_two_connections_that_of_the_new_id_stays() -> None:
    old, new = new_orcid(), new_orcid()
    former, present = make_connection(old), make_connection(new)

    moving.move_orcid(old=old, new=new, by=Actor.system())

    assert list(Connection.objects.all()) == [present]
    assert [row.token for row in UnwantedToken.objects.all()] == [former.access_token]


def test_c8_two_people_who_turn_out_to_be_one_are_announced() -> None:
    former, present = make_user(), make_user()
    heard: list[tuple[User, User]] = []

    def hear(former: User, present: User, **_others: object) -> None:
        heard.append((former, present))

    people_united.connect(hear)
    try:
        moving.move_orcid(old=str(former.orcid), new=str(present.orcid), by=Actor.system())
    finally:
        people_united.disconnect(hear)

    assert heard == [(former, present)]


def test_c8_person_whose_record_moved_finds_their_account_at_sign_in(
    client: Client, orcid: SandboxServer
) -> None:
    """Who is nobody's contact, too: found by the name they last signed in with."""
    new = orcid.add_person(given_names="Mona", family_name="Moved")
    old = orcid.add_person(given_names="Mona", family_name="Moved", status="moved", moved_to=new)
    user, made = make_user(old, name="Mona Moved"), make_connection(old)

    sign_in(client, new)

    user.refresh_from_db()
    made.refresh_from_db()
    assert (user.orcid, made.orcid) == (new, new)
    assert User.objects.count() == 1


def test_closed_record_that_is_open_again_is_taken_up(orcid: SandboxServer) -> None:
    made = closed(orcid.add_person())

    tasks.look_after_records()

    assert state_of(made) == Connection.State.ACTIVE


def test_closed_record_that_is_still_closed_is_looked_at_once_a_week(
    orcid: SandboxServer,
) -> None:
    made = closed(orcid.add_person(status="locked"))

    tasks.look_after_records()

    made.refresh_from_db()
    assert made.state == Connection.State.CLOSED
    assert made.record_checked_at
    assert made.record_checked_at > timezone.now() - datetime.timedelta(minutes=1)


def test_record_closed_this_week_is_left_alone(orcid: SandboxServer) -> None:
    made = closed(orcid.add_person(), looked_at_before=datetime.timedelta(days=6))

    tasks.look_after_records()

    assert state_of(made) == Connection.State.CLOSED


def test_closed_record_that_has_moved_is_followed(orcid: SandboxServer) -> None:
    new = orcid.add_person()
    made = closed(orcid.add_person(status="moved", moved_to=new))

    tasks.look_after_records()

    made.refresh_from_db()
    assert (made.orcid, made.state) == (new, "active")


def test_withdrawn_is_withdrawn_whatever_the_record(orcid: SandboxServer) -> None:
    made = make_connection(orcid.add_person(), state=Connection.State.WITHDRAWN)

    connections.mark_closed(connection_id=made.pk)
    tasks.look_after_records()

    assert state_of(made) == Connection.State.WITHDRAWN


def test_the_page_says_that_the_record_is_closed(sofia: Somebody) -> None:
    made = make_connection(sofia.orcid)
    connections.mark_closed(connection_id=made.pk)

    page = sofia.reads()

    assert "this record is deactivated or locked" in page
    assert "Connect again" in page
