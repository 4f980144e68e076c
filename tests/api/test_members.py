"""Members and their identifiers through the API."""

import datetime

import pytest
from django.test import Client

from contacts.models import User
from members.actors import Actor
from members.models import EmailDomain, Event, FormerSlug, Identifier, Member
from members.services.information import edit_information
from tests.api.calling import Caller, assert_problem, desk_caller, member_caller
from tests.factories import make_consortium, make_contact, make_member, make_user
from tests.lead.desk import make_desk

pytestmark = pytest.mark.django_db
ROR = "https://ror.org/05a28rw58"


def test_member_is_given_whole(caller: Caller, member: Member) -> None:
    identifier = Identifier.objects.create(member=member, scheme="ror", value=ROR, preferred=True)
    EmailDomain.objects.create(member=member, domain="alpha.example")

    response = caller.get("members/alpha/")

    body = response.json()
    assert response["ETag"] == '"1"'
    assert body.pop("created_at")
    assert body.pop("updated_at")
    assert body == {
        "id": member.pk,
        "slug": "alpha",
        "version": 1,
        "display_name": "Alpha",
        "legal_name": "Alpha",
        "community": "research",
        "country": "GB",
        "website": "",
        "public_email": "",
        "description": "",
        "street": "",
        "city": "",
        "region": "",
        "postal_code": "",
        "trademark_permission": "unanswered",
        "identifiers": [
            {
                "id": identifier.pk,
                "scheme": "ror",
                "value": ROR,
                "preferred": True,
                "url": ROR,
            }
        ],
        "email_domains": ["alpha.example"],
        "memberships": [
            {
                "consortium": {"slug": "north-consortium", "name": "North Consortium"},
                "start": "2019-01-01",
                "end": None,
                "end_reason": "",
                "status": "active",
            }
        ],
        "lead_may_manage_contacts": False,
        "confirmed_at": None,
        "url": "http://testserver/tools/alpha/",
    }


def test_h2_change_needs_the_version_that_was_read(caller: Caller, member: Member) -> None:
    response = caller.patch("members/alpha/", {"city": "Leeds"})

    assert_problem(
        response,
        428,
        "Send the version you have read: If-Match with the ETag of your last GET.",
    )
    member.refresh_from_db()
    assert (member.city, member.version) == ("", 1)


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', '"7", W/"1"', "*"])
def test_h2_change_with_the_version_that_is_stored(
    caller: Caller, member: Member, user: User, tag: str
) -> None:
    response = caller.patch("members/alpha/", {"city": "Leeds"}, if_match=tag)

    assert (response.status_code, response["ETag"]) == (200, '"2"')
    assert (response.json()["city"], response.json()["version"]) == ("Leeds", 2)
    event = Event.objects.get(kind=Event.Kind.INFORMATION_CHANGED)
    assert (event.actor, event.capacity) == (user, "token")
    assert event.changes == {"fields": {"city": ["", "Leeds"]}, "member_version": 2}


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', '"99"', "garbage", '"999999999999999999999"', "1"])
def test_h2_stale_change_is_told_what_happened_since(
    caller: Caller, member: Member, tag: str
) -> None:
    edit_information(member_id=member.pk, version=1, by=Actor.system(), city="Leeds")

    response = caller.patch("members/alpha/", {"city": "Bath"}, if_match=tag)

    body = assert_problem(
        response,
        412,
        "Somebody has changed this meanwhile. Look at the events, then send it again.",
    )
    assert (body["version"], response["ETag"]) == (2, '"2"')
    expected = [] if tag == '"99"' else [{"city": ["", "Leeds"]}]
    assert [event["changes"]["fields"] for event in body["events"]] == expected
    member.refresh_from_db()
    assert member.city == "Leeds"


def test_errors_name_their_fields_in_the_words_of_the_page(caller: Caller, member: Member) -> None:
    sent = {"display_name": "", "website": "ftp://x", "legal_name": "Mine", "country": "XX"}

    response = caller.patch("members/alpha/", sent, if_match='"1"')

    body = assert_problem(response, 400, "Some of what was sent is not right.")
    assert body["code"] == "invalid"
    assert {(error["field"], error["code"]) for error in body["errors"]} == {
        ("display_name", "blank"),
        ("country", "invalid_choice"),
    }
    alone = caller.patch("members/alpha/", {"website": "ftp://x"}, if_match='"1"').json()
    assert [error["field"] for error in alone["errors"]] == ["website"]
    unknown = caller.patch("members/alpha/", {"legal_name": "Mine"}, if_match='"1"').json()
    assert unknown["errors"] == [
        {"field": "legal_name", "detail": "This cannot be given here.", "code": "unknown"}
    ]
    member.refresh_from_db()
    assert (member.legal_name, member.version) == ("Alpha", 1)


def test_token_that_only_reads_changes_nothing(user: User, member: Member) -> None:
    reading = member_caller(user, member, can_write=False)

    answers = [
        reading.get("members/alpha/"),
        reading.patch("members/alpha/", {"city": "Leeds"}, if_match='"1"'),
        reading.post("members/alpha/identifiers/", {"scheme": "ror", "value": ROR}),
    ]

    assert [answer.status_code for answer in answers] == [200, 403, 403]
    member.refresh_from_db()
    assert (member.version, member.identifiers.count()) == (1, 0)


def test_a3_the_desks_token_changes_no_member(member: Member) -> None:
    desk = make_desk("South Consortium")
    ours = make_member("Beta", desk.consortium)
    manager = User.objects.get(orcid=desk.main.orcid)
    caller = desk_caller(manager, desk.consortium, can_write=True)

    read = caller.get("members/beta/")
    written = caller.patch("members/beta/", {"city": "Leeds"}, if_match='"1"')
    # Also not at the lead itself, though the person may: that takes a token of the lead.
    own = caller.patch(f"members/{desk.lead.slug}/", {"city": "Leeds"}, if_match='"1"')

    assert (read.status_code, written.status_code, own.status_code) == (200, 403, 403)
    ours.refresh_from_db()
    assert ours.city == ""


def test_former_address_is_good_too(caller: Caller, member: Member) -> None:
    FormerSlug.objects.create(slug="alfa", member=member)

    assert caller.get("members/alfa/").json()["slug"] == "alpha"


def test_filters_combine() -> None:
    desk = make_desk()
    beta = make_member("Bêta", desk.consortium, country="CL")
    make_member("Beta Pending", desk.consortium, start=datetime.date(2999, 1, 1), country="CL")
    make_member("Gamma", desk.consortium)
    make_member("Beta Elsewhere", make_consortium(), country="CL")
    Identifier.objects.create(member=beta, scheme="ror", value=ROR)
    caller = desk_caller(desk.reader, desk.consortium)

    def slugs(**query: str) -> list[str]:
        return [row["slug"] for row in caller.get("members/", **query).json()["results"]]

    assert slugs(search="beta") == ["beta", "beta-pending"]
    assert slugs(search="beta", status="active") == ["beta"]
    assert slugs(country="CL", status="pending") == ["beta-pending"]
    assert slugs(status="ended") == []
    assert slugs(ror="05a28rw58") == ["beta"]
    assert slugs(consortium="elsewhere") == []
    assert slugs(updated_after="2999-01-01T00:00:00Z") == []
    assert slugs(updated_after="9999-12-31T23:59:59-18:21") == []
    assert len(slugs(updated_after="0688-08-26T06:28:39-18:21")) == 4
    assert len(slugs(updated_after="0001-01-01T00:00:00+18:21")) == 4


def test_identifier_is_added_preferred_and_removed(caller: Caller, member: Member) -> None:
    added = caller.post("members/alpha/identifiers/", {"scheme": "ror", "value": "05a28rw58"})
    address = added["Location"]
    second = caller.post("members/alpha/identifiers/", {"scheme": "ror", "value": "052gg0110"})
    preferred = caller.post(f"{second['Location']}prefer/")
    removed = caller.delete(address)

    assert (added.status_code, added.json()["value"], added.json()["preferred"]) == (201, ROR, True)
    assert preferred.json()["preferred"] is True
    assert (removed.status_code, removed.content) == (204, b"")
    assert caller.get(address).status_code == 404
    assert [event.kind for event in Event.objects.filter(member=member).order_by("pk")][1:] == [
        "identifier_added",
        "identifier_added",
        "identifier_preferred",
        "identifier_removed",
    ]


def test_identifier_with_a_wrong_check_digit_is_refused(caller: Caller) -> None:
    response = caller.post("members/alpha/identifiers/", {"scheme": "ror", "value": "05a28rw59"})

    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == ["value"]


def test_a_taken_identifier_does_not_tell_whose_it_is(
    caller: Caller, member: Member, consortium
) -> None:
    other = make_member("Secret Sibling", consortium)
    Identifier.objects.create(member=other, scheme="ror", value=ROR)

    response = caller.post("members/alpha/identifiers/", {"scheme": "ror", "value": ROR})

    assert_problem(response, 400, "Another member of the consortium has this identifier.")


@pytest.mark.parametrize("rows", [1, 3])
def test_list_queries_do_not_grow_with_rows(rows: int, django_assert_num_queries) -> None:
    desk = make_desk()
    for number in range(rows - 1):
        member = make_member(f"Member {number}", desk.consortium)
        Identifier.objects.create(member=member, scheme="ror", value=f"https://ror.org/{number}")
        make_contact(member)
    caller = desk_caller(desk.reader, desk.consortium)
    caller.get("events/")  # notes the use of the token

    # the token, its person's reach; the members, their identifiers, domains and periods
    with django_assert_num_queries(6):
        listed = caller.get("members/")

    assert len(listed.json()["results"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_identifier_queries_do_not_grow_with_rows(
    caller: Caller, member: Member, rows: int, django_assert_num_queries
) -> None:
    for number in range(rows):
        Identifier.objects.create(member=member, scheme="ringgold", value=str(number))
    caller.get("events/")

    # the token, its person's reach; the member, its identifiers
    with django_assert_num_queries(4):
        listed = caller.get("members/alpha/identifiers/")

    assert len(listed.json()["results"]) == rows


def test_person_in_a_session_reads_and_writes_with_csrf_alone(user: User, member: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)

    read = client.get("/api/v1/members/alpha/")
    written = client.patch(
        "/api/v1/members/alpha/",
        {"city": "Leeds"},
        content_type="application/json",
        headers={"If-Match": '"1"'},
    )

    assert read.status_code == 200
    assert_problem(written, 403, "CSRF Failed: CSRF cookie not set.")


def test_stranger_in_a_session_sees_nothing(member: Member) -> None:
    client = Client()
    client.force_login(make_user())

    assert client.get("/api/v1/members/").json()["results"] == []
    assert client.get("/api/v1/members/alpha/").status_code == 404
    assert client.get("/api/v1/events/").json() == {"results": [], "next": 0}
