"""Two members of one consortium at once, on PostgreSQL: what is unique stays so, nothing dead-locks."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from members.actors import Actor
from members.models import Consortium, Event, Identifier, Member
from members.services.identifiers import add_identifier
from members.services.imports.applying import apply_import
from members.services.imports.plan import plan_import
from members.services.information import edit_information
from members.services.register import register_member
from tests.concurrency.test_races import Behind
from tests.factories import make_consortium, make_member

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's writers take turns"),
]
ROR = "https://ror.org/04teye511"


@pytest.fixture
def consortium() -> Consortium:
    return make_consortium("United Kingdom")


def while_open(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """`second` arrives when `first` has written and not yet committed; the second's outcome."""
    behind = Behind(second)
    with transaction.atomic():
        first()
        behind.start_and_wait_until_blocked()
    behind.join(10)
    return behind.outcome


def add(member: Member) -> Callable[[], Identifier]:
    return lambda: add_identifier(member_id=member.pk, scheme="ror", value=ROR, by=Actor.system())


def register(consortium: Consortium, **fields: Any) -> Callable[[], Member]:
    return lambda: register_member(
        legal_name="Ambridge",
        display_name="Ambridge",
        country="GB",
        community="research",
        consortium=consortium,
        by=Actor.system(),
        **fields,
    )


def test_two_members_cannot_both_get_one_identifier(consortium: Consortium) -> None:
    one, two = make_member("One", consortium), make_member("Two", consortium)

    outcome = while_open(add(one), add(two))

    assert isinstance(outcome, ValidationError)
    assert [error.code for error in outcome.error_dict["value"]] == ["taken"]
    assert [held.member for held in Identifier.objects.all()] == [one]


def test_a_new_member_cannot_take_what_another_is_getting(consortium: Consortium) -> None:
    one = make_member("One", consortium)

    outcome = while_open(add(one), register(consortium, identifiers=[("ror", ROR)]))

    assert isinstance(outcome, ValidationError)
    assert list(Member.objects.all()) == [one]


def test_two_new_members_of_one_name_get_two_addresses(consortium: Consortium) -> None:
    outcome = while_open(register(consortium), register(consortium))

    assert isinstance(outcome, Member)
    assert sorted(Member.objects.values_list("slug", flat=True)) == ["ambridge", "ambridge-2"]


def test_an_import_waits_for_an_edit_and_then_says_so(consortium: Consortium) -> None:
    member = make_member("One", consortium, website="https://one.example")
    content = b"legal_name,website,city,ror\nOne,one.example,Lima,04teye511\n"
    plan = plan_import(io.BytesIO(content), consortium)

    outcome = while_open(
        lambda: edit_information(member_id=member.pk, version=1, by=Actor.system(), city="Quito"),
        lambda: apply_import(plan, Actor.importer()),
    )

    assert isinstance(outcome, ValidationError)
    assert outcome.messages == ["Changed meanwhile: One. Check the file again."]
    assert Member.objects.get().city == "Quito"
    assert Event.objects.count() == 1
