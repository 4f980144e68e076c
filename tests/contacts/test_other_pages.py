"""Agreement record, lead desk, a person's own page, *this is not me*."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contacts.models import AgreementRecord, Contact, DeskSeat, Mail, Role
from contacts.services import contacts as contact_service
from members.models import Event, Membership
from tests.contacts.conftest import House, as_user, current, events, mails, signed_in, user_of
from tests.factories import make_contact, make_member, make_user

RECORD = {"version": "0", "name": "Sir Hugh", "position": "Vice-Chancellor"}


# --- Agreement record -----------------------------------------------------------------------------


def _record(house: House, client: Client | None = None, **fields: str) -> Any:
    return (client or signed_in(house.main)).post(house.url("agreement"), RECORD | fields)


def test_the_main_records_who_signed(house: House) -> None:
    _record(house, signed_on="2021-03-01")

    record = AgreementRecord.objects.get()
    assert (record.name, record.position) == ("Sir Hugh", "Vice-Chancellor")
    assert record.signed_on == datetime.date(2021, 3, 1)
    assert events(house.member) == ["agreement_recorded"]


@pytest.mark.parametrize("who", ["tech", "voter"])
def test_r2_others_read_the_record_and_do_not_write_it(house: House, who: str) -> None:
    _record(house)
    client = signed_in(getattr(house, who))

    page = client.get(house.url("agreement"))
    write = _record(house, client, version="1", name="Me")

    assert "Sir Hugh" in page.content.decode()
    assert "form" not in page.context
    assert write.status_code == 403
    assert client.post(house.url("agreement_remove"), {"version": "1"}).status_code == 403
    assert AgreementRecord.objects.get().name == "Sir Hugh"


def test_h2_the_second_who_edits_the_record_is_told(house: House) -> None:
    _record(house)
    _record(house, version="1", position="President")

    late = _record(house, signed_in(house.signatory), version="1", name="Dame Ann")

    assert late.status_code == 409
    assert AgreementRecord.objects.get().position == "President"
    assert "President" in late.content.decode()
    assert late.context["form"]["name"].value() == "Dame Ann"
    assert late.context["form"]["version"].value() == "2"


def test_the_record_is_removed_after_asking(house: House) -> None:
    _record(house)
    client = signed_in(house.signatory)

    asked = client.get(house.url("agreement_remove")).content.decode()
    client.post(house.url("agreement_remove"), {"version": "1"})

    assert "Sir Hugh, Vice-Chancellor" in asked
    assert not AgreementRecord.objects.exists()
    assert events(house.member) == ["agreement_recorded", "agreement_removed"]


def test_h2_a_record_changed_meanwhile_is_not_removed(house: House) -> None:
    _record(house)
    _record(house, version="1", position="President")

    late = signed_in(house.main).post(house.url("agreement_remove"), {"version": "1"})

    assert late.status_code == 409
    assert AgreementRecord.objects.exists()


def test_nobody_signs_in_the_future(house: House) -> None:
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)

    response = _record(house, signed_on=tomorrow.isoformat())

    assert "signed_on" in response.context["form"].errors


def test_a1_the_record_of_another_member_is_not_there(house: House) -> None:
    assert as_user(make_user()).get(house.url("agreement")).status_code == 404


# --- Lead desk ------------------------------------------------------------------------------------


@pytest.fixture
def lead(house: House) -> House:
    """The house leads its consortium."""
    house.consortium.lead = house.member
    house.consortium.save()
    return house


def _seat(client: Client, house: House, contact: Contact, level: str) -> Any:
    data = {"consortium": house.consortium.pk, "contact": contact.pk, "level": level}
    return client.post(house.url("desk"), data)


def _levels() -> dict[int, str]:
    return dict(DeskSeat.objects.values_list("contact", "level"))


def test_the_desk_is_only_there_for_a_lead(house: House) -> None:
    assert signed_in(house.main).get(house.url("desk")).status_code == 404


def test_the_leads_main_sets_seats(lead: House) -> None:
    client = signed_in(lead.main)

    _seat(client, lead, lead.tech, "reader")
    _seat(client, lead, lead.voter, "manager")
    first = _levels()
    _seat(client, lead, lead.tech, "")

    assert first == {lead.tech.pk: "reader", lead.voter.pk: "manager"}
    assert _levels() == {lead.voter.pk: "manager"}
    assert events(lead.member) == ["desk_changed"] * 3
    assert Event.objects.filter(consortium=lead.consortium).count() == 3


@pytest.mark.parametrize("who", ["signatory", "tech"])
def test_others_see_the_desk_and_do_not_change_it(lead: House, who: str) -> None:
    client = signed_in(getattr(lead, who))

    page = client.get(lead.url("desk")).content.decode()
    answer = _seat(client, lead, getattr(lead, who), "manager")

    assert "Manager, as Main relationship contact" in page
    assert "<select" not in page
    assert answer.status_code == 403
    assert _levels() == {}


def test_a3_a_seat_gives_reading_and_nothing_else(lead: House) -> None:
    other = make_member("Beta", lead.consortium)
    reader = signed_in(lead.tech)
    before = reader.get(f"/tools/{other.slug}/contacts/").status_code

    _seat(signed_in(lead.main), lead, lead.tech, "reader")

    assert before == 404
    assert reader.get(f"/tools/{other.slug}/contacts/").status_code == 200
    assert reader.post(f"/tools/{other.slug}/contacts/add/", {"email": "a@b.c"}).status_code == 403


def test_a1_ids_of_others_in_the_form_are_not_there(lead: House) -> None:
    beta = make_member("Beta", lead.consortium)
    elsewhere = make_contact(beta)
    from_elsewhere = _seat(signed_in(lead.main), lead, elsewhere, "reader")
    lead.consortium.__class__.objects.create(name="Other", slug="other", lead=beta)
    data = {"consortium": lead.consortium.pk + 1, "contact": lead.tech.pk, "level": "reader"}

    of_another = signed_in(lead.main).post(lead.url("desk"), data)

    assert (from_elsewhere.status_code, of_another.status_code) == (404, 404)
    assert _levels() == {}


def test_an_unknown_level_is_refused(lead: House) -> None:
    response = _seat(signed_in(lead.main), lead, lead.tech, "emperor")

    assert "Choose one of the seats offered." in response.content.decode()
    assert _levels() == {}


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_desk_do_not_grow(
    lead: House, rows: int, django_assert_num_queries: Any
) -> None:
    for _ in range(rows):
        seated = make_contact(lead.member)
        DeskSeat.objects.create(consortium=lead.consortium, contact=seated, level="reader")
    client = signed_in(lead.main)

    # session, user, member; own contact, its roles, may edit; consortia; seats; contacts, their
    # roles; the menu's members, its desks.
    with django_assert_num_queries(12):
        client.get(lead.url("desk"))


# --- A person's own page --------------------------------------------------------------------------


def test_my_page_shows_where_i_am_a_contact_and_the_way_out(house: House) -> None:
    page = signed_in(house.tech).get("/me/").content.decode()

    assert "Alpha University" in page
    assert "Technical contact" in page
    assert house.tech.orcid in page
    assert f'href="{house.url("leave")}"' in page
    assert 'href="/accounts/email/"' in page


def test_my_page_names_nobody_elses_places(house: House) -> None:
    page = as_user(make_user()).get("/me/").content.decode()

    assert "Alpha University" not in page
    assert "You are not a contact of any organisation here." in page


def test_a2_my_page_forgets_a_member_90_days_after_its_end(house: House) -> None:
    Membership.objects.update(end=timezone.localdate() - datetime.timedelta(days=91))

    assert "Alpha University" not in signed_in(house.tech).get("/me/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_my_page_do_not_grow(
    house: House, rows: int, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        make_contact(make_member(f"Other {number}", house.consortium), orcid=house.tech.orcid)
    client = signed_in(house.tech)

    # session, user, my contacts with their members, their roles; the menu's members, its desks.
    with django_assert_num_queries(6):
        client.get("/me/")


# --- This is not me -------------------------------------------------------------------------------


def _not_me(contact: Contact) -> str:
    return f"/not-me/{contact_service.not_me_token(contact)}/"


def test_c2_opening_this_is_not_me_only_asks(house: House) -> None:
    """Mail scanners open links."""
    page = Client().get(_not_me(house.newcomer)).content.decode()

    assert "the contact is removed at once. You need not sign in." in page
    assert "Newcomer Person" in current(house.member)


def test_c2_this_is_not_me_removes_and_tells_who_added(house: House) -> None:
    house.newcomer.added_by = user_of(house.tech)
    house.newcomer.save()

    response = Client().post(_not_me(house.newcomer))

    assert "help@uk.example" in response.content.decode()
    assert "Newcomer Person" not in current(house.member)
    assert [mail.to for mail in mails(Mail.Kind.CONTACT_DISOWNED)] == ["tech@alpha.example"]
    assert events(house.member) == ["contact_disowned"]


def test_c2_this_is_not_me_works_once(house: House) -> None:
    link = _not_me(house.newcomer)
    Client().post(link)

    again = Client().post(link)

    assert again.status_code == 410
    assert events(house.member) == ["contact_disowned"]


@pytest.mark.parametrize("path", ["/not-me/x/", "/not-me/MQ:abc:def/"])
def test_c2_this_is_not_me_cannot_be_forged(house: House, path: str) -> None:
    assert Client().post(path).status_code == 410
    assert len(current(house.member)) == 5


def test_c9_disowning_the_main_tells_the_lead(house: House) -> None:
    Client().post(_not_me(house.main))

    assert [mail.to for mail in mails(Mail.Kind.NOBODY_IN_CHARGE)] == ["help@uk.example"]
    assert not Contact.objects.current().with_role(Role.MAIN).exists()
