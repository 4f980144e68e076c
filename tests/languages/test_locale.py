"""Dates and numbers as the locale writes them."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from pytest_django import Settings

from contacts.models import Role
from integrations.works.models import MemberWork, Work
from members.models import Membership
from members.websites import complete_website
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.lead.desk import client_of, make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def german(settings: Settings) -> None:
    settings.LANGUAGE_CODE = "de"


@pytest.mark.usefixtures("german")
def test_dates_are_german() -> None:
    member = make_member("Alpha", consortium=make_consortium())
    Membership.objects.update(start=datetime.date(2019, 3, 5))
    main = make_contact(member, [Role.MAIN])
    client = client_of(make_user(main.orcid))

    overview = client.get(reverse("tools:overview", args=[member.slug])).content.decode()

    assert "5. März 2019" in overview
    assert "5 March" not in overview


@pytest.mark.usefixtures("german")
def test_calendars_of_browsers_are_given_iso_dates() -> None:
    desk = make_desk()
    address = reverse("lead:history", args=[desk.consortium.slug])

    page = desk.client.get(address, {"since": "2026-03-05"}).content.decode()

    assert 'value="2026-03-05"' in page


@pytest.mark.usefixtures("german")
def test_numbers_are_german_and_years_are_no_numbers() -> None:
    person = make_user()
    fields = {"type": "book", "origin": Work.Origin.FORM, "visibility": Work.Visibility.PUBLIC}
    Work.objects.bulk_create(
        Work(person=person, title=f"Work {n}", published="1987", **fields) for n in range(1001)
    )

    page = client_of(person).get(reverse("works:publications")).content.decode()

    assert "1.000" in page
    assert "1987" in page
    assert "1.987" not in page


@pytest.mark.usefixtures("german")
def test_numbers_in_what_a_press_is_answered_with_are_german() -> None:
    member = make_member("Alpha", consortium=make_consortium())
    MemberWork.objects.bulk_create(
        MemberWork(member=member, title=f"Work {n}", type="book") for n in range(1001)
    )
    client = client_of(make_user(make_contact(member, [Role.MAIN]).orcid))

    url = reverse("tools:works_states", args=[member.slug])
    told = client.post(url, {"which": "all", "state": "validated"}, follow=True)

    assert [str(each) for each in told.context["messages"]] == ["1.001 works are validated now."]


@pytest.mark.usefixtures("german")
def test_numbers_in_what_is_wrong_are_german() -> None:
    with pytest.raises(ValidationError, match=r"2\.000 characters at most"):
        complete_website("https://uni.example/" + "x" * 2000)
