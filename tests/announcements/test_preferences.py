"""What a person wants to hear of: their own to change; one press to unsubscribe (RFC 8058)."""

import re
from typing import Any

import pytest
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from contacts.models import Announcement, Contact, Mail
from contacts.preferences import preferences_token
from contacts.services import deliveries, preferences
from members.actors import Actor, Reach
from members.models import Event
from tests.announcements.conftest import Scene
from tests.factories import make_member, make_user
from tests.lead.desk import client_of, make_desk
from tests.mails.conftest import MailServer

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def link_to(contact: Contact, kind: str = "newsletter") -> str:
    return f"/preferences/{preferences_token(contact, kind)}/"


def wants(*contacts: Contact) -> list[tuple[bool, bool]]:
    rows = Contact.objects.filter(pk__in=[c.pk for c in contacts]).order_by("pk")
    return list(rows.values_list("wants_events", "wants_newsletters"))


def test_rfc_8058_the_mail_program_unsubscribes_with_what_the_headers_say(
    scene: Scene, mail_server: MailServer
) -> None:
    person = scene.person("a")
    scene.send_and_deliver()
    [message] = mail_server.messages
    found = re.fullmatch(
        r"<http://testserver(/preferences/\S+/unsubscribe/)>", message["List-Unsubscribe"].strip()
    )
    assert found

    name, _equals, value = message["List-Unsubscribe-Post"].partition("=")
    program = Client(enforce_csrf_checks=True)
    response = program.post(found[1], {name: value})

    assert response.status_code == 200  # no redirect
    assert wants(person) == [(True, False)]
    scene.person("b")
    scene.send_and_deliver(subject="Next")
    assert [message["To"] for message in mail_server.messages] == ["a@x.example", "b@x.example"]


def test_rfc_8058_looking_at_the_link_unsubscribes_nobody(scene: Scene) -> None:
    person = scene.person("a")
    page = f"{link_to(person)}unsubscribe/"

    asked = Client().get(page)
    without = Client().post(page)

    assert "No more newsletters from Spring Consortium to a@x.example?" in asked.content.decode()
    assert (asked.status_code, without.status_code) == (200, 400)
    assert wants(person) == [(True, True)]


def test_unsubscribing_twice_is_as_good_as_once(scene: Scene) -> None:
    person = scene.person("a")

    for _ in range(2):
        page = Client().post(f"{link_to(person)}unsubscribe/", ONE_CLICK)

    assert "You are unsubscribed" in page.content.decode()
    event = Event.objects.get(kind=Event.Kind.PREFERENCES_CHANGED)
    assert (event.member, event.capacity) == (scene.member, "system")
    assert event.changes["fields"] == {"wants_newsletters": [True, False]}


def test_who_is_no_contact_any_more_is_heard_too(scene: Scene) -> None:
    person = scene.person("a", [], removed_at=timezone.now())

    Client().post(f"{link_to(person)}unsubscribe/", ONE_CLICK)

    assert wants(person) == [(True, False)]
    assert Event.objects.get().kind == Event.Kind.PREFERENCES_CHANGED


def test_a_link_of_an_event_is_about_events(scene: Scene) -> None:
    person = scene.person("a")

    Client().post(f"{link_to(person, 'event')}unsubscribe/", ONE_CLICK)

    assert wants(person) == [(False, True)]


def test_official_notices_cannot_be_declined_and_say_so(
    scene: Scene, mail_server: MailServer
) -> None:
    person = scene.person("a", wants_events=False, wants_newsletters=False)

    scene.send_and_deliver(kind=Announcement.Kind.OFFICIAL)
    page = Client().get(link_to(person, "official")).content.decode()
    answer = Client().post(f"{link_to(person, 'official')}unsubscribe/", ONE_CLICK)

    [message] = mail_server.messages
    assert message["List-Unsubscribe"] is None
    assert "Official notices about the membership" in page
    assert answer.status_code == 410


def test_mailed_link_shows_and_changes_what_the_person_gets(scene: Scene) -> None:
    beta = make_member("Beta", scene.consortium)
    person = scene.person("a")
    same = scene.person("b", member=beta, orcid=person.orcid)
    page = link_to(person)

    shown = Client().get(page).content.decode()
    saved = Client().post(page, {"place": scene.consortium.pk, "wants_events": "on"})

    assert "This is about mail to a@x.example." in shown
    assert "Alpha University, Beta" in shown
    assert saved["Location"] == page
    assert wants(person, same) == [(True, False), (True, False)]


def test_one_consortium_is_not_the_other(scene: Scene) -> None:
    south = make_desk("South Consortium")
    person = scene.person("a")
    there = scene.person("a", member=south.lead, orcid=person.orcid)

    Client().post(f"{link_to(person)}unsubscribe/", ONE_CLICK)

    assert wants(person, there) == [(True, False), (True, True)]


def test_mailed_link_leads_to_no_place_that_writes_to_another_address(scene: Scene) -> None:
    south = make_desk("South Consortium")
    person = scene.person("a")
    scene.person("private", member=south.lead, orcid=person.orcid)

    page = Client().get(link_to(person)).content.decode()
    answer = Client().post(link_to(person), {"place": south.consortium.pk})

    assert "South" not in page
    assert answer.status_code == 410


def test_signed_in_people_choose_on_their_own_page(scene: Scene) -> None:
    south = make_desk("South Consortium")
    person = scene.person("a")
    there = scene.person("private", member=south.lead, orcid=person.orcid)
    client = client_of(make_user(orcid=person.orcid))

    page = client.get("/me/preferences/").content.decode()
    client.post("/me/preferences/", {"place": south.consortium.pk, "wants_newsletters": "on"})

    assert "Spring Consortium" in page
    assert "South Consortium" in page
    assert wants(person, there) == [(True, True), (False, True)]
    event = Event.objects.get(kind=Event.Kind.PREFERENCES_CHANGED)
    assert (event.capacity, event.changes["contact_version"]) == ("contact", 2)
    assert 'href="/me/preferences/"' in client.get("/me/").content.decode()


def test_nobody_changes_anothers_preferences(scene: Scene) -> None:
    person = scene.person("a")
    client = client_of(make_user())

    client.post("/me/preferences/", {"place": scene.consortium.pk})
    with pytest.raises(PermissionDenied):
        preferences.set_preferences(
            place_key=scene.consortium.pk, wants={"wants_events": False}, by=Actor.system()
        )

    assert wants(person) == [(True, True)]


def test_links_of_a_former_address_and_made_up_ones_are_dead(scene: Scene) -> None:
    person = scene.person("a")
    old = link_to(person)
    Contact.objects.filter(pk=person.pk).update(email="new@x.example")
    forged = f"/preferences/{signing.Signer(salt='x').sign_object([person.pk, '', 'event'])}/"

    answers: list[Any] = [
        Client().get(old).status_code,
        Client().post(f"{old}unsubscribe/", ONE_CLICK).status_code,
        Client().get(forged).status_code,
        Client().get("/preferences/nonsense/").status_code,
    ]

    assert answers == [410, 410, 404, 404]
    assert wants(person) == [(True, True)]


def test_links_are_told_to_nobody_and_kept_nowhere(scene: Scene) -> None:
    person = scene.person("a")

    for page in (link_to(person), f"{link_to(person)}unsubscribe/"):
        response = Client().get(page)
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["X-Robots-Tag"] == "noindex"


def test_a_no_that_comes_while_it_is_being_sent_is_heard(
    scene: Scene, mail_server: MailServer
) -> None:
    person = scene.person("a")
    announcement = scene.send(scene.write())
    deliveries.carry_on(announcement_id=announcement.pk, most=0)

    Client().post(f"{link_to(person)}unsubscribe/", ONE_CLICK)
    deliveries.carry_on(announcement_id=announcement.pk)

    assert Mail.objects.get().state == "withdrawn"
    assert mail_server.messages == []


def test_a_system_with_a_persons_token_does_not_choose_for_them(scene: Scene) -> None:
    person = scene.person("a")
    by = Actor.token(make_user(person.orcid), Reach(1, member_id=person.member_id, can_write=True))

    with pytest.raises(PermissionDenied):
        preferences.set_preferences(
            place_key=scene.consortium.pk, wants={"wants_events": False}, by=by
        )

    assert wants(person) == [(True, True)]
