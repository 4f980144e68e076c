"""The history as readers of the feed rely on it (H4): people in `personal` alone, nothing undone."""

import json
from typing import Any

import pytest
from django.db.models import ProtectedError

from contacts.models import Contact, DeskSeat, Mail, Role
from contacts.services import agreement, desk, editing, leaving
from contacts.services import roles as role_service
from members.actors import Actor
from members.models import Event
from tests.contacts.conftest import House, as_user, link_in, mails, signed_in, user_of
from tests.factories import make_user


def _live(house: House) -> None:
    """What happens at an organisation: every kind of change that is about a person."""
    by = Actor.contact(user_of(house.main))
    house.consortium.lead = house.member
    house.consortium.save()
    signed_in(house.main).post(house.url("contact_add"), {"email": "nobody@alpha.example"})
    for address in ("katherine@alpha.example", "dorothy@alpha.example"):
        signed_in(house.main).post(
            house.url("contact_invite"), {"email": address, "roles": ["comms"]}
        )
    accept, decline = (link_in(mail, "invitations") for mail in mails(Mail.Kind.INVITATION))
    as_user(make_user()).post(
        accept, {"answer": "accept", "given_names": "Katherine", "family_name": "Johnson"}
    )
    as_user(make_user()).post(decline, {"answer": "decline"})
    editing.edit_contact(
        contact_id=house.tech.pk, version=1, by=by, email="t2@alpha.example", job_title="Librarian"
    )
    role_service.set_roles(contact_id=house.newcomer.pk, version=1, roles=["product"], by=by)
    agreement.save_agreement(
        member_id=house.member.pk, version=0, by=by, name="Vera Chancellor", position="VC"
    )
    desk.set_desk_level(
        consortium_id=house.consortium.pk,
        contact_id=house.tech.pk,
        level=DeskSeat.Level.MANAGER,
        by=by,
    )
    role_service.hand_over(
        member_id=house.member.pk, role=Role.MAIN, to_id=house.signatory.pk, by=by
    )
    leaving.remove_contact(contact_id=house.newcomer.pk, by=by)


def _words_about_people() -> set[str]:
    people = Contact.objects.values_list("given_names", "family_name", "email", "orcid")
    names = {word for person in people for word in person}
    more = {"nobody@alpha.example", "dorothy@alpha.example", "t2@alpha.example"}
    return names | more | {"Vera", "Chancellor", "Librarian"}


def test_h4_names_addresses_and_ids_of_people_stand_in_personal_alone(house: House) -> None:
    _live(house)

    found = list(Event.objects.all())
    kept = " ".join(json.dumps(event.changes) for event in found)
    erasable = " ".join(json.dumps(event.personal) for event in found)

    told = {word for word in _words_about_people() if word in erasable}
    assert told >= {
        "Katherine",
        "Chancellor",
        "Librarian",
        "t2@alpha.example",
        house.newcomer.orcid,
    }
    assert {word for word in _words_about_people() if word in kept} == set()
    assert {event.kind for event in found} == {
        "address_looked_up", "invitation_sent", "invitation_accepted", "invitation_declined",
        "contact_added", "contact_changed", "contact_address_asked", "contact_removed",
        "roles_changed", "main_handed_over", "agreement_recorded", "desk_changed",
    }  # fmt: skip


def test_h4_each_event_says_who_did_it_and_in_which_capacity(house: House) -> None:
    main = user_of(house.main)

    editing.edit_contact(
        contact_id=house.tech.pk,
        version=1,
        by=Actor.contact(main),
        email=house.tech.email,
        phone="1",
    )
    operator = make_user(orcid=None)
    role_service.set_roles(
        contact_id=house.tech.pk, version=2, roles=["comms"], by=Actor.operator(operator)
    )

    told = Event.objects.order_by("pk").values_list("actor", "capacity")
    assert list(told) == [(main.pk, "contact"), (operator.pk, "operator")]


def test_h4_who_stands_in_the_history_cannot_be_deleted(house: House) -> None:
    author = make_user()
    Event.objects.bulk_create([Event(kind="roles_changed", actor=author, capacity="contact")])

    with pytest.raises(ProtectedError):
        author.delete()


@pytest.mark.parametrize(
    "attempt",
    [
        lambda event: event.save(),
        lambda event: event.delete(),
        lambda _event: Event.objects.update(kind="erased"),
        lambda event: Event.objects.filter(pk=event.pk).delete(),
    ],
    ids=["save", "delete", "update of many", "delete of many"],
)
def test_h4_the_history_is_append_only(house: House, attempt: Any) -> None:
    Event.objects.bulk_create([Event(member=house.member, kind="confirmed", capacity="contact")])
    event = Event.objects.get()

    with pytest.raises(TypeError):
        attempt(event)

    assert list(Event.objects.values_list("kind", flat=True)) == ["confirmed"]
