"""On its way: started, scheduled, stopped, paused; each delivery a row that tells the truth (H6)."""

import datetime
from email.message import Message
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from contacts import tasks
from contacts.models import Announcement, Contact, DeskSeat, Mail, Role
from contacts.services import announcements, deliveries, leaving, mails
from members.actors import Actor
from members.models import Event
from tests.announcements.conftest import Scene, in_days, sent_to
from tests.factories import make_contact, make_user
from tests.mails.conftest import MailServer


def text_of(message: Message) -> str:
    payload = next(p for p in message.walk() if p.get_content_type() == "text/plain")
    content = payload.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


def post(scene: Scene, announcement: Announcement, page: str, **data: Any) -> Any:
    return scene.client.post(scene.address(f"{announcement.pk}/{page}/"), data)


def states(announcement: Announcement) -> dict[str, str]:
    rows = Mail.objects.filter(announcement=announcement)
    return {mail.to.partition("@")[0]: mail.state for mail in rows}


def test_sent_announcement_reaches_each_person(scene: Scene, mail_server: MailServer) -> None:
    for name in "abc":
        scene.person(name)

    announcement = scene.send_and_deliver()

    assert sorted(m["To"] for m in mail_server.messages) == [f"{n}@x.example" for n in "abc"]
    assert sent_to(announcement) == [f"{n}@x.example" for n in "abc"]
    assert (announcement.state, announcement.finished_at is None) == ("sent", False)


def test_mail_is_the_consortiums_own(scene: Scene, mail_server: MailServer) -> None:
    scene.person("a")

    scene.send_and_deliver()

    [message] = mail_server.messages
    text = text_of(message)
    assert message["Subject"] == "News of the spring"
    assert message["Reply-To"] == "office@spring.example"
    assert "Hello **all**, read the page (https://x.example/p)." in text
    assert "because you are a contact of Alpha University" in text
    assert "Spring Consortium" in text
    assert "Helpdesk: help@spring.example" in text
    assert "http://testserver/privacy/spring-consortium/" in text


def test_h7_the_first_mail_to_a_person_says_why_and_the_second_does_not(
    scene: Scene, mail_server: MailServer
) -> None:
    scene.person("a")

    scene.send_and_deliver()
    scene.send_and_deliver()

    first, second = (text_of(message) for message in mail_server.messages)
    assert "Why you get this mail" in first
    assert "To object, or to ask what is held about you, write to help@spring.example" in first
    assert "Why you get this mail" not in second


def test_one_copy_of_the_text_is_kept(scene: Scene) -> None:
    scene.person("a")
    announcement = scene.send(scene.write())

    deliveries.carry_on(announcement_id=announcement.pk, most=0)

    [mail] = Mail.objects.all()
    assert (mail.text, mail.html, mail.headers, mail.state) == ("", "", {}, "queued")


def test_number_is_asked_and_confirmed_before_anything_leaves(scene: Scene) -> None:
    scene.person("a")
    announcement = scene.write()

    page = scene.client.get(scene.address(f"{announcement.pk}/send/")).content.decode()
    response = post(scene, announcement, "send", version=1)

    assert "1 person gets it." in page
    assert response["Location"] == scene.address(f"{announcement.pk}/")
    announcement.refresh_from_db()
    assert (announcement.state, announcement.sent_by) == ("sending", scene.user)
    event = Event.objects.get(kind=Event.Kind.ANNOUNCEMENT_SENT)
    assert (event.changes["announcement"], event.changes["receivers"]) == (announcement.pk, 1)


@pytest.mark.parametrize("version", [1, 10**30])
def test_h2_what_was_changed_meanwhile_is_not_sent_unseen(scene: Scene, version: int) -> None:
    scene.person("a")
    announcement = scene.write()
    announcements.edit_announcement(
        announcement_id=announcement.pk, version=1, by=scene.by, subject="Other"
    )

    response = post(scene, announcement, "send", version=version)

    assert response.status_code == 409
    announcement.refresh_from_db()
    assert announcement.state == "draft"


def test_pressing_send_twice_sends_once(scene: Scene, mail_server: MailServer) -> None:
    scene.person("a")
    announcement = scene.send(scene.write())

    with pytest.raises(ValidationError):
        scene.send(announcement)
    deliveries.carry_on(announcement_id=announcement.pk)
    deliveries.carry_on(announcement_id=announcement.pk)

    assert len(mail_server.messages) == 1


def test_nobody_to_get_it_is_said(scene: Scene) -> None:
    announcement = scene.write()

    page = scene.client.get(scene.address(f"{announcement.pk}/send/")).content.decode()
    with pytest.raises(ValidationError):
        scene.send(announcement)

    assert "Nobody would get it" in page


def test_an_address_has_one_row_in_an_announcement(scene: Scene) -> None:
    announcement = scene.write()
    Mail.objects.create(kind="announcement", to="a@x.example", announcement=announcement)

    with pytest.raises(IntegrityError):
        Mail.objects.create(kind="announcement", to="A@x.example", announcement=announcement)


def test_rows_are_written_on_where_a_worker_left_off(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [scene.person(name) for name in "abcde"]
    announcement = scene.send(scene.write())
    monkeypatch.setattr(deliveries, "ROWS_AT_ONCE", 2)
    # What one that was killed had written; the person has another address since.
    Mail.objects.create(
        kind="announcement", to="old@x.example", announcement=announcement, contact=people[0]
    )

    deliveries.carry_on(announcement_id=announcement.pk, most=0)

    assert sorted(states(announcement)) == ["b", "c", "d", "e", "old"]


def test_a_failing_address_does_not_stop_the_rest(scene: Scene, mail_server: MailServer) -> None:
    async def refuse_b(server, session, envelope, address, options) -> str:
        if address == "b@x.example":
            return "550 No such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    mail_server.handle_RCPT = refuse_b  # type: ignore[method-assign]
    for name in "abc":
        scene.person(name)
    scene.person("broken", email="broken@")

    announcement = scene.send_and_deliver()

    assert states(announcement) == {
        "a": "sent", "b": "failed", "c": "sent", "broken": "failed",
    }  # fmt: skip
    assert announcement.state == "sent"


def test_a_batch_shares_one_connection(scene: Scene, mail_server: MailServer) -> None:
    seen: list[Any] = []

    async def remember(server, session, envelope, address, options) -> str:
        seen.append(session.peer)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    mail_server.handle_RCPT = remember  # type: ignore[method-assign]
    for name in "abc":
        scene.person(name)

    scene.send_and_deliver()

    assert (len(seen), len(set(seen))) == (3, 1)


def test_each_wake_up_delivers_some_and_calls_the_next(
    scene: Scene,
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks,
) -> None:
    woken: list[Any] = []
    monkeypatch.setattr(
        tasks.deliver_announcement, "apply_async", lambda **message: woken.append(message["args"])
    )
    for name in "abc":
        scene.person(name)
    announcement = scene.send(scene.write())

    with django_capture_on_commit_callbacks(execute=True):
        tried = deliveries.carry_on(announcement_id=announcement.pk, most=2)

    assert (tried, woken) == (2, [(announcement.pk,)])


def test_the_task_delivers(scene: Scene, mail_server: MailServer) -> None:
    scene.person("a")
    announcement = scene.send(scene.write())

    tasks.deliver_announcement(announcement.pk)

    assert sent_to(announcement) == ["a@x.example"]


def test_stopped_what_waits_stays_and_what_went_has_gone(
    scene: Scene, mail_server: MailServer
) -> None:
    for name in "abc":
        scene.person(name)
    announcement = scene.send(scene.write())
    deliveries.carry_on(announcement_id=announcement.pk, most=1)

    post(scene, announcement, "stop")
    deliveries.carry_on(announcement_id=announcement.pk)

    assert states(announcement) == {"a": "sent", "b": "withdrawn", "c": "withdrawn"}
    assert len(mail_server.messages) == 1
    event = Event.objects.get(kind=Event.Kind.ANNOUNCEMENT_STOPPED)
    assert (event.changes["state"], event.changes["held_back"]) == (["sending", "stopped"], 2)


def test_stopped_no_row_is_added_and_a_retry_is_not_made(
    scene: Scene, mail_server: MailServer
) -> None:
    scene.person("a")
    announcement = scene.send(scene.write())
    retried = Mail.objects.create(
        kind="announcement", to="r@x.example", announcement=announcement, state="sending",
        claimed_at=timezone.now(),
    )  # fmt: skip
    announcements.stop_announcement(announcement_id=announcement.pk, by=scene.by)
    Mail.objects.filter(pk=retried.pk).update(state="queued")

    deliveries.carry_on(announcement_id=announcement.pk)

    assert states(announcement) == {"r": "withdrawn"}
    assert mail_server.messages == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"wants_newsletters": False}, "does not want mail of this kind any more"),
        ({"removed_at": timezone.now()}, "no longer a contact"),
    ],
)
def test_who_has_declined_or_left_since_gets_nothing(
    scene: Scene, mail_server: MailServer, change: dict[str, Any], why: str
) -> None:
    person = scene.person("a")
    announcement = scene.send(scene.write())
    deliveries.carry_on(announcement_id=announcement.pk, most=0)
    Contact.objects.filter(pk=person.pk).update(**change)

    deliveries.carry_on(announcement_id=announcement.pk)

    mail = Mail.objects.get(announcement=announcement)
    assert (mail.state, why in mail.last_error) == ("withdrawn", True)
    assert mail_server.messages == []


def test_scheduled_it_starts_by_itself_when_it_is_time(
    scene: Scene, mail_server: MailServer
) -> None:
    scene.person("a")
    announcement = scene.send(scene.write(), send_at=in_days(2))
    tasks.sweep_announcements()
    too_early = announcement.deliveries.count()
    Announcement.objects.update(send_at=in_days(-1))
    scene.person("added-since")

    announcements.start_due()
    deliveries.carry_on(announcement_id=announcement.pk)

    assert (announcement.state, too_early) == ("scheduled", 0)
    assert sent_to(announcement) == ["a@x.example", "added-since@x.example"]


def test_a_time_that_has_passed_is_refused(scene: Scene) -> None:
    scene.person("a")
    announcement = scene.write()

    response = post(scene, announcement, "send", version=1, send_at="2020-01-01T10:00")

    assert response.context["form"].errors == {"send_at": ["This lies in the past."]}


def test_scheduled_it_can_be_called_back(scene: Scene) -> None:
    scene.person("a")
    announcement = scene.send(scene.write(), send_at=in_days(2))

    post(scene, announcement, "stop")

    announcement.refresh_from_db()
    assert (announcement.state, announcement.send_at) == ("draft", None)


def another_manager(scene: Scene) -> tuple[Contact, Actor]:
    contact = make_contact(scene.lead, [Role.OTHER], email="")
    user = make_user(orcid=contact.orcid)
    DeskSeat.objects.create(consortium=scene.consortium, contact=contact, level="manager")
    return contact, Actor.lead(user)


def test_r5_what_a_removed_person_has_scheduled_is_paused(scene: Scene) -> None:
    scene.person("a")
    contact, by = another_manager(scene)
    theirs, mine = scene.write(), scene.send(scene.write(), send_at=in_days(1))
    announcements.send_announcement(announcement_id=theirs.pk, version=1, by=by, send_at=in_days(1))

    leaving.remove_contact(contact_id=contact.pk, by=Actor.contact(scene.user))

    theirs.refresh_from_db()
    mine.refresh_from_db()
    assert (theirs.state, mine.state) == ("paused", "scheduled")
    event = Event.objects.get(kind=Event.Kind.ANNOUNCEMENT_PAUSED)
    assert event.changes["announcement"] == theirs.pk
    assert (
        "no longer on the desk" in scene.client.get(scene.address(f"{theirs.pk}/")).content.decode()
    )


def test_r5_without_a_seat_any_more_nothing_starts(scene: Scene, mail_server: MailServer) -> None:
    scene.person("a")
    contact, by = another_manager(scene)
    theirs = scene.write()
    announcements.send_announcement(announcement_id=theirs.pk, version=1, by=by, send_at=in_days(1))
    contact.desk_seats.update(level="reader")
    Announcement.objects.update(send_at=in_days(-1))

    started = announcements.start_due()

    theirs.refresh_from_db()
    assert (started, theirs.state) == (0, "paused")
    assert Mail.objects.count() == 0


def test_a_paused_one_is_sent_by_another_manager(scene: Scene, mail_server: MailServer) -> None:
    scene.person("a")
    announcement = scene.write()
    Announcement.objects.update(state="paused")

    scene.send(announcement)
    deliveries.carry_on(announcement_id=announcement.pk)

    assert sent_to(announcement) == ["a@x.example"]


def test_a_test_goes_to_oneself_alone(scene: Scene, mail_server: MailServer) -> None:
    scene.person("a")
    announcement = scene.write()
    Contact.objects.filter(pk=scene.manager.pk).update(email="me@lead.example")

    post(scene, announcement, "test")
    mails.deliver(mail_id=Mail.objects.get().pk)

    [message] = mail_server.messages
    assert (message["To"], message["Subject"]) == ("me@lead.example", "[Test] News of the spring")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert announcement.deliveries.count() == 0


def test_without_an_own_address_a_test_says_so(scene: Scene) -> None:
    announcement = scene.write()

    page = scene.client.post(scene.address(f"{announcement.pk}/test/"), follow=True)

    assert "There is no e-mail address in your own details." in page.content.decode()


def test_progress_is_right_after_a_refresh_and_live_until_it_is_done(
    scene: Scene, mail_server: MailServer
) -> None:
    for name in "abc":
        scene.person(name)
    announcement = scene.send(scene.write())
    deliveries.carry_on(announcement_id=announcement.pk, most=2)
    address = scene.address(f"{announcement.pk}/")

    page = scene.reading.get(address)
    part = scene.reading.get(address, headers={"HX-Request": "true"})
    deliveries.carry_on(announcement_id=announcement.pk)
    done = scene.reading.get(address, headers={"HX-Request": "true"})

    assert (page.context["done"], page.context["total"]) == (2, 3)
    assert 'hx-trigger="every 2s"' in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "hx-trigger" not in done.content.decode()
    assert done.context["number"]["sent"] == 3


def test_deliveries_are_filtered_by_state_and_sent_again(
    scene: Scene, mail_server: MailServer
) -> None:
    for name in "abc":
        scene.person(name)
    announcement = scene.send_and_deliver()
    doubtful = Mail.objects.get(to="b@x.example")
    Mail.objects.filter(pk=doubtful.pk).update(state="unknown")
    address = scene.address(f"{announcement.pk}/deliveries/")

    shown = scene.client.get(address, {"state": "unknown"})
    reading = scene.reading.get(address, {"state": "unknown"})
    scene.client.post(f"{address}{doubtful.pk}/again/")
    mails.deliver(mail_id=doubtful.pk)

    assert [mail.to for mail in shown.context["page"].items] == ["b@x.example"]
    assert "Send again" in shown.content.decode()
    assert "Send again" not in reading.content.decode()
    assert [m["To"] for m in mail_server.messages].count("b@x.example") == 2


def test_what_was_sent_or_stopped_is_not_sent_again(scene: Scene, mail_server: MailServer) -> None:
    scene.person("a")
    announcement = scene.send_and_deliver()
    mail = announcement.deliveries.get()
    with pytest.raises(ValidationError):
        announcements.send_delivery_again(mail_id=mail.pk, by=scene.by)
    Mail.objects.update(state="failed")
    Announcement.objects.update(state="stopped")

    with pytest.raises(ValidationError):
        announcements.send_delivery_again(mail_id=mail.pk, by=scene.by)


def test_a_chain_that_broke_is_taken_up_and_one_that_moves_is_left_alone(
    scene: Scene,
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks,
) -> None:
    woken: list[Any] = []
    monkeypatch.setattr(
        tasks.deliver_announcement, "apply_async", lambda **message: woken.append(message["args"])
    )
    for name in "ab":
        scene.person(name)
    announcement = scene.send(scene.write())
    deliveries.carry_on(announcement_id=announcement.pk, most=1)

    with django_capture_on_commit_callbacks(execute=True):
        moving = deliveries.sweep()
        ago = timezone.now() - deliveries.SILENCE - datetime.timedelta(seconds=1)
        Mail.objects.update(claimed_at=ago, created_at=ago)
        halted = deliveries.sweep()

    assert (moving, halted) == (0, 1)
    assert woken == [(announcement.pk,)]
    assert mails.sweep() == 0  # which leaves them to this one


@pytest.mark.parametrize("number", [1, 3])
def test_query_count_does_not_grow(scene: Scene, number: int, django_assert_num_queries) -> None:
    for place in range(number):
        scene.person(f"n{place}")
    announcement = scene.send(scene.write())
    deliveries.carry_on(announcement_id=announcement.pk, most=0)

    client = scene.client
    # session, user, desk, announcement, deliveries, their number; for the menu: members, desks
    with django_assert_num_queries(8):
        client.get(scene.address(f"{announcement.pk}/deliveries/"))
    # session, user, desk, announcement, numbers by state
    with django_assert_num_queries(5):
        client.get(scene.address(f"{announcement.pk}/"), headers={"HX-Request": "true"})
