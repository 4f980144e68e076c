"""Managers of one desk at once, on PostgreSQL: the second is asked, and judges what is there now."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from contacts.services import memberships
from contacts.services.members import FirstContact, add_member_with_first_contact
from members.models import Event, Member
from tests.concurrency.test_members import while_open
from tests.concurrency.test_races import race
from tests.factories import make_member
from tests.lead_members.desk import Managed, managed_desk

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's writers take turns"),
]


@pytest.fixture
def desk() -> Managed:
    return managed_desk()


def test_two_managers_do_not_add_one_organisation_twice(desk: Managed) -> None:
    def add() -> Any:
        return add_member_with_first_contact(
            consortium=desk.consortium,
            information={
                "legal_name": "Ambridge",
                "display_name": "Ambridge",
                "country": "GB",
                "community": "research",
            },
            start=None,
            identifiers=[],
            first=FirstContact(email="a@ambridge.example"),
            by=desk.by,
        )

    outcome = while_open(add, add)

    assert isinstance(outcome, ValidationError)
    assert outcome.code == "same"
    assert Member.objects.filter(legal_name="Ambridge").count() == 1


def test_an_end_and_a_new_period_at_once_do_not_overlap(desk: Managed) -> None:
    today = timezone.localdate()
    member = make_member("Ambridge", desk.consortium)
    period = member.memberships.get()

    outcome = race(
        member,
        lambda: memberships.end_membership(
            membership_id=period.pk,
            end=today,
            reason="Budget",
            goes_on_directly=True,
            by=desk.by,
        ),
        lambda: memberships.start_again(
            member_id=member.pk, consortium=desk.consortium, start=today, by=desk.by
        ),
    )

    assert isinstance(outcome, ValidationError)
    assert outcome.code == "overlap"
    assert Event.objects.filter(member=member).count() == 2
