"""Details and roles of one contact (A1, C6, H1, H2, R1–R3)."""

from typing import Any
from unittest import mock

import pytest
from django.test import Client

from contacts.models import Contact, Mail, Role, RoleAssignment
from members.models import Event
from tests.contacts.conftest import (
    House,
    events,
    mails,
    roles_of,
    signed_in,
    user_of,
)
from tests.factories import make_contact, make_member


def _edit(client: Client, house: House, contact: Contact, **fields: Any) -> Any:
    data = {
        "version": contact.version,
        "given_names": contact.given_names,
        "family_name": contact.family_name,
        "email": contact.email,
    }
    return client.post(house.url("contact_edit", contact.pk), data | fields)


def _roles(client: Client, house: House, contact: Contact, roles: list[str], **fields: Any) -> Any:
    data = {"version": contact.version, "roles": roles}
    return client.post(house.url("contact_roles", contact.pk), data | fields)


def _fresh(contact: Contact) -> Contact:
    return Contact.objects.get(pk=contact.pk)


def test_details_are_saved_confirmed_and_recorded(house: House) -> None:
    client = signed_in(house.tech)

    response = _edit(client, house, house.newcomer, job_title="Librarian", phone="+44 1")

    saved = _fresh(house.newcomer)
    assert (saved.job_title, saved.phone, saved.version) == ("Librarian", "+44 1", 2)
    event = Event.objects.get()
    assert event.changes["field_names"] == ["job_title", "phone"]
    assert event.personal == {
        "name": "Newcomer Person",
        "job_title": ["", "Librarian"],
        "phone": ["", "+44 1"],
    }
    assert "The details of Newcomer Person are saved." in (
        client.get(response["Location"]).content.decode()
    )


def test_nothing_changed_writes_nothing(house: House) -> None:
    _edit(signed_in(house.tech), house, house.newcomer)

    assert (_fresh(house.newcomer).version, Event.objects.count()) == (1, 0)


def test_h2_the_second_editor_is_told_what_changed_and_loses_nothing(house: House) -> None:
    _edit(signed_in(house.main), house, house.newcomer, job_title="Librarian")

    late = _edit(signed_in(house.tech), house, house.newcomer, phone="+44 2", job_title="Dean")

    page = late.content.decode()
    assert late.status_code == 409
    assert _fresh(house.newcomer).job_title == "Librarian"
    assert "While you were editing, somebody else changed this" in page
    assert [event.actor for event in late.context["stale"].events] == [user_of(house.main)]
    assert "Librarian" in page
    form = late.context["form"]
    assert (form["phone"].value(), form["job_title"].value()) == ("+44 2", "Dean")


def test_h2_having_seen_it_the_second_editor_saves(house: House) -> None:
    _edit(signed_in(house.main), house, house.newcomer, job_title="Librarian")
    client = signed_in(house.tech)
    late = _edit(client, house, house.newcomer, job_title="Dean")

    _edit(
        client,
        house,
        house.newcomer,
        job_title="Dean",
        version=late.context["form"]["version"].value(),
    )

    assert _fresh(house.newcomer).job_title == "Dean"


def test_h2_saving_again_does_not_undo_what_the_second_editor_had_not_touched(
    house: House,
) -> None:
    _edit(signed_in(house.main), house, house.newcomer, phone="+44 1", email="new@alpha.example")
    client = signed_in(house.tech)
    late = _edit(client, house, house.newcomer, phone="", job_title="Dean")

    form = late.context["form"]
    client.post(
        house.url("contact_edit", house.newcomer.pk),
        {name: form[name].value() for name in form.fields},
    )

    saved = _fresh(house.newcomer)
    assert (saved.phone, saved.pending_email) == ("+44 1", "new@alpha.example")
    assert saved.job_title == "Dean"


def test_h2_roles_too(house: House) -> None:
    _roles(signed_in(house.main), house, house.newcomer, ["comms"])

    late = _roles(signed_in(house.tech), house, house.newcomer, ["product"])

    assert late.status_code == 409
    assert roles_of(house.newcomer) == ["comms"]
    assert late.context["form"]["roles"].value() == ["product"]
    assert late.context["form"]["version"].value() == "2"


def test_h1_when_the_event_cannot_be_written_nothing_is_changed(house: House) -> None:
    client = signed_in(house.tech)
    client.raise_request_exception = False

    with mock.patch("members.models.Event.append", side_effect=RuntimeError):
        _edit(client, house, house.newcomer, job_title="Dean", email="new@alpha.example")

    assert _fresh(house.newcomer).job_title == ""
    assert Mail.objects.count() == 0


def test_c6_others_read_the_details_of_a_protected_role_and_whom_to_ask(house: House) -> None:
    client = signed_in(house.tech)

    page = client.get(house.url("contact_edit", house.voter.pk))
    response = _edit(client, house, house.voter, job_title="Dean")

    assert "The details are edited by Voter Person" in page.content.decode()
    assert "form" not in page.context
    assert response.status_code == 403
    assert _fresh(house.voter).job_title == ""


@pytest.mark.parametrize("name", ["contact_edit", "contact_roles", "contact_remove"])
def test_a1_contacts_of_another_member_are_not_there(house: House, name: str) -> None:
    elsewhere = make_contact(make_member("Beta", house.consortium))

    response = signed_in(house.main).post(house.url(name, elsewhere.pk), {"version": 1})

    assert response.status_code == 404
    assert Contact.objects.current().filter(pk=elsewhere.pk).exists()


@pytest.mark.parametrize("name", ["contact_edit", "contact_roles", "contact_remove"])
def test_a1_a_removed_contact_is_not_there(house: House, name: str) -> None:
    client = signed_in(house.main)
    client.post(house.url("contact_remove", house.tech.pk))

    assert client.get(house.url(name, house.tech.pk)).status_code == 404


def test_roles_are_saved_and_recorded(house: House) -> None:
    _roles(signed_in(house.tech), house, house.newcomer, ["comms", "invoice"])

    event = Event.objects.get()
    assert roles_of(house.newcomer) == ["invoice", "comms"]
    assert (event.kind, event.changes["roles"]) == (
        "roles_changed",
        [["other"], ["invoice", "comms"]],
    )


def test_a_contact_has_at_least_one_role(house: House) -> None:
    response = _roles(signed_in(house.tech), house, house.newcomer, [])

    assert response.context["form"].errors == {"roles": ["Choose at least one role."]}
    assert roles_of(house.newcomer) == ["other"]


def test_r1_the_holder_of_a_taken_role_is_named(house: House) -> None:
    response = _roles(signed_in(house.main), house, house.tech, ["voting"])

    assert response.context["form"].errors == {
        "roles": ["Voting contact is Voter Person. Hand the role over instead."]
    }


def test_r2_a_protected_role_is_refused_whatever_the_form_shows(house: House) -> None:
    RoleAssignment.objects.filter(role=Role.VOTING).delete()

    response = _roles(signed_in(house.tech), house, house.tech, ["technical", "voting"])

    assert response.status_code == 403
    assert roles_of(house.tech) == ["technical"]


def test_r2_what_is_closed_to_the_editor_stays(house: House) -> None:
    """Browsers do not send closed boxes: that must not take the role."""
    _roles(signed_in(house.tech), house, house.voter, ["comms"])

    assert roles_of(house.voter) == ["voting", "comms"]


def test_r3_main_goes_only_to_somebody_who_has_signed_in(house: House) -> None:
    RoleAssignment.objects.filter(role=Role.MAIN).delete()
    client = signed_in(house.signatory)

    refused = _roles(client, house, house.newcomer, ["main"])
    _roles(client, house, house.tech, ["main"])

    assert "has not signed in yet" in refused.context["form"].errors["roles"][0]
    assert roles_of(house.tech) == ["main"]


def test_taking_main_away_tells_the_lead(house: House) -> None:
    _roles(signed_in(house.signatory), house, house.main, ["comms"])

    assert [mail.to for mail in mails(Mail.Kind.NOBODY_IN_CHARGE)] == ["help@uk.example"]
    assert events(house.member) == ["roles_changed", "nobody_in_charge"]


@pytest.mark.parametrize("version", [2**31, 2**63, 10**30])
def test_h2_a_version_that_never_was_is_stale(house: House, version: int) -> None:
    client = signed_in(house.tech)

    edit = _edit(client, house, house.newcomer, version=version, job_title="Dean")
    roles = _roles(client, house, house.newcomer, ["product"], version=version)

    assert (edit.status_code, roles.status_code) == (409, 409)
    assert _fresh(house.newcomer).version == 1


def test_names_are_one_line_so_that_no_mail_says_what_we_did_not_write(house: House) -> None:
    _edit(
        signed_in(house.tech),
        house,
        house.tech,
        given_names="Tec\r\nla",
        family_name="Ng\r\n\r\nYour account ends: evil.example",
        job_title="a\u2028b",
    )

    contact = _fresh(house.tech)
    assert (contact.display_name, contact.job_title) == (
        "Tec la Ng Your account ends: evil.example",
        "a b",
    )
