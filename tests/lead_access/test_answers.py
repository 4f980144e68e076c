"""Changes by the lead: told in words, accepted or disputed by the Main, shown to both sides."""

import pytest

from contacts.models import LeadChange, Mail, Role
from contacts.services import editing, roles
from members.actors import Actor
from members.models import Event, Member
from tests.factories import make_contact, make_member, make_user
from tests.lead_access.conftest import House, signed_in, user_of
from tests.mails.test_contents import assert_says


@pytest.fixture
def change(house: House) -> LeadChange:
    """The manager has given the communications contact another role."""
    house.allow()
    roles.set_roles(
        contact_id=house.comms.pk, version=1, roles=[Role.PRODUCT],
        by=Actor.lead(user_of(house.manager)),
    )  # fmt: skip
    return LeadChange.objects.get()


def test_the_main_is_told_what_was_changed_and_by_whom(house: House, change: LeadChange) -> None:
    mail = Mail.objects.get(kind=Mail.Kind.LEAD_CHANGED)

    assert mail.subject == "The lead has changed a contact of Alpha University"
    assert_says(
        mail,
        "Dear Mai Ngo",
        "Man Ager, of the lead (Lead Library), has changed the contacts of Alpha University.",
        "Roles changed",
        "Name: Com Ms",
        "Roles: Comms contact → Product contact",
        f"http://testserver/tools/{house.member.slug}/lead-changes/",
    )


def test_without_a_main_everybody_there_is_told(house: House) -> None:
    house.allow()
    house.main.role_assignments.update(role=Role.OTHER)

    editing.edit_contact(
        contact_id=house.comms.pk, version=1, email=house.comms.email, job_title="Dr",
        by=Actor.lead(user_of(house.manager)),
    )  # fmt: skip

    told = Mail.objects.filter(kind=Mail.Kind.LEAD_CHANGED).values_list("to", flat=True)
    assert set(told) == {house.main.email, house.tech.email, house.comms.email}


def test_main_accepts(house: House, change: LeadChange) -> None:
    client = signed_in(house.main)

    client.post(house.url("lead_change_accept", change.pk))
    client.post(house.url("lead_change_accept", change.pk))

    change.refresh_from_db()
    assert (change.state, change.decided_by) == ("accepted", user_of(house.main))
    assert house.events() == [("roles_changed", "lead"), ("lead_change_accepted", "contact")]


def test_main_disputes_with_a_note_and_the_managers_are_told(
    house: House, change: LeadChange
) -> None:
    response = signed_in(house.main).post(
        house.url("lead_change_dispute", change.pk), {"note": "Com still does <communications>"}
    )

    change.refresh_from_db()
    assert response["Location"] == house.url("lead_changes")
    assert (change.state, change.note) == ("disputed", "Com still does <communications>")
    house.comms.refresh_from_db()
    assert house.comms.roles == [Role.PRODUCT]  # nothing is undone by itself
    mail = Mail.objects.get(kind=Mail.Kind.LEAD_CHANGE_DISPUTED)
    assert mail.to == house.manager.email
    assert_says(
        mail,
        "Mai Ngo of Alpha University does not agree with a change that Man Ager made for the lead",
        "(Roles changed: Com Ms)",
        "Nothing has been undone.",
    )
    assert "Com still does <communications>" in mail.text
    assert "Com still does &lt;communications&gt;" in mail.html
    event = Event.objects.get(kind=Event.Kind.LEAD_CHANGE_DISPUTED)
    assert event.personal == {"name": "Com Ms", "note": "Com still does <communications>"}


def test_a_dispute_needs_words_and_is_made_once(house: House, change: LeadChange) -> None:
    client, address = signed_in(house.main), house.url("lead_change_dispute", change.pk)

    empty = client.post(address, {"note": "  "})
    client.post(address, {"note": "Wrong"})
    client.post(address, {"note": "Wrong again"})

    assert "This field is required." in empty.content.decode()
    change.refresh_from_db()
    assert change.note == "Wrong"
    assert Mail.objects.filter(kind=Mail.Kind.LEAD_CHANGE_DISPUTED).count() == 1


def test_a_disputed_change_can_be_accepted_later(house: House, change: LeadChange) -> None:
    client = signed_in(house.main)
    client.post(house.url("lead_change_dispute", change.pk), {"note": "Wrong"})

    client.post(house.url("lead_change_accept", change.pk))

    change.refresh_from_db()
    assert (change.state, change.note) == ("accepted", "Wrong")


@pytest.mark.parametrize("who", ["tech", "manager", "reader"])
def test_nobody_but_the_main_answers(house: House, change: LeadChange, who: str) -> None:
    client = signed_in(getattr(house, who))

    answers = [
        client.post(house.url("lead_change_accept", change.pk)).status_code,
        client.post(house.url("lead_change_dispute", change.pk), {"note": "No"}).status_code,
    ]
    page = client.get(house.url("lead_changes"))

    assert (answers, page.context["may_answer"]) == ([403, 403], False)
    change.refresh_from_db()
    assert change.state == "open"


def test_another_members_change_is_not_there(house: House, change: LeadChange) -> None:
    other = make_member("Beta University", house.consortium)
    main = make_contact(other, [Role.MAIN])
    make_user(orcid=main.orcid)
    address = house.url("lead_change_accept", change.pk).replace(house.member.slug, other.slug)

    assert signed_in(main).post(address).status_code == 404


def test_list_and_history_say_that_it_was_the_lead(house: House, change: LeadChange) -> None:
    client = signed_in(house.main)

    page = client.get(house.url("contacts")).content.decode()
    history = client.get(house.url("history")).content.decode()

    assert "1 change by the lead is not accepted yet." in page
    assert "Changed by the lead, not accepted yet" in page
    assert "by the lead" in history


def test_disputes_show_on_the_desks_own_page(house: House, change: LeadChange) -> None:
    signed_in(house.main).post(
        house.url("lead_change_dispute", change.pk), {"note": "Com still does it"}
    )
    address = f"/lead/{house.consortium.slug}/lead-changes/"
    client = signed_in(house.manager)

    disputed = client.get(address, {"state": "disputed"})
    accepted = client.get(address, {"state": "accepted"})

    assert [row.change.pk for row in disputed.context["rows"]] == [change.pk]
    assert "Com still does it" in disputed.content.decode()
    assert accepted.context["rows"] == []
    overview = client.get(f"/lead/{house.consortium.slug}/").content.decode()
    assert f'<a href="{address}?state=disputed"><strong>1</strong>' in overview


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow(
    house: House, change: LeadChange, django_assert_num_queries, number: int
) -> None:
    for _more in range(number - 1):
        LeadChange.objects.create(
            member=house.member, contact=house.comms, event_id=change.event_id,
            made_by=change.made_by,
        )  # fmt: skip
    client = signed_in(house.main)
    client.get(house.url("lead_changes"))  # what is read once per process

    # session, user, member, contact with roles (2), can edit, the changes, how many,
    # who may answer: contact with roles (2), can edit; their events, the menu (2)
    with django_assert_num_queries(14):
        client.get(house.url("lead_changes"))
    manager = signed_in(house.manager)
    # session, user, desk, how many of each state, the changes, how many, their events, the menu (2)
    with django_assert_num_queries(9):
        manager.get(f"/lead/{house.consortium.slug}/lead-changes/")


def test_a_removed_person_is_still_named(house: House) -> None:
    house.allow()
    signed_in(house.manager).post(house.url("contact_remove", house.comms.pk))

    page = signed_in(house.main).get(house.url("lead_changes")).content.decode()

    assert "Com Ms" in page
    assert "Contact removed" in page
    assert Member.objects.get(pk=house.member.pk).lead_may_manage_contacts
