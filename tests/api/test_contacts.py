"""Contacts through the API: read across members, changed by the same rules as on the pages."""

import pytest

from contacts.models import Contact, Mail, Role, User
from contacts.services import leaving
from members.actors import Actor
from members.models import EmailDomain, Event, Member
from tests.api.calling import Caller, assert_problem, desk_caller, member_caller
from tests.factories import make_contact, make_member, make_user, new_orcid
from tests.lead.desk import make_desk
from tests.sandbox_server import SandboxServer

pytestmark = pytest.mark.django_db


def path(contact: Contact, rest: str = "") -> str:
    return f"members/{contact.member.slug}/contacts/{contact.pk}/{rest}"


def names(caller: Caller, where: str = "contacts/", **query: str) -> list[str]:
    return [row["family_name"] for row in caller.get(where, **query).json()["results"]]


def test_contact_is_given_whole(caller: Caller, main: Contact) -> None:
    response = caller.get(path(main))

    body = response.json()
    assert response["ETag"] == '"1"'
    assert body.pop("created_at")
    assert body == {
        "id": main.pk,
        "member": "alpha",
        "member_id": main.member_id,
        "version": 1,
        "display_name": "Mai Main",
        "given_names": "Mai",
        "family_name": "Main",
        "job_title": "",
        "email": "mai@alpha.example",
        "pending_email": "",
        "phone": "",
        "orcid": f"http://127.0.0.1:9/{main.orcid}",
        "authenticated": True,
        "roles": ["main"],
        "votes": True,
        "outside_domains": False,
        "record_state": "fine",
        "wants_events": True,
        "wants_newsletters": True,
        "url": f"http://testserver/tools/alpha/contacts/{main.pk}/",
    }


def test_r4_the_main_votes_unless_somebody_holds_the_role(caller: Caller, member: Member) -> None:
    def voters() -> list[str]:
        rows = caller.get("contacts/").json()["results"]
        return [row["family_name"] for row in rows if row["votes"]]

    before = voters()
    make_contact(member, [Role.VOTING], family_name="Voter")

    assert (before, voters()) == (["Main"], ["Voter"])
    assert names(caller, votes="true") == ["Voter"]
    assert names(caller, votes="false") == ["Main"]


def test_filters_combine() -> None:
    desk = make_desk()
    beta = make_member("Beta", desk.consortium)
    make_contact(beta, [Role.TECHNICAL], family_name="Østby", email="o@beta.example")
    known = make_contact(beta, [Role.INVOICE], family_name="Ostby")
    make_user(known.orcid)
    make_contact(make_member("Elsewhere"), family_name="Østby")
    gone = make_contact(beta, family_name="Østby")
    leaving.remove_contact(contact_id=gone.pk, by=Actor.system())
    caller = desk_caller(desk.reader, desk.consortium)

    assert names(caller, search="östby beta") == ["Østby", "Ostby"]
    assert names(caller, role="technical") == ["Østby"]
    assert names(caller, member="beta", authenticated="true") == ["Ostby"]
    assert names(caller, email="O@BETA.example") == ["Østby"]
    assert names(caller, orcid=f"https://orcid.org/{known.orcid}") == ["Ostby"]
    assert names(caller, orcid="nonsense") == []
    assert names(caller, "members/beta/contacts/", role="invoice") == ["Ostby"]


def test_pages_follow_the_id(caller: Caller, member: Member) -> None:
    expected = ["Main", *(make_contact(member).family_name for _ in range(4))]

    seen: list[str] = []
    address: str | None = "/api/v1/contacts/?page_size=2"
    while address:
        page = caller.get(address.removeprefix("http://testserver")).json()
        seen += [row["family_name"] for row in page["results"]]
        address = page["next"]

    assert seen == expected


def test_details_change_with_the_version_that_was_read(caller: Caller, member: Member) -> None:
    contact = make_contact(member, given_names="Ada")

    response = caller.patch(path(contact), {"job_title": "Librarian"}, if_match='"1"')

    assert (response.status_code, response["ETag"]) == (200, '"2"')
    body = response.json()
    assert (body["job_title"], body["given_names"]) == ("Librarian", "Ada")
    assert (body["email"], body["pending_email"]) == (contact.email, "")
    assert Event.objects.latest("pk").capacity == "token"


def test_names_stand_in_one_line_whoever_writes_them(caller: Caller, member: Member) -> None:
    """They stand in mails, where a line of its own would be read as ours."""
    contact = make_contact(member, family_name="Known")
    odd = {"given_names": "Ada\r\nClick here", "family_name": "\u202eL\x07ove", "phone": "1\n2"}

    caller.patch(path(contact), odd, if_match='"1"')

    contact.refresh_from_db()
    assert contact.display_name == "Ada Click here Love"
    assert contact.phone == "1 2"
    personal = Event.objects.get(kind=Event.Kind.CONTACT_CHANGED).personal
    assert personal is not None
    assert personal["given_names"] == ["Ada", "Ada Click here"]


def test_c6_new_address_waits_for_its_owner(caller: Caller, member: Member) -> None:
    contact = make_contact(member)

    body = caller.patch(path(contact), {"email": "new@alpha.example"}, if_match='"1"').json()
    after = caller.patch(path(contact), {"phone": "+44 1"}, if_match='"2"').json()

    assert (body["email"], body["pending_email"]) == (contact.email, "new@alpha.example")
    assert (after["email"], after["pending_email"]) == (contact.email, "new@alpha.example")


def test_c7_address_outside_the_domains_is_asked_about(caller: Caller, member: Member) -> None:
    EmailDomain.objects.create(member=member, domain="alpha.example")
    contact = make_contact(member)

    refused = caller.patch(path(contact), {"email": "x@other.example"}, if_match='"1"')
    confirmed = caller.patch(
        path(contact), {"email": "x@other.example", "confirm_outside": True}, if_match='"1"'
    )

    body = assert_problem(
        refused,
        400,
        "x@other.example lies outside your e-mail domains (alpha.example). "
        "Please confirm that it is right.",
    )
    assert [(e["field"], e["code"]) for e in body["errors"]] == [
        ("confirm_outside", "outside_domains")
    ]
    assert confirmed.json()["outside_domains"] is True


@pytest.mark.parametrize(
    ("method", "rest", "body"),
    [("patch", "", {"phone": "1"}), ("put", "roles/", {"roles": ["comms"]}), ("delete", "", None)],
)
def test_h2_contact_has_a_version(
    caller: Caller, member: Member, method: str, rest: str, body: object
) -> None:
    contact = make_contact(member)
    caller.patch(path(contact), {"job_title": "Librarian"}, if_match='"1"')

    absent = caller.send(method, path(contact, rest), body)
    stale = caller.send(method, path(contact, rest), body, if_match='W/"1"')
    fresh = caller.send(method, path(contact, rest), body, if_match='W/"2"')

    assert [absent.status_code, stale.status_code] == [428, 412]
    assert [event["kind"] for event in stale.json()["events"]] == ["contact_changed"]
    assert stale["ETag"] == '"2"'
    assert fresh.status_code == (204 if method == "delete" else 200)


def test_roles_are_set(caller: Caller, member: Member) -> None:
    contact = make_contact(member)

    response = caller.put(path(contact, "roles/"), {"roles": ["voting", "comms"]}, if_match='"1"')

    assert response.json()["roles"] == ["voting", "comms"]
    assert response.json()["votes"] is True


def test_r1_taken_role_is_refused_in_the_words_of_the_page(
    caller: Caller, member: Member, main: Contact
) -> None:
    contact = make_contact(member)

    response = caller.put(path(contact, "roles/"), {"roles": ["main"]}, if_match='"1"')

    body = assert_problem(
        response,
        400,
        "Main relationship contact (OFFICIAL) is Mai Main. Hand the role over instead.",
    )
    assert [(e["field"], e["code"]) for e in body["errors"]] == [("roles", "role_taken")]


def test_r2_protected_roles_are_for_main_and_signatory(member: Member, main: Contact) -> None:
    colleague = make_contact(member, [Role.TECHNICAL])
    caller = member_caller(make_user(colleague.orcid), member)
    other = make_contact(member)

    answers = [
        caller.put(path(other, "roles/"), {"roles": ["voting"]}, if_match='"1"'),
        caller.put(path(main, "roles/"), {"roles": ["other"]}, if_match='"1"'),
        caller.patch(path(main), {"phone": "1"}, if_match='"1"'),
        caller.delete(path(main), if_match='"1"'),
        caller.post("members/alpha/hand-overs/", {"role": "main", "to": colleague.pk}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 5
    assert [str(role) for role in main.roles] == ["main"]


def test_main_is_handed_over(caller: Caller, member: Member) -> None:
    contact = make_contact(member)
    make_user(contact.orcid)

    response = caller.post("members/alpha/hand-overs/", {"role": "main", "to": contact.pk})

    assert (response.status_code, response["ETag"]) == (200, '"2"')
    assert response.json()["roles"] == ["main", "other"]


def test_oneself_is_not_removed_here(caller: Caller, main: Contact) -> None:
    assert caller.delete(path(main), if_match='"1"').status_code == 403


def test_removed_contact_is_gone_and_told(caller: Caller, member: Member) -> None:
    contact = make_contact(member)

    response = caller.delete(path(contact), if_match='"1"')

    assert (response.status_code, response.content) == (204, b"")
    assert caller.get(path(contact)).status_code == 404
    assert Mail.objects.get(kind=Mail.Kind.CONTACT_REMOVED).to == contact.email


def test_c2_found_person_is_compared_and_added(
    caller: Caller, member: Member, orcid: SandboxServer
) -> None:
    person = orcid.add_person(
        given_names="Grace",
        family_name="Hopper",
        emails=[{"email": "grace@alpha.example", "visibility": "public"}],
    )

    found = caller.post("members/alpha/look-ups/", {"email": "grace@alpha.example"}).json()
    added = caller.post(
        "members/alpha/contacts/",
        {"offer": found["offer"], "roles": ["technical"], "given_names": "Grace"},
    )

    assert (found["outcome"], found["public_name"]) == ("found", "Grace Hopper")
    assert found["orcid"] == f"{orcid.base_url}/{person}"
    assert (added.status_code, added["ETag"]) == (201, '"1"')
    contact = Contact.objects.get(orcid=person)
    assert added["Location"] == f"/api/v1/members/alpha/contacts/{contact.pk}/"
    assert (added.json()["authenticated"], added.json()["roles"]) == (False, ["technical"])
    assert Mail.objects.get(kind=Mail.Kind.CONTACT_ADDED).to == "grace@alpha.example"


def test_c4_an_id_cannot_be_typed(caller: Caller) -> None:
    typed = caller.post(
        "members/alpha/contacts/", {"orcid": new_orcid(), "roles": ["other"], "offer": "x"}
    )
    made_up = caller.post("members/alpha/contacts/", {"roles": ["other"], "offer": "made:up"})

    assert [error["field"] for error in typed.json()["errors"]] == ["orcid"]
    assert_problem(made_up, 400, "Please look the address up again.")


def test_a8_look_ups_are_counted(caller: Caller, settings) -> None:
    settings.LOOKUPS_PER_HOUR = 1

    first = caller.post("members/alpha/look-ups/", {"email": "a@alpha.example"})
    second = caller.post("members/alpha/look-ups/", {"email": "b@alpha.example"})

    assert first.json()["outcome"] == "unreachable"  # no ORCID in this test
    assert_problem(
        second,
        429,
        "You have looked up many addresses within an hour. Please go on in 60 minutes.",
    )
    assert second["Retry-After"] == "3600"


def test_a3_managers_token_changes_contacts_where_the_member_allows_it() -> None:
    desk = make_desk()
    beta = make_member("Beta", desk.consortium)
    contact, protected = make_contact(beta), make_contact(beta, [Role.MAIN])
    manager = User.objects.get(orcid=desk.main.orcid)
    writing = desk_caller(manager, desk.consortium, can_write=True)
    reading = desk_caller(manager, desk.consortium)

    before = writing.patch(path(contact), {"phone": "1"}, if_match='"1"')
    Member.objects.filter(pk=beta.pk).update(lead_may_manage_contacts=True)
    answers = [
        reading.patch(path(contact), {"phone": "1"}, if_match='"1"'),
        writing.patch(path(contact), {"phone": "1"}, if_match='"1"'),
        writing.patch(path(protected), {"phone": "1"}, if_match='"1"'),
        writing.patch("members/beta/", {"city": "Leeds"}, if_match='"1"'),
    ]

    assert before.status_code == 403
    assert [answer.status_code for answer in answers] == [403, 200, 403, 403]
    assert contact.lead_changes.count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_list_queries_do_not_grow_with_rows(
    caller: Caller, member: Member, rows: int, django_assert_num_queries
) -> None:
    for _ in range(rows - 1):
        make_user(make_contact(member).orcid)
    caller.get("events/")

    # the token, its person's reach; the contacts, their roles, who votes
    with django_assert_num_queries(5):
        listed = caller.get("contacts/")
    # the same, and the member
    with django_assert_num_queries(6):
        caller.get("members/alpha/contacts/")

    assert len(listed.json()["results"]) == rows
