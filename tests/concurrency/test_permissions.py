"""Two at one permission, on PostgreSQL: a link is used once, a switch is on once, what ends is ended."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from contacts.models import Mail
from integrations.works.models import Grant
from integrations.works.services import answering, asking, grants
from members.actors import Actor
from members.models import Event
from tests.concurrency.test_members import while_open
from tests.factories import make_consortium, make_contact, make_grant, make_member, make_user
from tests.works_grants.test_asking import link_in

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's writers take turns"),
]


def test_two_who_open_one_link_at_once_use_it_once() -> None:
    uni = make_member(consortium=make_consortium())
    staff = make_user(make_contact(uni).orcid)
    by = Actor.contact(staff)
    asking.ask(member_id=uni.pk, emails=["a@uni.example"], purposes=["push"], by=by)
    token = link_in(Mail.objects.get(kind="permission_asked")).split("/")[2]

    def accept() -> Any:
        return answering.accept(token=token, purposes=["push"], by=Actor.contact(make_user()))

    outcome = while_open(accept, accept)

    assert isinstance(outcome, ValidationError)
    assert outcome.code == "given"
    assert Grant.objects.count() == 1


def test_a_switch_pressed_twice_at_once_is_on_once() -> None:
    uni, ada = make_member(consortium=make_consortium()), make_user()

    def press() -> Any:
        return grants.switch_on(member_id=uni.pk, purposes=["push"], by=Actor.contact(ada))

    outcome = while_open(press, press)

    assert outcome == []
    assert (Grant.objects.count(), Event.objects.filter(kind="grant_given").count()) == (1, 1)


def test_withdrawn_and_no_longer_with_us_at_once_end_it_once() -> None:
    uni, ada = make_member(consortium=make_consortium()), make_user()
    staff = make_user(make_contact(uni).orcid)
    make_grant(ada, uni, "push")

    outcome = while_open(
        lambda: grants.switch_off(member_id=uni.pk, by=Actor.contact(ada)),
        lambda: grants.end_affiliation(member_id=uni.pk, person_id=ada.pk, by=Actor.contact(staff)),
    )

    assert outcome == []
    assert Grant.objects.get().ended_by == "person"
    assert Event.objects.filter(kind="grant_ended").count() == 1
