"""C8: a moved iD is followed, weekly and when an unknown iD signs in; a closed record is flagged."""

import datetime

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from contacts import tasks
from contacts.models import Contact, Role, User
from contacts.services import moving
from members.actors import Actor
from members.models import Event, Member
from tests.factories import make_consortium, make_contact, make_member, make_user, new_orcid
from tests.sandbox_server import SandboxServer
from tests.signin.steps import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    return make_member("Moving University", consortium=make_consortium())


def moved_person(orcid: SandboxServer, contact: Contact) -> str:
    """At ORCID the contact's record has been merged into another; returns that one's iD."""
    names = {"given_names": contact.given_names, "family_name": contact.family_name}
    new = orcid.add_person(password="sandbox", **names)
    orcid.add_person(orcid=contact.orcid, status="moved", moved_to=new, **names)
    return new


def test_c8_the_weekly_look_follows_a_moved_record(orcid: SandboxServer, member: Member) -> None:
    contact = make_contact(member, [Role.MAIN])
    user = make_user(contact.orcid)
    SocialAccount.objects.create(user=user, provider="orcid", uid=contact.orcid)
    old, new = contact.orcid, moved_person(orcid, contact)

    tasks.look_after_records()

    contact.refresh_from_db()
    assert (contact.orcid, contact.version) == (new, 2)
    assert User.objects.get(pk=user.pk).orcid == new
    assert SocialAccount.objects.get().uid == new
    event = Event.objects.get(kind=Event.Kind.ORCID_MOVED)
    assert event.personal == {"name": contact.display_name, "orcid": [old, new]}
    assert (event.changes["contact"], event.capacity) == (contact.pk, "system")


def test_c8_two_contacts_of_one_member_are_united_with_both_roles(
    orcid: SandboxServer, member: Member
) -> None:
    contact = make_contact(member, [Role.MAIN, Role.INVOICE])
    new = moved_person(orcid, contact)
    twin = make_contact(member, [Role.INVOICE, Role.TECHNICAL], orcid=new)

    moving.look_after_records()

    [left] = Contact.objects.current().filter(member=member)
    assert left == twin
    assert left.roles == [Role.MAIN, Role.TECHNICAL, Role.INVOICE]
    event = Event.objects.get(kind=Event.Kind.ORCID_MOVED)
    assert event.changes["united_with"] == contact.pk


def test_c8_of_two_users_the_one_with_the_new_id_stays(member: Member) -> None:
    contact = make_contact(member)
    former, present = make_user(contact.orcid), make_user()
    assert present.orcid is not None

    moving.move_orcid(old=contact.orcid, new=present.orcid, by=Actor.system())

    former.refresh_from_db()
    assert (former.orcid, former.is_active) == (None, False)
    assert Contact.objects.of(present).get() == contact


def test_c8_an_unknown_id_that_signs_in_is_recognised(
    client: Client, orcid: SandboxServer, member: Member
) -> None:
    contact = make_contact(member, [Role.MAIN])
    new = moved_person(orcid, contact)

    sign_in(client, new)

    contact.refresh_from_db()
    assert contact.orcid == new
    assert client.get(member.get_absolute_url()).status_code == 200


def test_c8_a_namesake_gets_nothing(client: Client, orcid: SandboxServer, member: Member) -> None:
    contact = make_contact(member, [Role.MAIN])
    names = {"given_names": contact.given_names, "family_name": contact.family_name}
    orcid.add_person(orcid=contact.orcid, **names)
    other = orcid.add_person(password="sandbox", **names)

    sign_in(client, other)

    contact.refresh_from_db()
    assert contact.orcid != other
    assert client.get(member.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("state", [Contact.RecordState.DEACTIVATED, Contact.RecordState.LOCKED])
def test_c8_a_closed_record_is_flagged_once(
    client: Client, orcid: SandboxServer, member: Member, state: Contact.RecordState
) -> None:
    contact = make_contact(member)
    orcid.add_person(orcid=contact.orcid, status=str(state))
    client.force_login(make_user(contact.orcid))

    moving.look_after_records()
    Contact.objects.update(record_checked_at=timezone.now() - datetime.timedelta(days=8))
    moving.look_after_records()

    contact.refresh_from_db()
    assert contact.record_state == state
    event = Event.objects.get(kind=Event.Kind.RECORD_FLAGGED)
    assert event.changes["record_state"] == ["fine", str(state)]
    page = client.get(reverse("tools:contacts", args=[member.slug])).content.decode()
    assert str(state.label) in page


def test_a_record_is_looked_at_once_a_week(orcid: SandboxServer, member: Member) -> None:
    contact = make_contact(member)
    orcid.add_person(orcid=contact.orcid)

    assert (moving.look_after_records(), moving.look_after_records()) == (1, 0)


def test_a7_with_orcid_away_nothing_changes_and_all_stay_due(
    settings: Settings, member: Member
) -> None:
    settings.ORCID_PUBLIC_API_URL = settings.ORCID_BASE_URL = "http://127.0.0.1:9"
    contact = make_contact(member, orcid=new_orcid())

    looked = moving.look_after_records()

    contact.refresh_from_db()
    assert (looked, contact.record_checked_at) == (0, None)
