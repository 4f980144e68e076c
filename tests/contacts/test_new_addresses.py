"""A contact's new e-mail address: proved before it takes effect (C6, C7)."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.test import Client
from pytest_django import Settings

from contacts.models import Contact, Mail
from contacts.services import editing
from members.actors import Actor
from members.models import EmailDomain
from tests.contacts.conftest import (
    House,
    as_user,
    link_in,
    mails,
    signed_in,
    user_of,
)
from tests.factories import make_user


def _edit(client: Client, house: House, contact: Contact, **fields: Any) -> Any:
    data = {
        "version": contact.version,
        "given_names": contact.given_names,
        "family_name": contact.family_name,
        "email": contact.email,
    }
    return client.post(house.url("contact_edit", contact.pk), data | fields)


def _fresh(contact: Contact) -> Contact:
    return Contact.objects.get(pk=contact.pk)


def test_c6_a_new_address_waits_until_its_owner_has_proved_it(house: House) -> None:
    _edit(signed_in(house.main), house, house.newcomer, email="fresh@alpha.example")

    contact = _fresh(house.newcomer)
    assert (contact.email, contact.pending_email) == (
        "newcomer@alpha.example",
        "fresh@alpha.example",
    )
    assert [mail.to for mail in mails(Mail.Kind.ADDRESS_CHANGE_ASKED)] == ["fresh@alpha.example"]


def test_c6_proved_it_takes_effect_and_the_old_address_is_told(house: House) -> None:
    _edit(signed_in(house.main), house, house.newcomer, email="fresh@alpha.example")
    link = link_in(mails(Mail.Kind.ADDRESS_CHANGE_ASKED)[0], "contact-address")
    owner = as_user(make_user(orcid=house.newcomer.orcid))

    page = owner.get(link).content.decode()
    owner.post(link)

    contact = _fresh(house.newcomer)
    assert "fresh@alpha.example" in page
    assert (contact.email, contact.pending_email) == ("fresh@alpha.example", "")
    assert [mail.to for mail in mails(Mail.Kind.ADDRESS_CHANGED)] == ["newcomer@alpha.example"]
    assert EmailAddress.objects.get(email="fresh@alpha.example").verified


def test_c6_opening_the_link_alone_changes_nothing(house: House) -> None:
    """Mail scanners open links."""
    _edit(signed_in(house.main), house, house.newcomer, email="fresh@alpha.example")
    link = link_in(mails(Mail.Kind.ADDRESS_CHANGE_ASKED)[0], "contact-address")

    as_user(make_user(orcid=house.newcomer.orcid)).get(link)

    assert _fresh(house.newcomer).email == "newcomer@alpha.example"


@pytest.mark.parametrize("method", ["get", "post"])
def test_c6_nobody_else_can_prove_it(house: House, method: str) -> None:
    _edit(signed_in(house.main), house, house.newcomer, email="fresh@alpha.example")
    link = link_in(mails(Mail.Kind.ADDRESS_CHANGE_ASKED)[0], "contact-address")

    response = getattr(signed_in(house.main), method)(link)

    assert response.status_code == 403
    assert "This link is for another person" in response.content.decode()
    assert "fresh@alpha.example" not in response.content.decode()
    assert _fresh(house.newcomer).email == "newcomer@alpha.example"


def test_c6_the_service_itself_judges_who_proves(house: House) -> None:
    _edit(signed_in(house.main), house, house.newcomer, email="fresh@alpha.example")
    link = link_in(mails(Mail.Kind.ADDRESS_CHANGE_ASKED)[0], "contact-address")

    with pytest.raises(PermissionDenied):
        editing.prove_address(token=link.split("/")[2], by=Actor.contact(user_of(house.main)))


def test_c6_a_link_works_once_and_not_after_another_change(house: House) -> None:
    client = signed_in(house.main)
    _edit(client, house, house.newcomer, email="fresh@alpha.example")
    _edit(client, house, _fresh(house.newcomer), email="fresher@alpha.example")
    old, new = [link_in(mail, "contact-address") for mail in mails(Mail.Kind.ADDRESS_CHANGE_ASKED)]
    owner = as_user(make_user(orcid=house.newcomer.orcid))

    answers = [owner.post(link).status_code for link in (old, new, new)]

    assert answers == [410, 302, 410]
    assert _fresh(house.newcomer).email == "fresher@alpha.example"


def test_c6_an_address_the_person_has_proved_already_needs_no_link(house: House) -> None:
    user = user_of(house.tech)
    EmailAddress.objects.create(user=user, email="fresh@alpha.example", verified=True)

    _edit(signed_in(house.main), house, house.tech, email="fresh@alpha.example")

    assert _fresh(house.tech).email == "fresh@alpha.example"
    assert [mail.to for mail in mails(Mail.Kind.ADDRESS_CHANGED)] == ["tech@alpha.example"]


def test_c6_writing_the_old_address_again_gives_the_new_one_up(house: House) -> None:
    client = signed_in(house.main)
    EmailDomain.objects.create(member=house.member, domain="alpha.example")
    _edit(client, house, house.newcomer, email="a@else.example", confirm_outside="on")

    _edit(client, house, _fresh(house.newcomer))

    contact = _fresh(house.newcomer)
    assert (contact.pending_email, contact.outside_domains) == ("", False)


def test_c6_an_address_cannot_be_emptied_by_accident(house: House) -> None:
    response = _edit(signed_in(house.main), house, house.newcomer, email="")

    assert response.context["form"].errors == {"email": ["This field is required."]}


def test_addresses_to_prove_are_throttled(house: House, settings: Settings) -> None:
    settings.MAILS_PER_PERSON_PER_HOUR = 1
    client = signed_in(house.main)
    _edit(client, house, house.newcomer, email="one@alpha.example")

    response = _edit(client, house, _fresh(house.newcomer), email="two@alpha.example")

    assert "email" in response.context["form"].errors
    assert len(mails(Mail.Kind.ADDRESS_CHANGE_ASKED)) == 1


def test_c7_a_new_address_outside_the_domains_is_asked_about(house: House) -> None:
    EmailDomain.objects.create(member=house.member, domain="alpha.example")
    client = signed_in(house.main)

    asked = _edit(client, house, house.newcomer, email="a@else.example", job_title="Dean")
    before = _fresh(house.newcomer).pending_email
    _edit(client, house, house.newcomer, email="a@else.example", confirm_outside="on")

    assert asked.context["form"]["job_title"].value() == "Dean"
    assert before == ""
    after = _fresh(house.newcomer)
    assert (after.pending_email, after.outside_domains) == ("a@else.example", True)


@pytest.mark.parametrize(
    "lookalike", ["fresh@alpha.example".replace("s", "\u017f"), "fresh@\u0131st.example"]
)
def test_c6_a_look_alike_of_a_proved_address_proves_nothing(house: House, lookalike: str) -> None:
    """PostgreSQL takes `\u0131` and `i`, `\u017f` and `s` for one letter when case is ignored."""
    user = user_of(house.tech)
    EmailAddress.objects.create(user=user, email=lookalike, verified=True)
    meant = lookalike.replace("\u017f", "s").replace("\u0131", "i")

    _edit(signed_in(house.tech), house, house.tech, email=meant)

    contact = _fresh(house.tech)
    assert (contact.email, contact.pending_email) == ("tech@alpha.example", meant)


def test_a_look_alike_proved_by_another_does_not_stand_in_the_way(house: House) -> None:
    EmailAddress.objects.create(
        user=user_of(house.voter), email="tech@\u0131st.example", verified=True
    )

    editing.remember_proved_address(user_of(house.tech), "tech@ist.example")

    assert EmailAddress.objects.get(email="tech@ist.example").user == user_of(house.tech)
