"""An account is emptied while its person, a worker or others are at work: nobody is thrown out of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from contacts.models import Contact, Role, Run, User
from contacts.services import erasing, invitations, moving
from integrations.works.models import Work
from members.actors import Actor
from members.models import Event, Member
from members.services.information import edit_information
from tests.concurrency.test_members import while_open
from tests.concurrency.test_races import race
from tests.factories import (
    make_consortium,
    make_contact,
    make_member,
    make_user,
    make_work,
    new_orcid,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's writers take turns"),
]
SYSTEM = Actor.system()


@pytest.fixture
def member() -> Member:
    return make_member("Alpha", make_consortium())


@pytest.fixture
def former(member: Member) -> Contact:
    contact = make_contact(member, email="lea@alpha.example")
    Contact.objects.filter(pk=contact.pk).update(removed_at=contact.created_at)
    return contact


@pytest.fixture
def person(former: Contact) -> User:
    return make_user(former.orcid, name="Lea Leaving")


def empties(person: User) -> Callable[[], bool]:
    return lambda: erasing.empty_user(user_id=person.pk, by=SYSTEM)


def does_something(person: User, member: Member) -> Callable[[], None]:
    event = Event(
        member=member,
        kind=Event.Kind.INFORMATION_CHANGED,
        actor=person,
        capacity=Event.Capacity.CONTACT,
    )
    return lambda: Event.append(event)


def is_empty(person: User) -> bool:
    person.refresh_from_db()
    return bool(person.emptied_at) and person.orcid is None


def test_what_the_person_does_in_another_tab_is_done_first(member: Member, person: User) -> None:
    outcome = race(member, does_something(person, member), empties(person))

    assert outcome is True
    assert is_empty(person)
    assert Event.objects.filter(kind="information_changed", actor=person).exists()
    assert Event.objects.get(kind="erased").changes["actors"] == [person.username]


def test_what_the_person_does_where_nobody_knew_them_is_done_first(person: User) -> None:
    elsewhere = make_member("Beta")

    outcome = while_open(does_something(person, elsewhere), empties(person))

    assert outcome is True
    assert is_empty(person)
    assert Event.objects.filter(member=elsewhere, actor=person).exists()


def test_whoever_changes_a_member_that_has_invited_the_person_is_not_disturbed(
    member: Member, person: User, former: Contact
) -> None:
    elsewhere = make_member("Beta", member.memberships.get().consortium)
    main = Actor.contact(make_user(make_contact(elsewhere, [Role.MAIN]).orcid))
    invitations.invite_contact(
        member_id=elsewhere.pk, email=former.email, roles=[Role.TECHNICAL], by=main
    )

    outcome = race(
        elsewhere,
        lambda: edit_information(member_id=elsewhere.pk, version=None, by=main, city="Ambridge"),
        empties(person),
    )

    assert outcome is True
    elsewhere.refresh_from_db()
    assert elsewhere.city == "Ambridge"
    assert not elsewhere.invitations.exists()


def test_what_a_step_of_their_own_job_stores_meanwhile_goes_as_well(person: User) -> None:
    run = Run.objects.create(kind=Run.Kind.WORKS_PULL, started_by=person, state=Run.State.RUNNING)

    def step() -> Any:
        assert Run.objects.select_for_update(of=("self",)).filter(pk=run.pk)
        make_work(person)

    outcome = while_open(step, empties(person))

    assert outcome is True
    assert not Work.objects.exists()
    assert not Run.objects.exists()


def test_a_record_that_moved_is_followed_first(member: Member, person: User) -> None:
    old, new = str(person.orcid), new_orcid()

    outcome = race(member, lambda: moving.move_orcid(old=old, new=new, by=SYSTEM), empties(person))

    assert outcome is True
    assert is_empty(person)
    assert not Contact.objects.exists()


def test_c8_a_record_is_followed_while_the_person_is_at_work(member: Member, person: User) -> None:
    old, new = str(person.orcid), new_orcid()

    def move() -> Any:
        return moving.move_orcid(old=old, new=new, by=SYSTEM)

    outcome = while_open(does_something(person, make_member("Beta")), move)

    assert outcome == []
    person.refresh_from_db()
    assert person.orcid == new
