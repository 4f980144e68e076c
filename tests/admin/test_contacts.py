"""What the operator changes about contacts: more than the rules allow others, but never a typed iD."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contacts.models import AgreementRecord, Contact, DeskSeat, Invitation, Mail, Role
from integrations.orcid import directory
from integrations.orcid.directory import FoundPerson
from members.models import Event, Member
from tests.admin.operator import (
    change_address,
    do,
    do_address,
    last_event,
    objections,
    operator_client,
)
from tests.factories import make_consortium, make_contact, make_member, make_user, new_orcid
from tests.lead.desk import client_of, make_desk

pytestmark = pytest.mark.django_db
OLGA = ("operator", "Olga Operator")


@pytest.fixture
def client() -> Client:
    return operator_client()


@pytest.fixture
def member() -> Member:
    return make_member("Alpha", make_consortium("North"))


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> dict[str, FoundPerson]:
    """ORCID's public search, by address."""
    people: dict[str, FoundPerson] = {}
    monkeypatch.setattr(directory, "find_by_email", lambda email: people.get(email.lower()))
    return people


def _add(client: Client, member: Member, **data: Any) -> Any:
    return do(client, member, "add-contact", **data)


def test_c1_no_form_takes_an_id(client: Client, member: Member, registry: Any) -> None:
    orcid = new_orcid()
    added = client.post("/admin/contacts/contact/add/", {"member": member.pk, "orcid": orcid})

    for step in ["", "add", "invite"]:
        _add(
            client,
            member,
            step=step,
            email="a@uni.example",
            orcid=orcid,
            offer="forged",
            roles=["other"],
        )

    assert added.status_code == 403
    assert not Contact.objects.exists()


def test_found_person_is_compared_then_added(
    client: Client, member: Member, registry: dict[str, FoundPerson]
) -> None:
    orcid = new_orcid()
    registry["ada@uni.example"] = FoundPerson(orcid, "Ada", "Lovelace", "Ada Lovelace")

    compare = _add(client, member, email="Ada@uni.example")
    form = compare.context["form"]
    assert orcid in form["found"].value()
    assert not Contact.objects.exists()

    fields = {name: form[name].value() or "" for name in form.fields if name != "confirm_outside"}
    _add(client, member, **{**fields, "roles": ["main"]})

    contact = Contact.objects.get()
    assert (contact.orcid, contact.email, contact.roles) == (orcid, "ada@uni.example", [Role.MAIN])
    assert last_event() == ("contact_added", *OLGA)


def test_person_not_found_is_invited(client: Client, member: Member, registry: Any) -> None:
    form = _add(client, member, email="nobody@uni.example").context["form"]

    fields = {"step": form["step"].value(), "email": form["email"].value(), "roles": ["technical"]}
    _add(client, member, **fields)

    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.roles) == ("nobody@uni.example", ["main", "technical"])
    assert last_event() == ("invitation_sent", *OLGA)
    assert not Contact.objects.exists()


def test_domain_is_confirmed_and_nothing_is_lost(
    client: Client, member: Member, registry: Any
) -> None:
    member.email_domains.create(domain="alpha.example")
    fields = {"step": "invite", "email": "x@gmail.example", "roles": ["comms"], "found": "x"}

    asked = _add(client, member, **fields)

    assert "lies outside your e-mail domains" in objections(asked)[0]
    assert asked.context["form"]["roles"].value() == ["comms"]
    _add(client, member, **fields, confirm_outside="on")
    assert Invitation.objects.get().outside_domains is True


def test_details_change_at_once(client: Client, member: Member) -> None:
    contact = make_contact(member, email="old@uni.example")

    do(
        client,
        contact,
        "details",
        version=1,
        given_names="Ada",
        family_name="New",
        email="new@uni.example",
    )

    contact.refresh_from_db()
    assert (contact.family_name, contact.email) == ("New", "new@uni.example")
    assert last_event() == ("contact_changed", *OLGA)


def test_main_may_go_to_somebody_who_never_signed_in(client: Client, member: Member) -> None:
    old, new = make_contact(member, [Role.MAIN]), make_contact(member)

    do(client, new, "hand-over", role="main")

    assert (old.roles, new.roles) == ([Role.OTHER], [Role.MAIN, Role.OTHER])
    assert set(Event.objects.values_list("capacity", flat=True)) == {"operator"}


def test_roles_are_set(client: Client, member: Member) -> None:
    contact = make_contact(member)

    do(client, contact, "roles", version=1, roles=["signatory", "comms"])

    assert contact.roles == [Role.SIGNATORY, Role.COMMS]
    assert last_event() == ("roles_changed", *OLGA)


def test_r1_taken_role_is_an_objection_not_a_crash(client: Client, member: Member) -> None:
    make_contact(member, [Role.MAIN], family_name="Holder")
    contact = make_contact(member)

    response = do(client, contact, "roles", version=1, roles=["main"])

    assert "Ada Holder. Hand the role over instead." in objections(response)[0]
    assert contact.roles == [Role.OTHER]


def test_last_contact_may_be_removed(client: Client, member: Member) -> None:
    contact = make_contact(member, [Role.MAIN])
    make_user(orcid=contact.orcid)

    do(client, contact, "remove")

    contact.refresh_from_db()
    assert contact.removed_at is not None
    kinds = list(Event.objects.order_by("pk").values_list("kind", "capacity"))
    assert kinds == [("contact_removed", "operator"), ("nobody_in_charge", "operator")]


def test_former_contact_is_erased_when_they_ask_for_it(client: Client, member: Member) -> None:
    contact = make_contact(member, given_names="Ada", family_name="Forgetme")
    do(client, contact, "remove")

    page = do(client, contact, "erase")

    assert page.status_code == 302
    assert not Contact.objects.filter(pk=contact.pk).exists()
    assert last_event() == ("erased", *OLGA)
    assert not Event.objects.filter(personal__icontains="Forgetme").exists()


def test_removed_contact_is_only_read(client: Client, member: Member) -> None:
    contact = make_contact(member, [], removed_at=timezone.now())

    page = client.get(change_address(contact)).content.decode()
    refused = do(client, contact, "roles", version=1, roles=["main"])

    assert do_address(contact, "roles") not in page
    assert (refused.status_code, contact.roles) == (302, [])


def test_desk_seat_is_given_and_taken(client: Client) -> None:
    desk = make_desk()
    contact = make_contact(desk.lead)

    do(client, contact, "desk", consortium=desk.consortium.pk, level="manager")
    assert DeskSeat.objects.get(contact=contact).level == "manager"
    assert last_event() == ("desk_changed", *OLGA)
    do(client, contact, "desk", consortium=desk.consortium.pk, level="")
    assert not DeskSeat.objects.filter(contact=contact).exists()


def test_desk_is_offered_for_contacts_of_a_lead_alone(client: Client, member: Member) -> None:
    contact = make_contact(member)

    assert do_address(contact, "desk") not in client.get(change_address(contact)).content.decode()


def _invitation(member: Member) -> Invitation:
    return Invitation.objects.create(
        member=member,
        email="x@uni.example",
        roles=["other"],
        token_hash="old",
        expires_at=timezone.now() - datetime.timedelta(days=1),
    )


def test_invitation_is_sent_again(client: Client, member: Member) -> None:
    invitation = _invitation(member)

    do(client, invitation, "resend")

    invitation.refresh_from_db()
    assert (invitation.status, invitation.token_hash == "old") == ("open", False)
    assert last_event() == ("invitation_resent", *OLGA)


def test_invitation_is_withdrawn(client: Client, member: Member) -> None:
    invitation = _invitation(member)

    do(client, invitation, "withdraw")

    invitation.refresh_from_db()
    assert invitation.status == "withdrawn"
    assert last_event() == ("invitation_withdrawn", *OLGA)


def test_agreement_record_is_kept_and_removed(client: Client, member: Member) -> None:
    do(client, member, "agreement", version=0, name="Vera", position="VC", signed_on="2020-02-03")
    record = AgreementRecord.objects.get()
    assert record.signed_on == datetime.date(2020, 2, 3)

    do(client, record, "remove", version=record.version)

    assert not AgreementRecord.objects.exists()
    assert last_event() == ("agreement_removed", *OLGA)


@pytest.mark.parametrize(("state", "after"), [("unknown", "queued"), ("sent", "sent")])
def test_mail_is_sent_again_where_that_makes_sense(client: Client, state: str, after: str) -> None:
    mail = Mail.objects.create(kind="invitation", to="x@uni.example", subject="S", state=state)

    do(client, mail, "send-again")

    mail.refresh_from_db()
    assert mail.state == after


def test_operators_page_opens_for_every_operation(client: Client) -> None:
    desk = make_desk()
    record = AgreementRecord.objects.create(member=desk.lead, name="Vera", position="VC")
    period = desk.lead.memberships.get()
    rows = [desk.consortium, desk.lead, desk.main, _invitation(desk.lead), record, period]

    for row in rows:
        links = client.get(change_address(row)).context["operations"]
        assert links != []
        assert {client.get(link["url"]).status_code for link in links} == {200}


def test_contact_cannot_post_to_the_operators_pages(member: Member) -> None:
    contact = make_contact(member, [Role.MAIN])

    refused = do(client_of(make_user(orcid=contact.orcid)), contact, "remove")

    assert refused.status_code in {302, 403}
    contact.refresh_from_db()
    assert contact.removed_at is None
