"""A worker is killed in the middle of an announcement: nobody gets two, each row tells the truth.

A real worker process on the test's broker and database, a real mail server. `make bench` does the
same with 2,000 deliveries.
"""

import signal
from collections import Counter
from pathlib import Path

import pytest

from contacts import tasks
from contacts.models import Announcement, Mail, User
from contacts.services import announcements
from members.actors import Actor
from tests.factories import make_contact
from tests.lead.desk import make_desk
from tests.ops.test_worker import PATIENCE, Mailbox, mailbox, start_worker, stop

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["mailbox"]
PEOPLE = 120
KILLED_AFTER = 30


def test_h6_a_killed_worker_loses_nothing_and_sends_nothing_twice(
    mailbox: tuple[Mailbox, int], tmp_path: Path
) -> None:
    box, port = mailbox
    announcement = send_to(PEOPLE)
    with start_worker(port, tmp_path / "first.log") as first:
        got = [receive(box) for _ in range(KILLED_AFTER)]
        first.send_signal(signal.SIGKILL)
        first.wait()
    waiting = set(addresses(announcement, "queued"))
    in_flight = addresses(announcement, "sending")

    as_if_time_had_passed()
    tasks.deliver_due_mails.delay()  # what beat sends every half minute
    tasks.sweep_announcements.delay()
    with start_worker(port, tmp_path / "second.log") as second:
        while not waiting <= set(got):
            got.append(receive(box))
        stop(second)

    assert len(waiting) > 0
    assert Counter(got).most_common(1)[0][1] == 1  # nobody got two
    assert set(addresses(announcement, "sent")) <= set(got)
    # Of a mail that was in flight it is not known; it was one at most, and was not repeated.
    assert addresses(announcement, "unknown") == in_flight
    assert len(in_flight) <= 1
    assert len(addresses(announcement, "sent")) == PEOPLE - len(in_flight)
    announcement.refresh_from_db()
    assert announcement.state == "sent"


def send_to(people: int) -> Announcement:
    desk = make_desk()
    desk.lead.contacts.update(email="")
    for number in range(people):
        make_contact(desk.lead, email=f"person{number}@x.example")
    by = Actor.lead(User.objects.get(orcid=desk.main.orcid))
    written = announcements.write_announcement(
        consortium_id=desk.consortium.pk, kind="official", subject="S", body="B", by=by
    )
    return announcements.send_announcement(announcement_id=written.pk, version=1, by=by)


def as_if_time_had_passed() -> None:
    """The lease of what was in flight, and the silence after which a chain counts as broken."""
    Mail.objects.update(claimed_at="2020-01-01T00:00Z", created_at="2020-01-01T00:00Z")


def addresses(announcement: Announcement, state: str) -> list[str]:
    rows = Mail.objects.filter(announcement=announcement, state=state)
    return list(rows.values_list("to", flat=True))


def receive(box: Mailbox) -> str:
    return str(box.received.get(timeout=PATIENCE)["To"])
