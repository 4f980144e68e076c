"""Two workers, or two people, at one import: nobody gets two mails, nobody comes in twice (H6)."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection  # noqa: F401  # in the mark’s condition

from contacts.models import Invitation, Mail
from contacts.services import invitations
from contacts.services.imports import sending
from contacts.services.imports.applying import bring_in
from members.actors import Actor
from tests.concurrency.test_races import race
from tests.contact_import.house import Switch, csv, make_switch

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's writers take turns"),
]
FILE = csv("Alpha University,Ada,ada@alpha.example,Main contact")


@pytest.fixture
def switch() -> Switch:
    return make_switch()


def mailed() -> list[str]:
    return list(Mail.objects.filter(kind="invitation").values_list("to", flat=True))


def test_two_workers_write_one_mail(switch: Switch) -> None:
    into = switch.bring_in(FILE)
    sending.send_import(import_id=into.pk, by=switch.by)

    def work() -> Any:
        return sending.carry_on(import_id=into.pk)

    assert race(switch.alpha, work, work) == 0
    assert mailed() == ["ada@alpha.example"]


def test_one_is_sent_by_hand_while_all_are_sent(switch: Switch) -> None:
    into = switch.bring_in(FILE)
    sending.send_import(import_id=into.pk, by=switch.by)
    key = Invitation.objects.get().pk

    outcome = race(
        switch.alpha,
        lambda: sending.carry_on(import_id=into.pk),
        lambda: sending.send_one(invitation_id=key, again=False, by=switch.by),
    )

    assert isinstance(outcome, ValidationError)
    assert (outcome.code, mailed()) == ("sent", ["ada@alpha.example"])


def test_same_file_brought_in_by_two_makes_one_invitation(switch: Switch) -> None:
    first, second = switch.plan(FILE), switch.plan(FILE)

    race(
        switch.alpha,
        lambda: bring_in(plan=first, file_name="f", by=switch.by),
        lambda: bring_in(plan=second, file_name="f", by=switch.by),
    )

    assert Invitation.objects.count() == 1


def test_whoever_is_invited_meanwhile_is_there_already(switch: Switch) -> None:
    plan = switch.plan(FILE)

    race(
        switch.alpha,
        lambda: invitations.invite_contact(
            member_id=switch.alpha.pk, email="ada@alpha.example", roles=["main"],
            by=Actor.operator(switch.manager),
        ),
        lambda: bring_in(plan=plan, file_name="f", by=switch.by),
    )  # fmt: skip

    assert Invitation.objects.get().contact_import is None
