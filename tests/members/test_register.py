"""New members: slug, first period, identifiers, events."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from members.actors import Actor
from members.models import Consortium, Event, Member
from members.services.register import register_member
from tests.factories import make_contact, make_member, make_user

ROR = "https://ror.org/04teye511"


def register(**fields: Any) -> Member:
    defaults: dict[str, Any] = {
        "legal_name": "Pontificia Universidad Católica de Chile",
        "display_name": "Universidad Católica",
        "country": "CL",
        "community": "research",
        "by": Actor.system(),
    }
    return register_member(**(defaults | fields))


def test_a_new_member_is_active_public_and_told_in_events(consortium: Consortium) -> None:
    member = register(consortium=consortium, website="uc.example", identifiers=[("ror", ROR)])

    assert list(Member.objects.public()) == [member]
    assert member.website == "https://uc.example"
    assert list(member.identifiers.values_list("value", "preferred")) == [(ROR, True)]
    assert [event.kind for event in member.events.order_by("pk")] == [
        Event.Kind.MEMBER_CREATED,
        Event.Kind.MEMBERSHIP_STARTED,
        Event.Kind.IDENTIFIER_ADDED,
    ]


def test_without_a_consortium_it_is_a_direct_member(db: None) -> None:
    member = register()

    assert [period.consortium for period in member.memberships.all()] == [None]


@pytest.mark.parametrize(
    ("display_name", "slug"),
    [
        ("Universidad Católica del Ñuñoa", "universidad-catolica-del-nunoa"),
        ("Højskolen Ærø / Łódź", "hojskolen-aero-lodz"),
        ("東京大学", "member"),
        ("x" * 255, "x" * 100),
    ],
)
def test_the_slug_is_plain_letters(db: None, display_name: str, slug: str) -> None:
    assert register(display_name=display_name).slug == slug


def test_a_slug_that_is_taken_gets_a_number(db: None) -> None:
    slugs = [register(display_name="Ambridge").slug for _time in range(3)]

    assert slugs == ["ambridge", "ambridge-2", "ambridge-3"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"legal_name": ""}, {"legal_name"}),
        ({"display_name": " "}, {"display_name"}),
        ({"country": "XX"}, {"country"}),
        ({"community": "guild"}, {"community"}),
        ({"website": "ftp://x.example"}, {"website"}),
        ({"identifiers": [("ror", "https://ror.org/04teye512")]}, {"value"}),
    ],
)
def test_an_error_names_its_field_and_nothing_is_saved(
    db: None, fields: dict[str, Any], wrong: set[str]
) -> None:
    with pytest.raises(ValidationError) as refused:
        register(**fields)

    assert set(refused.value.message_dict) == wrong
    assert (Member.objects.count(), Event.objects.count()) == (0, 0)


def test_an_identifier_of_another_member_of_the_consortium_is_refused(
    consortium: Consortium,
) -> None:
    register(consortium=consortium, identifiers=[("ror", ROR)])

    with pytest.raises(ValidationError) as refused:
        register(consortium=consortium, display_name="Second", identifiers=[("ror", ROR)])

    assert [error.code for error in refused.value.error_dict["value"]] == ["taken"]
    assert Member.objects.count() == 1


def test_a_contact_cannot_add_a_member(consortium: Consortium) -> None:
    contact = make_contact(make_member("Ambridge", consortium))

    with pytest.raises(PermissionDenied):
        register(consortium=consortium, by=Actor.contact(make_user(orcid=contact.orcid)))
