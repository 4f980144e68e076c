"""Two people at once, on PostgreSQL with real concurrency: one wins, the other is told.

`race` lets the second call arrive while the first holds the member's lock, so that the outcome
does not depend on luck: the second must wait, and must then judge what the first has left.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction

from contacts.models import ApiToken, Contact, DeskSeat, Role, RoleAssignment
from contacts.services import answering, invitations, leaving, roles, tokens
from members.actors import Actor
from members.errors import StaleVersion
from members.models import Consortium, Event, Member
from members.services import information
from tests.factories import make_consortium, make_contact, make_member, make_user

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's writers take turns"),
]


class Behind(threading.Thread):
    """Runs a call in its own connection; `outcome` is what it returned or raised."""

    def __init__(self, call: Callable[[], Any]) -> None:
        super().__init__()
        self.call = call
        self.outcome: Any = None
        self.pid = 0
        self.connected = threading.Event()

    def run(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.pid = cursor.fetchone()[0]
            self.connected.set()
            self.outcome = self.call()
        except Exception as error:  # noqa: BLE001  # the outcome is what the test looks at
            self.outcome = error
        finally:
            connection.close()

    def start_and_wait_until_blocked(self) -> None:
        self.start()
        assert self.connected.wait(10)
        for _attempt in range(1000):
            with connection.cursor() as cursor:
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [self.pid])
                if cursor.fetchone()[0]:
                    return
            self.join(0.01)
        raise AssertionError("The second call did not wait for the first.")


def race(member: Member, first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """Run `first` under the member's lock while `second` waits for it; the second's outcome."""
    behind = Behind(second)
    with transaction.atomic():
        Member.objects.lock(member.pk)
        behind.start_and_wait_until_blocked()
        first()
    behind.join(10)
    return behind.outcome


@pytest.fixture
def member() -> Member:
    return make_member("Race University", consortium=make_consortium())


def contact_with_actor(member: Member, *held: Role) -> tuple[Contact, Actor]:
    contact = make_contact(member, list(held))
    return contact, Actor.contact(make_user(contact.orcid))


def test_h2_second_edit_of_the_same_information_is_told_what_changed(member: Member) -> None:
    _main, main = contact_with_actor(member, Role.MAIN)
    _other, other = contact_with_actor(member, Role.OTHER)

    outcome = race(
        member,
        lambda: information.edit_information(
            member_id=member.pk, version=1, by=main, website="https://first.example/"
        ),
        lambda: information.edit_information(
            member_id=member.pk, version=1, by=other, website="https://second.example/"
        ),
    )

    assert isinstance(outcome, StaleVersion)
    assert [event.actor for event in outcome.events] == [main.user]
    member.refresh_from_db()
    assert (member.website, member.version) == ("https://first.example/", 2)


def test_r1_the_same_role_given_twice_is_held_once(member: Member) -> None:
    _main, by = contact_with_actor(member, Role.MAIN)
    one, two = make_contact(member), make_contact(member)

    outcome = race(
        member,
        lambda: roles.set_roles(contact_id=one.pk, version=1, roles=[Role.VOTING], by=by),
        lambda: roles.set_roles(contact_id=two.pk, version=1, roles=[Role.VOTING], by=by),
    )

    assert isinstance(outcome, ValidationError)
    assert outcome.code == "role_taken"
    assert RoleAssignment.objects.get(member=member, role=Role.VOTING).contact == one
    assert two.role_assignments.get().role == Role.OTHER


def test_r3_two_contacts_removing_each_other_leave_one(member: Member) -> None:
    one, by_one = contact_with_actor(member, Role.TECHNICAL)
    two, by_two = contact_with_actor(member, Role.INVOICE)

    outcome = race(
        member,
        lambda: leaving.remove_contact(contact_id=two.pk, by=by_one),
        lambda: leaving.remove_contact(contact_id=one.pk, by=by_two),
    )

    assert isinstance(outcome, PermissionDenied)  # removed meanwhile: no longer a contact (R5)
    assert list(Contact.objects.current().filter(member=member)) == [one]


def test_r1_main_handed_over_twice_has_one_holder(member: Member) -> None:
    _main, by = contact_with_actor(member, Role.MAIN)
    one, _by_one = contact_with_actor(member, Role.OTHER)
    two, _by_two = contact_with_actor(member, Role.OTHER)

    def to(contact: Contact) -> Callable[[], Contact]:
        return lambda: roles.hand_over(member_id=member.pk, role=Role.MAIN, to_id=contact.pk, by=by)

    outcome = race(member, to(one), to(two))

    assert isinstance(outcome, PermissionDenied)  # the giver was no longer Main
    assert RoleAssignment.objects.get(member=member, role=Role.MAIN).contact == one


def test_c3_an_invitation_is_accepted_once(member: Member) -> None:
    _main, by = contact_with_actor(member, Role.MAIN)
    invitation = invitations.invite_contact(
        member_id=member.pk, email="new@uni.example", roles=[Role.TECHNICAL], by=by
    )
    token = invitation.mails.get().text.split("/invitations/")[1].split("/")[0]
    one, two = Actor.contact(make_user()), Actor.contact(make_user())

    def accept(who: Actor) -> Callable[[], Contact]:
        return lambda: answering.accept_invitation(
            token=token, by=who, given_names="New", family_name="Person"
        )

    outcome = race(member, accept(one), accept(two))

    assert isinstance(outcome, ValidationError)
    assert outcome.code == "closed"
    assert Contact.objects.of(two.user).count() == 0  # type: ignore[arg-type]  # a user it is


def test_h3_events_become_visible_in_the_order_of_their_ids(member: Member) -> None:
    def append(number: int) -> Callable[[], None]:
        def call() -> None:
            with transaction.atomic():
                Event.append(
                    Event(
                        member=member,
                        kind=Event.Kind.INFORMATION_CHANGED,
                        changes={"number": number},
                        capacity=Event.Capacity.SYSTEM,
                    )
                )

        return call

    second, reader = Behind(append(2)), Behind(lambda: list(Event.objects.all()))
    with transaction.atomic():
        append(1)()
        second.start_and_wait_until_blocked()
        reader.start()
        reader.join(10)
    second.join(10)

    assert reader.outcome == []
    assert [event.changes["number"] for event in Event.objects.order_by("pk")] == [1, 2]


def test_r5_who_is_being_taken_off_the_desk_makes_no_token_meanwhile(member: Member) -> None:
    """It would come to life again with the next seat: no removal has seen it."""
    consortium = member.memberships.get().consortium
    assert consortium is not None
    Consortium.objects.filter(pk=consortium.pk).update(lead=member)
    seated, by = contact_with_actor(member, Role.OTHER)
    DeskSeat.objects.create(consortium=consortium, contact=seated, level="reader")
    assert by.user is not None
    lead = Actor.lead(by.user)

    outcome = race(
        member,
        lambda: leaving.leave(contact_id=seated.pk, by=by),
        lambda: tokens.make_token(
            name="Late", days=1, can_write=False, by=lead, consortium_id=consortium.pk
        ),
    )

    assert isinstance(outcome, PermissionDenied)
    assert not ApiToken.objects.exists()
