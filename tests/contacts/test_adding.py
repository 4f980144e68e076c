"""Adding a contact by e-mail address: found and confirmed, or invited (C1–C5, C7, R1–R3, A8)."""

import re
from typing import Any

import pytest
from django.test import Client

from contacts.models import Contact, Invitation, Mail, Role, RoleAssignment, User
from contacts.services import leaving
from members.models import EmailDomain
from tests.contacts.conftest import (
    House,
    current,
    events,
    link_in,
    mails,
    roles_of,
    signed_in,
    user_of,
)
from tests.factories import make_contact, make_member, make_user
from tests.sandbox_server import SandboxServer

ADDRESS = "grace@alpha.example"


def _public_person(orcid: SandboxServer, email: str = ADDRESS, **fields: Any) -> str:
    shown = [{"email": email, "verified": True, "primary": True, "visibility": "public"}]
    names = {"given_names": "Grace", "family_name": "Hopper"}
    return orcid.add_person(**(names | {"emails": shown} | fields))


def _look(client: Client, house: House, email: str = ADDRESS) -> Any:
    return client.post(house.url("contact_add"), {"email": email}, follow=True)


def _offer(response: Any) -> str:
    return str(response.context["form"]["offer"].value())


def _confirm(client: Client, house: House, offer: str, **fields: Any) -> Any:
    data = {"offer": offer, "given_names": "Grace", "family_name": "Hopper", "roles": ["other"]}
    return client.post(house.url("contact_add_confirm"), data | fields, follow=True)


def test_c2_confirmed_is_added_at_once_and_told_by_mail(house: House, orcid: SandboxServer) -> None:
    found = _public_person(orcid)
    client = signed_in(house.tech)

    response = _confirm(
        client, house, _offer(_look(client, house)), job_title="Admiral", roles=["technical"]
    )

    contact = Contact.objects.get(orcid=found)
    assert (contact.email, contact.job_title, roles_of(contact)) == (
        ADDRESS,
        "Admiral",
        ["technical"],
    )
    assert contact.added_by == user_of(house.tech)
    assert [mail.to for mail in mails(Mail.Kind.CONTACT_ADDED)] == [ADDRESS]
    assert events(house.member) == ["address_looked_up", "contact_added"]
    assert "Grace Hopper is now a contact and has been told by e-mail." in (
        response.content.decode()
    )


def test_going_back_after_adding_repeats_nothing(house: House, orcid: SandboxServer) -> None:
    _public_person(orcid)
    client = signed_in(house.tech)
    found = _look(client, house)
    again = client.get(house.url("contact_add_confirm"))
    _confirm(client, house, _offer(found))

    back = client.get(house.url("contact_add_confirm"))

    assert found.redirect_chain == [(house.url("contact_add_confirm"), 302)]
    assert _offer(again) == _offer(found)
    assert back["Location"] == house.url("contact_add")


def test_what_was_found_for_one_member_is_not_shown_at_another(
    house: House, orcid: SandboxServer
) -> None:
    _public_person(orcid)
    client = signed_in(house.tech)
    other = make_member("Beta", house.consortium)
    make_contact(other, orcid=house.tech.orcid)
    _look(client, house)

    page = client.get(f"/tools/{other.slug}/contacts/add/confirm/")

    assert page["Location"] == f"/tools/{other.slug}/contacts/add/"


def test_c2_who_said_this_is_not_me_is_not_added_again_unawares(
    house: House, orcid: SandboxServer
) -> None:
    _public_person(orcid)
    client = signed_in(house.tech)
    first = _look(client, house)
    _confirm(client, house, _offer(first))
    contact = Contact.objects.get(email=ADDRESS)
    leaving.disown(token=leaving.not_me_token(contact))

    page = _look(client, house)

    assert first.context["said_not_me"] is None
    assert page.context["said_not_me"] is not None
    assert "Ask them before you add them again." in page.content.decode()


def test_c2_access_begins_with_the_first_sign_in_with_that_orcid(
    house: House, orcid: SandboxServer
) -> None:
    found = _public_person(orcid)
    client = signed_in(house.tech)
    _confirm(client, house, _offer(_look(client, house)))

    newcomer = Client()
    newcomer.force_login(make_user(orcid=found))

    assert newcomer.get(house.url("contacts")).status_code == 200


def test_c2_this_is_not_me_works_from_the_mail_without_signing_in(
    house: House, orcid: SandboxServer
) -> None:
    _public_person(orcid)
    client = signed_in(house.tech)
    _confirm(client, house, _offer(_look(client, house)))

    response = Client().post(link_in(mails(Mail.Kind.CONTACT_ADDED)[0], "not-me"))

    assert "Thank you" in response.content.decode()
    assert "Grace Hopper" not in current(house.member)


def test_c5_two_offers_of_one_person_make_one_contact(house: House, orcid: SandboxServer) -> None:
    found = _public_person(orcid)
    first, second = signed_in(house.main), signed_in(house.tech)
    offers = _offer(_look(first, house)), _offer(_look(second, house))

    _confirm(first, house, offers[0])
    response = _confirm(second, house, offers[1])

    assert response.context["form"].non_field_errors() == ["This person is a contact already."]
    assert Contact.objects.current().filter(orcid=found).count() == 1


def test_c5_adding_again_is_a_new_row_with_the_roles_chosen_now(
    house: House, orcid: SandboxServer
) -> None:
    found = _public_person(orcid)
    client = signed_in(house.main)
    _confirm(client, house, _offer(_look(client, house)), roles=["technical", "comms"])
    old = Contact.objects.get(orcid=found)
    client.post(house.url("contact_remove", old.pk))

    _confirm(client, house, _offer(_look(client, house)))

    new = Contact.objects.current().get(orcid=found)
    assert (new.pk != old.pk, roles_of(new)) == (True, ["other"])
    assert events(house.member).count("contact_added") == 2


def test_c5_other_contact_is_chosen_by_default(house: House, orcid: SandboxServer) -> None:
    _public_person(orcid)

    form = _look(signed_in(house.main), house).context["form"]

    assert form["roles"].value() == ["other"]


@pytest.mark.parametrize("forged", ["", "0000-0002-1825-0097", "WzEsMiwiYSIsImIiXQ:x:y"])
def test_c4_an_orcid_cannot_be_typed_in(house: House, forged: str) -> None:
    response = _confirm(signed_in(house.main), house, forged, orcid="0000-0002-1825-0097")

    assert "Please look the address up again." in response.content.decode()
    assert Contact.objects.filter(member=house.member).count() == 5


def test_c4_typed_orcid_beside_a_real_offer_is_ignored(house: House, orcid: SandboxServer) -> None:
    found = _public_person(orcid)
    client = signed_in(house.main)

    _confirm(client, house, _offer(_look(client, house)), orcid="0000-0002-1825-0097")

    assert Contact.objects.get(email=ADDRESS).orcid == found


def test_c4_an_offer_serves_only_who_asked_and_where(house: House, orcid: SandboxServer) -> None:
    _public_person(orcid)
    offer = _offer(_look(signed_in(house.main), house))
    beta = make_member("Beta", house.consortium)
    make_contact(beta, [Role.MAIN], orcid=house.main.orcid)
    elsewhere = House(house.consortium, beta, *[house.main] * 5)

    by_another = _confirm(signed_in(house.tech), house, offer)
    for_another = _confirm(signed_in(house.main), elsewhere, offer)

    for response in (by_another, for_another):
        assert "Please look the address up again." in response.content.decode()
    assert not Contact.objects.filter(email=ADDRESS).exists()


def test_c4_found_orcid_makes_nobody_who_has_signed_in(house: House, orcid: SandboxServer) -> None:
    found = _public_person(orcid)
    client = signed_in(house.main)

    _confirm(client, house, _offer(_look(client, house)))

    assert not User.objects.filter(orcid=found).exists()


def test_no_orcid_stands_in_an_address(house: House, orcid: SandboxServer) -> None:
    found = _public_person(orcid)
    client = signed_in(house.main)

    response = _confirm(client, house, _offer(_look(client, house)))

    assert [url for url, _status in response.redirect_chain if found in url] == []


def test_c7_an_address_outside_the_domains_is_asked_about_and_nothing_is_lost(
    house: House, orcid: SandboxServer
) -> None:
    EmailDomain.objects.create(member=house.member, domain="uni.example")
    _public_person(orcid)
    client = signed_in(house.main)
    offer = _offer(_look(client, house))

    asked = _confirm(client, house, offer, job_title="Admiral", roles=["comms", "product"])
    form = asked.context["form"]

    assert "outside your e-mail domains (uni.example)" in form.errors["confirm_outside"][0]
    assert (form["job_title"].value(), form["roles"].value()) == ("Admiral", ["comms", "product"])
    assert not Contact.objects.filter(email=ADDRESS).exists()

    _confirm(client, house, offer, confirm_outside="on")

    assert Contact.objects.get(email=ADDRESS).outside_domains is True


def test_c7_an_address_in_a_domain_below_is_not_asked_about(
    house: House, orcid: SandboxServer
) -> None:
    EmailDomain.objects.create(member=house.member, domain="example")
    _public_person(orcid)
    client = signed_in(house.main)

    _confirm(client, house, _offer(_look(client, house)))

    assert Contact.objects.get(email=ADDRESS).outside_domains is False


def test_c7_an_invitation_outside_the_domains_is_asked_about_too(house: House) -> None:
    EmailDomain.objects.create(member=house.member, domain="uni.example")
    client, data = signed_in(house.main), {"email": ADDRESS, "roles": ["comms"]}

    asked = client.post(house.url("contact_invite"), data)
    before = Invitation.objects.count()
    client.post(house.url("contact_invite"), data | {"confirm_outside": "on"})

    assert "confirm_outside" in asked.context["form"].errors
    assert before == 0
    assert Invitation.objects.get().outside_domains is True


def test_r1_a_taken_role_cannot_be_given_and_its_holder_is_named(
    house: House, orcid: SandboxServer
) -> None:
    _public_person(orcid)
    client = signed_in(house.main)
    looked = _look(client, house)

    response = _confirm(client, house, _offer(looked), roles=["voting"])

    assert "– Voter Person has it" in looked.content.decode()
    assert response.context["form"].errors == {
        "roles": ["Voting contact is Voter Person. Hand the role over instead."]
    }
    assert not Contact.objects.filter(email=ADDRESS).exists()


def test_r2_a_protected_role_is_not_given_by_others(house: House, orcid: SandboxServer) -> None:
    _public_person(orcid)
    RoleAssignment.objects.filter(role=Role.VOTING).delete()
    client = signed_in(house.tech)
    looked = _look(client, house)

    response = _confirm(client, house, _offer(looked), roles=["voting"])

    assert re.search(r'value="voting"[^>]* disabled', looked.content.decode())
    assert response.status_code == 403
    assert not Contact.objects.filter(email=ADDRESS).exists()


def test_r2_main_gives_a_free_protected_role(house: House, orcid: SandboxServer) -> None:
    _public_person(orcid)
    RoleAssignment.objects.filter(role=Role.VOTING).delete()
    client = signed_in(house.main)

    _confirm(client, house, _offer(_look(client, house)), roles=["voting"])

    assert roles_of(Contact.objects.get(email=ADDRESS)) == ["voting"]


def test_r3_main_is_not_given_to_somebody_who_has_not_signed_in(
    house: House, orcid: SandboxServer
) -> None:
    _public_person(orcid)
    RoleAssignment.objects.filter(role=Role.MAIN).delete()
    client = signed_in(house.signatory)

    response = _confirm(client, house, _offer(_look(client, house)), roles=["main"])

    assert "has not signed in yet" in response.context["form"].errors["roles"][0]
    assert not Contact.objects.filter(email=ADDRESS).exists()


def test_the_post_pages_lead_back_to_the_start_when_opened(house: House) -> None:
    client = signed_in(house.main)

    for name in ("contact_add_confirm", "contact_invite"):
        assert client.get(house.url(name))["Location"] == house.url("contact_add")
