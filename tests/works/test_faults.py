"""Each way in which ORCID fails, and what the person sees (A7, O4)."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from contacts.models import Run
from contacts.services import runs
from integrations.orcid import connections, http, records
from integrations.orcid.models import Connection
from integrations.works.models import Pull, Work
from integrations.works.services.pulling import pause
from tests.works.conftest import Researcher, make_researcher
from tests.works.record import work

LIST_STAYS = "Kept all along"


@pytest.fixture
def reader(ada: Researcher) -> Researcher:
    """Whose list has been read once, and whose record has changed since."""
    ada.has(work(LIST_STAYS))
    ada.sync()
    ada.has(work("New"))
    return ada


def page(person: Researcher) -> str:
    """The words of *My publications*."""
    content = person.client.get(reverse("works:publications")).content.decode()
    main = content.partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "busy"},
        {"kind": "quota"},
        {"kind": "dropped"},
        {"kind": "lost"},
        {"kind": "cut"},
        {"kind": "truncated"},
        {"kind": "broken-json"},
        {"kind": "html"},
        {"status": 200, "body": "[]", "content_type": "application/json"},
        {"delay_ms": 300},
    ],
    ids=lambda fault: fault.get("kind", "too slow" if "delay_ms" in fault else "not works"),
)
def test_a7_orcid_unavailable_is_said_and_tried_again_by_itself(
    reader: Researcher, settings: Settings, fault: dict[str, Any]
) -> None:
    reader.fault(**fault, times=10)
    if "delay_ms" in fault:
        settings.ORCID_TIMEOUT_SECONDS = 0.05 / http.IN_A_WORKER.timeout_factor

    run = reader.sync()

    assert (run.state, run.attempts, run.delays) == ("queued", 0, 1)
    assert run.due_at is not None
    assert timedelta(seconds=15) < run.due_at - timezone.now() < timedelta(seconds=40)
    words = page(reader)
    assert "ORCID cannot be reached" in words
    assert "We try again by ourselves" in words
    assert LIST_STAYS in words

    settings.ORCID_TIMEOUT_SECONDS = 10
    reader.sandbox.clear_faults()
    Run.objects.update(due_at=timezone.now())
    runs.perform(run_id=run.pk)

    assert reader.titles == [LIST_STAYS, "New"]
    assert "Last synced with ORCID on" in page(reader)


def test_one_refusal_in_between_is_nothing_anybody_notices(reader: Researcher) -> None:
    reader.fault(status=503, times=1)

    run = reader.sync()

    assert (run.state, reader.titles) == ("done", [LIST_STAYS, "New"])


def test_a_run_that_was_put_off_is_not_begun_before_its_time(reader: Researcher) -> None:
    reader.fault(status=503, times=10)
    run = reader.sync()
    reader.sandbox.clear_faults()

    runs.sweep()

    assert runs.perform(run_id=run.pk) is None


def test_pressing_again_begins_it_now(reader: Researcher) -> None:
    reader.fault(status=503, times=10)
    reader.sync()
    reader.sandbox.clear_faults()

    run = reader.sync()

    assert (run.state, Run.objects.count()) == ("done", 1)


def test_pauses_grow_to_an_hour_and_heed_what_orcid_asks() -> None:
    minutes = [pause(delays).total_seconds() / 60 for delays in range(12)]

    assert 0.37 < minutes[0] < 0.63
    assert all(44 < late < 76 for late in minutes[7:])
    assert pause(0, retry_after=900) == timedelta(minutes=15)


@pytest.mark.parametrize("status", ["locked", "deactivated"])
def test_a_closed_record_is_said_and_the_list_stays(reader: Researcher, status: str) -> None:
    reader.sandbox.set_status(reader.user.orcid or "", status)

    run = reader.sync()

    assert run.state == "failed"
    assert Connection.objects.get().state == "closed"
    words = page(reader)
    assert "Your record is closed at ORCID" in words
    assert LIST_STAYS in words
    assert not Work.objects.exclude(left_orcid_at=None).exists()


def test_o4_a_withdrawn_permission_asks_to_reconnect_and_records_stay(reader: Researcher) -> None:
    Connection.objects.update(access_token="no-longer-good", refresh_token="")

    run = reader.sync()

    assert run.state == "failed"
    words = page(reader)
    assert "Reconnect needed" in words
    assert "Connect again" in words
    assert LIST_STAYS in words


def test_o6_disconnecting_in_the_middle_stops_at_the_next_call(
    reader: Researcher, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    real = records.read_works

    def read_works(connection: Connection) -> records.WorksSection:
        found = real(connection)
        connections.disconnect(connection_id=connection.pk)
        connection.read_at -= records.READ_AGAIN_AFTER  # so much later
        return found

    monkeypatch.setattr(records, "read_works", read_works)

    run = reader.sync()

    assert (run.state, asked) == ("failed", ["works"])
    assert reader.titles == [LIST_STAYS]


def test_c8_a_moved_record_is_followed_and_read(reader: Researcher) -> None:
    old = reader.user.orcid or ""
    new = reader.sandbox.add_person(given_names="Ada", family_name="King")
    reader.sandbox.add_works(new, [work("Under the new iD")])
    tokens = reader.sandbox.give_permission(new, reader.connection.credential.client_id)
    reader.sandbox.set_status(old, "moved", moved_to=new)

    run = reader.sync()
    assert "Queued: your works will be read from ORCID" in page(reader)
    Connection.objects.update(**tokens)  # ORCID's merge carries permissions over
    runs.perform(run_id=run.pk)

    reader.user.refresh_from_db()
    run.refresh_from_db()
    assert (reader.user.orcid, Connection.objects.get().orcid) == (new, new)
    assert (run.state, Work.objects.get(left_orcid_at=None).title) == ("done", "Under the new iD")
    words = page(reader)
    assert "Last synced with ORCID on" in words
    assert "Under the new iD" in words


def test_orcid_refusing_for_another_reason_is_said(reader: Researcher) -> None:
    body = '{"response-code": 400, "error-code": 9006}'
    reader.fault(status=400, body=body, content_type="application/json")

    run = reader.sync()

    assert run.state == "failed"
    assert "ORCID did not let us read your works" in page(reader)


def test_a_work_that_vanishes_between_the_calls_stops_nothing(reader: Researcher) -> None:
    reader.has(work("Third"))
    body = '{"bulk": [{"error": {"response-code": 400, "error-code": 9034}}]}'
    reader.fault("works/", status=200, body=body, content_type="application/json")

    first = reader.sync()
    second = reader.sync()

    assert (first.state, first.result["added"], second.result["added"]) == ("done", 0, 2)
    assert Pull.objects.get().fingerprint
    assert reader.titles == [LIST_STAYS, "New", "Third"]


def test_who_is_not_connected_is_asked_to_connect(reader: Researcher) -> None:
    stranger = make_researcher(reader.sandbox, "Bob Boole")
    stranger.connection.delete()

    words = page(stranger)
    answer = stranger.client.post(reverse("works:sync"), follow=True).content.decode()

    assert "Not connected to ORCID" in words
    assert "Connect your ORCID iD" in words
    assert "Connect ORCID first." in answer
    assert not Run.objects.filter(started_by=stranger.user).exists()
