"""The settings page: e-mail domains, memberships to read, the way to the lead desk."""

import datetime

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from contacts.models import Role
from members.models import Consortium, Event, Member
from tests.factories import make_consortium, make_member
from tests.members.people import contact_of, desk_reader, errors, last_event
from tests.reading import said


def url(member: Member) -> str:
    return f"/tools/{member.slug}/settings/"


def domains(member: Member) -> list[str]:
    return list(member.email_domains.values_list("domain", flat=True))


def test_domains_are_saved_in_one_form_and_order(member: Member) -> None:
    lines = "uni.example\r\n\r\n  @College.Example. \nuni.example\nmünchen.example"

    response = contact_of(member).post(url(member), {"version": 1, "domains": lines}, follow=True)

    assert said(response) == ["The e-mail domains are saved."]
    assert domains(member) == ["college.example", "uni.example", "xn--mnchen-3ya.example"]


def test_the_change_is_one_event_with_old_and_new(member: Member) -> None:
    client = contact_of(member)
    client.post(url(member), {"version": 1, "domains": "a.example\nb.example"})

    client.post(url(member), {"version": 2, "domains": "b.example\nc.example"})

    event = last_event(member)
    assert event.kind == Event.Kind.DOMAINS_CHANGED
    assert event.changes == {
        "fields": {"email_domains": [["a.example", "b.example"], ["b.example", "c.example"]]},
        "member_version": 3,
    }


def test_domains_may_stand_beside_each_other(member: Member) -> None:
    line = "uni.example, @college.example; press.example"

    contact_of(member).post(url(member), {"version": 1, "domains": line})

    assert domains(member) == ["college.example", "press.example", "uni.example"]


def test_all_domains_can_be_taken_out(member: Member) -> None:
    client = contact_of(member)
    client.post(url(member), {"version": 1, "domains": "a.example"})

    client.post(url(member), {"version": 2, "domains": ""})

    assert domains(member) == []


def test_saving_the_same_writes_nothing(member: Member) -> None:
    client = contact_of(member)
    client.post(url(member), {"version": 1, "domains": "a.example"}, follow=True)

    response = client.post(url(member), {"version": 2, "domains": "A.EXAMPLE"}, follow=True)

    assert said(response) == ["Nothing was different, so nothing was changed."]
    assert Member.objects.get(pk=member.pk).version == 2


def test_every_line_that_is_no_domain_is_named_and_nothing_is_saved(member: Member) -> None:
    lines = "good.example\nada@uni.example\nlocalhost"

    response = contact_of(member).post(url(member), {"version": 1, "domains": lines})

    hint = "is not a domain. Write only what follows the @, such as uni.example."
    assert errors(response) == {"domains": [f"“ada@uni.example” {hint}", f"“localhost” {hint}"]}
    assert response.context["form"]["domains"].value() == lines
    assert domains(member) == []


def test_more_than_a_hundred_domains_are_too_many(member: Member) -> None:
    lines = "\n".join(f"d{number}.example" for number in range(101))

    response = contact_of(member).post(url(member), {"version": 1, "domains": lines})

    assert errors(response) == {"domains": ["These are too many: 100 domains at most."]}


def test_the_lead_desk_reads_and_cannot_write(consortium: Consortium, member: Member) -> None:
    contact_of(member).post(url(member), {"version": 1, "domains": "a.example"})
    reader = desk_reader(consortium, make_member("Lead", consortium))

    page = reader.get(url(member))
    posted = [reader.post(url(member), data) for data in ({}, {"version": 2, "domains": ""})]

    assert (page.context["domains"], "form" in page.context) == (["a.example"], False)
    assert [response.status_code for response in posted] == [403, 403]
    assert domains(member) == ["a.example"]


def test_a_contact_of_another_member_does_not_find_the_page(
    consortium: Consortium, member: Member
) -> None:
    stranger = contact_of(make_member("Other", consortium))

    answers = [stranger.get(url(member)), stranger.post(url(member), {"domains": "x.example"})]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert domains(member) == []


def test_memberships_are_shown_with_their_state(consortium: Consortium, member: Member) -> None:
    today = timezone.localdate()
    past = today - datetime.timedelta(days=900)
    member.memberships.update(start=today)
    member.memberships.create(
        consortium=consortium, start=None, end=past, end_reason="Merged with Felpersham"
    )

    page = contact_of(member).get(url(member))

    shown = [(period.status.label, period.end_reason) for period in page.context["memberships"]]
    assert sorted(shown) == [("Active", ""), ("Ended", "Merged with Felpersham")]
    assert "Merged with Felpersham" in page.content.decode()


@pytest.mark.parametrize(("role", "names"), [(Role.MAIN, ["United Kingdom"]), (Role.TECHNICAL, [])])
def test_the_leads_main_finds_the_way_to_the_desk(
    consortium: Consortium, member: Member, role: Role, names: list[str]
) -> None:
    consortium.lead = member
    consortium.save()

    page = contact_of(member, [role]).get(url(member))

    assert [str(led) for led in page.context["led"]] == names


@pytest.mark.parametrize("rows", [1, 3])
def test_query_count_does_not_grow(
    consortium: Consortium,
    member: Member,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(rows):
        year = datetime.date(2000 + number, 1, 1)
        other = make_consortium()
        member.memberships.create(consortium=other, start=year, end=year.replace(month=12))
        member.email_domains.create(domain=f"{number}.example")
        make_consortium(lead=member)
    client = contact_of(member, [Role.MAIN])

    # session, user, member; e-mail domains, may edit; for the menu: members, desks; memberships,
    # consortia it leads; for the switch of the lead's access: own contact, its roles, may edit
    with django_assert_num_queries(12):
        client.get(url(member))
