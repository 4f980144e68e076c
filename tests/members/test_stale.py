"""H2: two people edit the same thing; the second is told what changed and loses nothing."""

import re

import pytest
from django.test import Client

from members.models import Event, Member
from tests.members.people import contact_of
from tests.members.test_information import typed, url


@pytest.fixture
def first(member: Member) -> Client:
    return contact_of(member)


@pytest.fixture
def second(member: Member) -> Client:
    return contact_of(member)


def test_the_second_to_save_is_told_what_changed_meanwhile(
    member: Member, first: Client, second: Client
) -> None:
    read = typed(member)
    first.post(url(member), read | {"city": "Felpersham"})

    response = second.post(url(member), read | {"city": "Ambridge", "street": "1 Green"})

    text = " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
    assert "While you were editing, somebody else changed this" in text
    assert [event.changes["fields"] for event in response.context["stale"].events] == [
        {"city": ["", "Felpersham"]}
    ]
    assert "Felpersham" in text
    assert Member.objects.get(pk=member.pk).city == "Felpersham"


def test_what_the_second_typed_is_kept_and_can_be_saved(
    member: Member, first: Client, second: Client
) -> None:
    read = typed(member)
    first.post(url(member), read | {"city": "Felpersham"})
    told = second.post(url(member), read | {"city": "Ambridge", "street": "1 Green"})

    shown = told.context["form"]
    again = {name: shown[name].value() for name in read}
    second.post(url(member), again)

    stored = Member.objects.get(pk=member.pk)
    assert (again["version"], stored.version) == ("2", 3)
    assert (stored.city, stored.street) == ("Ambridge", "1 Green")


def test_saving_again_does_not_undo_what_the_second_had_not_touched(
    member: Member, first: Client, second: Client
) -> None:
    read = typed(member)
    first.post(url(member), read | {"city": "Felpersham", "public_email": "new@uni.example"})
    told = second.post(url(member), read | {"street": "1 Green"})

    shown = told.context["form"]
    second.post(url(member), {name: shown[name].value() for name in read})

    stored = Member.objects.get(pk=member.pk)
    assert (stored.city, stored.public_email, stored.street) == (
        "Felpersham",
        "new@uni.example",
        "1 Green",
    )


@pytest.mark.parametrize("version", ["", "0", "x", "99"])
def test_a_form_with_a_version_that_never_was_saves_nothing(
    member: Member, first: Client, version: str
) -> None:
    response = first.post(url(member), typed(member, city="Ambridge", version=version))

    assert response.status_code == 200
    assert Member.objects.get(pk=member.pk).city == ""


def test_domains_saved_second_are_kept_and_the_first_are_shown(
    member: Member, first: Client, second: Client
) -> None:
    settings = f"/tools/{member.slug}/settings/"
    first.post(settings, {"version": 1, "domains": "uni.example"})

    told = second.post(settings, {"version": 1, "domains": "college.example"})

    form = told.context["form"]
    assert (form["domains"].value(), form["version"].value()) == ("college.example", 2)
    assert [event.kind for event in told.context["stale"].events] == [Event.Kind.DOMAINS_CHANGED]
    assert list(member.email_domains.values_list("domain", flat=True)) == ["uni.example"]


@pytest.mark.parametrize("version", [2**31, 2**63, 10**30])
def test_h2_a_version_that_never_was_is_stale_and_loses_nothing(
    member: Member, second: Client, version: int
) -> None:
    response = second.post(url(member), typed(member) | {"version": version, "city": "Ambridge"})

    assert response.context["stale"].events == []
    assert response.context["form"]["city"].value() == "Ambridge"
    assert response.context["form"]["version"].value() == "1"
