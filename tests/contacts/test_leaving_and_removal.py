"""Removal and leaving (C9, R2, R3, R5)."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from contacts.models import Contact, DeskSeat, Invitation, Mail, Role, RoleAssignment
from contacts.services import invitations as invitation_service
from contacts.services import leaving
from contacts.services.charge import is_last_with_access
from members.actors import Actor
from members.models import Event, Membership
from tests.contacts.conftest import House, current, events, mails, roles_of, signed_in, user_of
from tests.factories import make_contact, make_member, make_user


def _remove(client: Client, house: House, contact: Contact) -> Any:
    return client.post(house.url("contact_remove", contact.pk))


def _leave(client: Client, house: House, **data: object) -> Any:
    return client.post(house.url("leave"), data)


def _only(house: House, *stay: Contact) -> None:
    """Take everybody else off, quietly."""
    gone = Contact.objects.exclude(pk__in=[contact.pk for contact in stay])
    RoleAssignment.objects.filter(contact__in=gone).delete()
    gone.update(removed_at=timezone.now())


def test_removal_asks_first(house: House) -> None:
    page = signed_in(house.main).get(house.url("contact_remove", house.tech.pk))

    assert "Access to this organisation ends at once" in page.content.decode()
    assert "Tech Person" in current(house.member)


def test_removed_is_told_and_recorded_and_the_row_stays(house: House) -> None:
    _remove(signed_in(house.main), house, house.tech)

    assert "Tech Person" not in current(house.member)
    assert Contact.objects.get(pk=house.tech.pk).removed_at is not None
    assert [mail.to for mail in mails(Mail.Kind.CONTACT_REMOVED)] == ["tech@alpha.example"]
    event = Event.objects.get(kind=Event.Kind.CONTACT_REMOVED)
    assert event.changes["roles"] == [["technical"], []]


def test_r5_removal_ends_access_with_the_next_request(house: House) -> None:
    open_tab = signed_in(house.tech)
    before = open_tab.get(house.url("contacts")).status_code

    _remove(signed_in(house.main), house, house.tech)

    assert before == 200
    assert open_tab.get(house.url("contacts")).status_code == 404
    assert open_tab.post(house.url("contact_add"), {"email": "a@b.example"}).status_code == 404


def test_r5_removal_withdraws_the_invitations_the_person_sent(house: House) -> None:
    invite = invitation_service.invite_contact
    theirs = invite(
        member_id=house.member.pk,
        email="theirs@alpha.example",
        roles=["other"],
        by=Actor.contact(user_of(house.tech)),
    )
    mine = invite(
        member_id=house.member.pk,
        email="mine@alpha.example",
        roles=["other"],
        by=Actor.contact(user_of(house.main)),
    )

    _remove(signed_in(house.main), house, house.tech)

    outcomes = dict(Invitation.objects.values_list("pk", "outcome"))
    assert outcomes == {theirs.pk: "withdrawn", mine.pk: ""}
    assert Mail.objects.get(invitation=theirs).state == Mail.State.WITHDRAWN
    event = Event.objects.get(kind=Event.Kind.CONTACT_REMOVED)
    assert event.changes["withdrawn_invitations"] == [theirs.pk]


def test_r5_removal_ends_the_seat_on_the_desk(house: House) -> None:
    DeskSeat.objects.create(consortium=house.consortium, contact=house.tech, level="reader")

    _remove(signed_in(house.main), house, house.tech)

    assert DeskSeat.objects.count() == 0


def test_r5_removal_leaves_no_role_behind(house: House) -> None:
    """One that stayed would keep its successor out (R1), and vote (R4)."""
    _remove(signed_in(house.main), house, house.voter)

    given = signed_in(house.main).post(
        house.url("contact_roles", house.tech.pk), {"version": 1, "roles": ["voting"]}
    )

    assert given["Location"] == house.url("contacts")
    assert RoleAssignment.objects.filter(contact=house.voter).count() == 0
    assert roles_of(house.tech) == ["voting"]


def test_r5_another_organisation_of_the_person_is_not_touched(house: House) -> None:
    beta = make_member("Beta", house.consortium)
    make_contact(beta, orcid=house.tech.orcid)

    _remove(signed_in(house.main), house, house.tech)

    assert signed_in(house.tech).get(f"/tools/{beta.slug}/contacts/").status_code == 200


def test_r2_others_do_not_remove_a_holder_of_a_protected_role(house: House) -> None:
    client = signed_in(house.tech)

    answers = [
        client.get(house.url("contact_remove", house.voter.pk)).status_code,
        _remove(client, house, house.voter).status_code,
    ]

    assert answers == [403, 403]
    assert "Voter Person" in current(house.member)


def test_c9_oneself_one_does_not_remove_but_leave(house: House) -> None:
    client = signed_in(house.tech)

    asked = client.get(house.url("contact_remove", house.tech.pk))
    sent = _remove(client, house, house.tech)

    assert (asked["Location"], sent["Location"]) == (house.url("leave"), house.url("leave"))
    assert "Tech Person" in current(house.member)


def test_c9_the_service_too_leaves_going_to_oneself(house: House) -> None:
    with pytest.raises(PermissionDenied):
        leaving.remove_contact(contact_id=house.tech.pk, by=Actor.contact(user_of(house.tech)))


def test_r3_others_cannot_remove_the_last_contact_who_has_signed_in(house: House) -> None:
    """Whoever removes has signed in; so one of two who try it on each other is always left."""
    _only(house, house.main, house.signatory, house.newcomer)

    _remove(signed_in(house.main), house, house.signatory)
    answer = _remove(signed_in(house.signatory), house, house.main)

    assert answer.status_code == 404
    assert current(house.member) == {"Main Person", "Newcomer Person"}


def test_r3_only_those_with_access_count_as_others(house: House) -> None:
    _only(house, house.main, house.newcomer)

    assert is_last_with_access(house.main)
    assert not is_last_with_access(house.newcomer)


def test_c9_anyone_leaves_at_any_time(house: House) -> None:
    client = signed_in(house.tech)

    response = _leave(client, house)

    assert response["Location"] == "/"
    assert "You have left Alpha University." in client.get("/").content.decode()
    assert "Tech Person" not in current(house.member)
    assert events(house.member) == ["contact_left"]
    assert Mail.objects.count() == 0


def test_c9_the_voter_leaves_without_being_asked(house: House) -> None:
    """R2 is about others: nobody is held back."""
    _leave(signed_in(house.voter), house)

    assert "Voter Person" not in current(house.member)


def test_c9_leaving_is_open_after_the_membership_ended(house: House) -> None:
    Membership.objects.update(end=timezone.localdate() - datetime.timedelta(days=5))

    _leave(signed_in(house.tech), house)

    assert "Tech Person" not in current(house.member)


def test_c9_the_main_is_asked_for_a_successor(house: House) -> None:
    client = signed_in(house.main)

    page = client.get(house.url("leave")).content.decode()
    response = _leave(client, house)

    assert "Who will be Main relationship contact?" in page
    assert "Newcomer Person" not in page
    assert response.context["form"].errors == {"successor": ["This field is required."]}
    assert "Main Person" in current(house.member)


def test_c9_main_passes_to_the_successor_in_the_same_step(house: House) -> None:
    _leave(signed_in(house.main), house, successor=house.tech.pk)

    assert "Main Person" not in current(house.member)
    assert roles_of(house.tech) == ["main", "technical"]
    assert events(house.member)[-1] == "contact_left"
    assert mails(Mail.Kind.NOBODY_IN_CHARGE) == []


def test_r3_a_successor_must_have_signed_in(house: House) -> None:
    response = _leave(signed_in(house.main), house, successor=house.newcomer.pk)

    assert "successor" in response.context["form"].errors
    assert "Main Person" in current(house.member)


def test_c9_without_a_successor_nobody_is_in_charge_and_the_lead_is_told(house: House) -> None:
    _leave(signed_in(house.main), house, successor="nobody")

    assert "Main Person" not in current(house.member)
    assert events(house.member) == ["contact_left", "nobody_in_charge"]
    assert [mail.to for mail in mails(Mail.Kind.NOBODY_IN_CHARGE)] == ["help@uk.example"]


def test_c9_the_only_one_with_access_is_asked_to_confirm(house: House) -> None:
    _only(house, house.tech, house.newcomer)
    client = signed_in(house.tech)

    page = client.get(house.url("leave")).content.decode()
    asked = _leave(client, house)
    before = current(house.member)
    _leave(client, house, alone="on")

    assert "You are the only one who can sign in" in page
    assert "alone" in asked.context["form"].errors
    assert before == {"Tech Person", "Newcomer Person"}
    assert current(house.member) == {"Newcomer Person"}
    assert [mail.to for mail in mails(Mail.Kind.NOBODY_IN_CHARGE)] == ["help@uk.example"]


def test_c9_the_desks_managers_are_told_rather_than_the_helpdesk(house: House) -> None:
    lead = make_member("Lead", house.consortium)
    house.consortium.lead = lead
    house.consortium.save()
    make_contact(lead, [Role.MAIN], email="main@lead.example")
    for level in ("manager", "reader"):
        seated = make_contact(lead, email=f"{level}@lead.example")
        DeskSeat.objects.create(consortium=house.consortium, contact=seated, level=level)

    _leave(signed_in(house.main), house, successor="nobody")

    told = {mail.to for mail in mails(Mail.Kind.NOBODY_IN_CHARGE)}
    assert told == {"main@lead.example", "manager@lead.example"}


def test_leaving_is_for_contacts(house: House) -> None:
    lead = make_member("Lead", house.consortium)
    house.consortium.lead = lead
    house.consortium.save()
    reader = make_contact(lead, [Role.MAIN])
    make_user(orcid=reader.orcid)

    assert signed_in(reader).get(house.url("leave")).status_code == 403
