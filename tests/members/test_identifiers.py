"""The identifiers page: add, prefer, remove; unique in the consortium."""

import datetime
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from members.actors import Actor
from members.models import Consortium, Event, Identifier, Member
from members.services.identifiers import add_identifier
from tests.factories import make_consortium, make_member
from tests.members.people import contact_of, desk_reader, errors, last_event
from tests.reading import said

ROR = "https://ror.org/04teye511"
OTHER_ROR = "https://ror.org/02cafbr77"
THIRD_ROR = "https://ror.org/03x7msx65"


def url(member: Member, action: str = "") -> str:
    return f"/tools/{member.slug}/identifiers/{action}"


def put(member: Member, value: str = ROR, scheme: str = "ror") -> Identifier:
    return add_identifier(member_id=member.pk, scheme=scheme, value=value, by=Actor.system())


def held(member: Member) -> dict[str, bool]:
    return dict(member.identifiers.order_by("pk").values_list("value", "preferred"))


def test_the_first_of_a_scheme_is_preferred_and_said_to_be_added(member: Member) -> None:
    client = contact_of(member)

    response = client.post(
        url(member, "add/"), {"scheme": "ror", "value": "04teye511"}, follow=True
    )

    assert said(response) == [f"ROR {ROR} is added."]
    assert held(member) == {ROR: True}


def test_the_next_of_a_scheme_is_not_preferred(member: Member) -> None:
    put(member)

    contact_of(member).post(url(member, "add/"), {"scheme": "ror", "value": OTHER_ROR})

    assert held(member) == {ROR: True, OTHER_ROR: False}


def test_adding_is_an_event(member: Member) -> None:
    contact_of(member).post(url(member, "add/"), {"scheme": "grid", "value": "grid.7870.8"})

    event = last_event(member)
    assert event.kind == Event.Kind.IDENTIFIER_ADDED
    assert event.changes == {"scheme": "grid", "value": "grid.7870.8", "member_version": 2}


def test_an_identifier_whose_event_fails_is_not_added(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*events: Event) -> None:
        raise RuntimeError("no event")

    client = contact_of(member)
    monkeypatch.setattr(Event, "append", fail)

    with pytest.raises(RuntimeError, match="no event"):
        client.post(url(member, "add/"), {"scheme": "ror", "value": ROR})

    assert held(member) == {}


@pytest.mark.parametrize(
    ("scheme", "value", "expected"),
    [
        (
            "ror",
            "https://ror.org/04teye512",
            {"value": ["The check digits of this ROR id are wrong: probably a typing error."]},
        ),
        ("grid", "x", {"value": ["A GRID id looks like grid.7870.8."]}),
        ("ror", "", {"value": ["This field is required."]}),
        (
            "doi",
            ROR,
            {"scheme": ["Select a valid choice. doi is not one of the available choices."]},
        ),
    ],
)
def test_what_is_wrong_stands_beside_the_field_with_what_was_typed(
    member: Member, scheme: str, value: str, expected: dict[str, list[str]]
) -> None:
    response = contact_of(member).post(url(member, "add/"), {"scheme": scheme, "value": value})

    assert errors(response) == expected
    assert response.context["form"]["value"].value() == value
    assert held(member) == {}


def test_adding_one_that_is_there_says_so(member: Member) -> None:
    put(member)

    response = contact_of(member).post(url(member, "add/"), {"scheme": "ror", "value": ROR})

    assert errors(response) == {"value": ["This identifier is already listed here."]}


def test_another_member_of_the_consortium_keeps_it_and_stays_unnamed(
    consortium: Consortium, member: Member
) -> None:
    put(make_member("Secret sibling", consortium))

    response = contact_of(member).post(url(member, "add/"), {"scheme": "ror", "value": ROR})

    assert errors(response) == {"value": ["Another member of the consortium has this identifier."]}
    assert "Secret sibling" not in response.content.decode()
    assert held(member) == {}


def test_who_may_see_the_other_member_is_told_its_name(
    consortium: Consortium, member: Member
) -> None:
    put(member)
    lead = make_member("Lead", consortium)

    response = desk_reader(consortium, lead).post(
        url(lead, "add/"), {"scheme": "ror", "value": ROR}
    )

    who = "University of Ambridge, a member of the same consortium,"
    assert errors(response) == {"value": [f"{who} has this identifier: ROR {ROR}."]}


def test_a_member_that_starts_later_counts(consortium: Consortium, member: Member) -> None:
    soon = timezone.localdate() + datetime.timedelta(days=30)
    put(make_member("Coming", consortium, start=soon))

    response = contact_of(member).post(url(member, "add/"), {"scheme": "ror", "value": ROR})

    assert set(errors(response)) == {"value"}


def test_former_members_and_other_consortia_do_not_count(
    consortium: Consortium, member: Member
) -> None:
    ended = timezone.localdate() - datetime.timedelta(days=1)
    put(make_member("Former", consortium, end=ended))
    put(make_member("Elsewhere", make_consortium()))
    put(make_member("Direct"))

    contact_of(member).post(url(member, "add/"), {"scheme": "ror", "value": ROR})

    assert held(member) == {ROR: True}


def test_another_can_be_made_preferred(member: Member) -> None:
    put(member)
    other = put(member, OTHER_ROR)

    response = contact_of(member).post(url(member, f"{other.pk}/prefer/"), follow=True)

    assert said(response) == [f"ROR {OTHER_ROR} is now the preferred one."]
    assert held(member) == {ROR: False, OTHER_ROR: True}
    assert last_event(member).kind == Event.Kind.IDENTIFIER_PREFERRED


def test_preferring_the_preferred_writes_nothing(member: Member) -> None:
    only = put(member)

    contact_of(member).post(url(member, f"{only.pk}/prefer/"))

    assert [event.kind for event in member.events.all()] == [Event.Kind.IDENTIFIER_ADDED]


def test_removing_the_preferred_promotes_another(member: Member) -> None:
    preferred = put(member)
    put(member, OTHER_ROR)
    put(member, THIRD_ROR)

    response = contact_of(member).post(url(member, f"{preferred.pk}/remove/"), follow=True)

    assert said(response) == [f"ROR {ROR} is removed."]
    assert held(member) == {OTHER_ROR: True, THIRD_ROR: False}
    assert last_event(member).kind == Event.Kind.IDENTIFIER_REMOVED


@pytest.mark.parametrize("action", ["prefer", "remove"])
def test_the_identifier_of_another_member_is_out_of_reach(
    consortium: Consortium, member: Member, action: str
) -> None:
    other = make_member("Other", consortium)
    put(other)
    theirs = put(other, OTHER_ROR)

    response = contact_of(member).post(url(member, f"{theirs.pk}/{action}/"))

    assert response.status_code == 404
    assert held(other) == {ROR: True, OTHER_ROR: False}


def _requests(member: Member, pk: int) -> list[tuple[str, dict[str, Any]]]:
    return [
        (url(member, "add/"), {"scheme": "ror", "value": THIRD_ROR}),
        (url(member, f"{pk}/prefer/"), {}),
        (url(member, f"{pk}/remove/"), {}),
    ]


def test_the_lead_desk_reads_and_cannot_write(consortium: Consortium, member: Member) -> None:
    put(member)
    other = put(member, OTHER_ROR)
    reader = desk_reader(consortium, make_member("Lead", consortium))

    page = reader.get(url(member)).content.decode()
    answers = [reader.post(path, data) for path, data in _requests(member, other.pk)]
    answers.append(reader.post(url(member, "add/"), {}))

    assert ROR in page
    assert ("Make preferred" in page, "Add an identifier" in page) == (False, False)
    assert [answer.status_code for answer in answers] == [403, 403, 403, 403]
    assert held(member) == {ROR: True, OTHER_ROR: False}


def test_a_contact_of_another_member_does_not_find_the_page(
    consortium: Consortium, member: Member
) -> None:
    put(member)
    other = put(member, OTHER_ROR)
    stranger = contact_of(make_member("Other", consortium))

    answers = [stranger.get(url(member))]
    answers += [stranger.post(path, data) for path, data in _requests(member, other.pk)]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]
    assert held(member) == {ROR: True, OTHER_ROR: False}


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(
    member: Member, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for value in [ROR, OTHER_ROR, THIRD_ROR][:count]:
        put(member, value)
    client = contact_of(member)

    # session, user, member, may it be edited, identifiers; the frame: my members, my desks
    with django_assert_num_queries(7):
        client.get(url(member))


def test_the_page_without_identifiers_says_what_to_do(member: Member) -> None:
    page = contact_of(member).get(url(member)).content.decode()

    assert "No identifiers yet" in page
    assert "Add the ROR id first" in page
