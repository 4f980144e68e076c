"""The history page: every event of the member, newest first, in pieces."""

import pytest
from pytest_django import DjangoAssertNumQueries

from members.actors import Actor
from members.models import Consortium, Event, Member
from members.services.domains import set_email_domains
from members.services.information import edit_information
from tests.factories import make_contact, make_member, make_user
from tests.members.people import contact_of, desk_reader, signed_in


def url(member: Member) -> str:
    return f"/tools/{member.slug}/history/"


def change(member: Member, count: int = 1, by: Actor | None = None) -> list[int]:
    """Make events; their ids, oldest first."""
    for number in range(count):
        edit_information(
            member_id=member.pk, version=None, by=by or Actor.system(), street=f"{number} Green"
        )
    return list(member.events.order_by("pk").values_list("pk", flat=True))


def test_the_newest_comes_first(member: Member) -> None:
    ids = change(member, 3)

    page = contact_of(member).get(url(member))

    assert [event.pk for event in page.context["events"]] == ids[::-1]
    assert page.context["older"] is None


def test_an_event_says_who_changed_what_from_what_to_what(member: Member) -> None:
    contact = make_contact(member)
    by = make_user(orcid=contact.orcid, name="Ada Lovelace")
    change(member, 2, Actor.contact(by))

    response = contact_of(member).get(url(member))

    page = response.content.decode()
    assert page.count("Ada Lovelace") == 2
    assert "Information changed" in page
    assert "0 Green" in page
    assert "1 Green" in page


def test_older_ones_are_reached_by_the_link_without_gap_or_repeat(member: Member) -> None:
    ids = change(member, 60)
    client = contact_of(member)

    seen: list[int] = []
    address = url(member)
    for _page in range(3):
        page = client.get(address)
        seen += [event.pk for event in page.context["events"]]
        older = page.context["older"]
        address = f"{url(member)}?before={older}"

    assert seen == ids[::-1]
    assert older is None


def test_one_kind_can_be_shown_alone_page_by_page(member: Member) -> None:
    change(member, 30)
    set_email_domains(member_id=member.pk, version=None, domains=["a.example"], by=Actor.system())
    client = contact_of(member)

    first = client.get(url(member), {"kind": "information_changed"})
    older = client.get(
        url(member), {"kind": "information_changed", "before": first.context["older"]}
    )

    assert (len(first.context["events"]), len(older.context["events"])) == (25, 5)
    assert {event.kind for event in first.context["events"]} == {Event.Kind.INFORMATION_CHANGED}
    assert f"kind=information_changed&amp;before={first.context['older']}" in first.content.decode()


@pytest.mark.parametrize(
    "query", ["before=x", "before=-1", "before=99999999999999999999", "kind=x"]
)
def test_an_unusable_address_shows_everything(member: Member, query: str) -> None:
    ids = change(member)

    page = contact_of(member).get(f"{url(member)}?{query}")

    assert [event.pk for event in page.context["events"]] == ids


def test_events_of_other_members_are_absent(consortium: Consortium, member: Member) -> None:
    change(make_member("Other", consortium))

    page = contact_of(member).get(url(member))

    assert list(page.context["events"]) == []
    assert "Nothing has happened yet" in page.content.decode()


def test_the_lead_desk_reads_it_and_others_do_not_find_it(
    consortium: Consortium, member: Member
) -> None:
    ids = change(member)
    reader = desk_reader(consortium, make_member("Lead", consortium))
    stranger = contact_of(make_member("Other", consortium))

    read = reader.get(url(member))

    assert [event.pk for event in read.context["events"]] == ids
    assert stranger.get(url(member)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(
    member: Member, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(count):
        contact = make_contact(member)
        edit_information(
            member_id=member.pk,
            version=None,
            by=Actor.contact(make_user(orcid=contact.orcid)),
            street=f"{contact.pk} Green",
        )
    client = signed_in(make_contact(member))

    # session, user, member, events with their actors; the frame: my members, my desks
    with django_assert_num_queries(6):
        client.get(url(member))
