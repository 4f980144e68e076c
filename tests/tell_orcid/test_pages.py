"""The page: the message, the file, marked as sent by a manager, and the date each member shows."""

import csv
import io
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from contacts.models import OrcidReport, Role
from contacts.services import editing
from contacts.services.orcid_reports import draft_report, mark_as_sent
from integrations.orcid.ids import orcid_uri
from members.actors import Actor
from members.models import Event
from tests.factories import make_contact, make_member, make_user
from tests.tell_orcid.conftest import Scene, cursor, hidden, person, signed_in, user_of


def sent(scene: Scene, page: Any, text: str = "As sent"):
    data = {name: hidden(page, name) for name in ("since", "through")} | {"text": text}
    return signed_in(scene.manager).post(scene.address("/sent/"), data, follow=True)


def test_a_manager_marks_as_sent_what_was_sent_and_the_next_report_starts_there(
    scene: Scene,
) -> None:
    new = scene.add("Ada Byron")
    client = signed_in(scene.manager)
    page = client.get(scene.address())
    later = scene.add("Late Comer")

    done = sent(scene, page, "My own words to ORCID")

    report = OrcidReport.objects.get()
    assert (report.text, report.sent_by) == ("My own words to ORCID", user_of(scene.manager))
    assert list(report.members.all()) == [scene.member]
    assert str(report.through_event) == hidden(page, "through")
    assert person(new).partition(" (")[0] in page.content.decode()
    assert scene.lines()[1:] == [f"- New contact: {person(later)}: Other contact"]
    event = Event.objects.get(kind=Event.Kind.ORCID_TOLD)
    assert (event.consortium, event.capacity) == (scene.consortium, "lead")
    assert "The next report starts here." in done.content.decode()
    kept = client.get(scene.address(f"/{report.pk}/")).content.decode()
    assert "My own words to ORCID" in kept
    assert "Man Ager" in kept or user_of(scene.manager).display_name in kept


def test_two_managers_who_mark_the_same_report_are_told(scene: Scene) -> None:
    scene.add("Ada Byron")
    page = signed_in(scene.manager).get(scene.address())
    sent(scene, page)

    again = sent(scene, page)

    assert "Somebody else has marked a report as sent meanwhile." in again.content.decode()
    assert OrcidReport.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        OrcidReport.objects.create(
            consortium=scene.consortium, since_event=0, through_event=9, text="",
            sent_by=user_of(scene.manager),
        )  # fmt: skip


def test_a_cursor_that_has_not_come_yet_is_refused(scene: Scene) -> None:
    scene.add("Ada Byron")

    response = signed_in(scene.manager).post(
        scene.address("/sent/"), {"since": 0, "through": cursor() + 5, "text": "T"}, follow=True
    )

    assert "There is nothing to tell." in response.content.decode()
    assert OrcidReport.objects.count() == 0


def test_readers_read_and_mark_nothing(scene: Scene) -> None:
    scene.add("Ada Byron")
    client = signed_in(scene.reader)

    page = client.get(scene.address())
    response = client.post(scene.address("/sent/"), {"since": 0, "through": cursor(), "text": "x"})

    assert b"Mark as sent" not in page.content
    assert b"Ada Byron" in page.content
    assert (response.status_code, OrcidReport.objects.count()) == (403, 0)


def test_the_file_holds_what_the_page_shows_and_no_formula(scene: Scene) -> None:
    editing.edit_contact(
        contact_id=scene.tech.pk, version=1, by=scene.by, email=scene.tech.email,
        family_name="=HYPERLINK(1)",
    )  # fmt: skip
    through = cursor()
    scene.add("Late Comer")

    response: Any = signed_in(scene.reader).get(scene.address(".csv"), {"through": through})

    text = b"".join(response.streaming_content).decode("utf-8-sig")
    uri = orcid_uri(scene.tech.orcid)
    assert list(csv.reader(io.StringIO(text))) == [
        ["Member", "Change", "Person", "ORCID iD", "Email", "Before", "Now"],
        ["Alpha University", "Name", "Tec =HYPERLINK(1)", uri, "tec@a.example", "Tec Nik",
         "Tec =HYPERLINK(1)"],
    ]  # fmt: skip
    event = Event.objects.get(kind=Event.Kind.EXPORTED)
    assert event.changes["rows"] == 1


def test_a_cell_that_starts_like_a_formula_is_neutralised(scene: Scene) -> None:
    editing.edit_contact(
        contact_id=scene.tech.pk, version=1, by=scene.by, email=scene.tech.email,
        given_names="", family_name="=1+1",
    )  # fmt: skip

    response: Any = signed_in(scene.reader).get(scene.address(".csv"))

    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert "'=1+1" in text
    assert ",=1+1" not in text


def test_each_member_shows_when_orcid_was_told_of_it(scene: Scene) -> None:
    scene.add("Ada Byron")
    report = scene.tell()
    day = f"{report.sent_at:%-d %B %Y}"

    own = signed_in(scene.main).get(f"/tools/{scene.member.slug}/").content.decode()
    desk = signed_in(scene.reader).get(f"/tools/{scene.member.slug}/").context["told_orcid"]
    lead = signed_in(scene.manager).get(f"/tools/{scene.lead.slug}/").context["told_orcid"]

    assert f"<dt>Told ORCID on</dt><dd>{day}" in own
    assert (desk, lead) == (report, None)


def test_an_empty_page_says_that_there_is_nothing_to_tell(scene: Scene) -> None:
    page = signed_in(scene.manager).get(scene.address()).content.decode()

    assert "Nothing to tell" in page
    assert "Mark as sent" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow(scene: Scene, django_assert_num_queries, number: int) -> None:
    scene.add("Zoe First", Role.COMMS)
    scene.tell()
    for _more in range(number):
        member = make_member("", scene.consortium)
        contact = make_contact(member, [Role.MAIN])
        make_user(orcid=contact.orcid)
        editing.edit_contact(
            contact_id=contact.pk, version=1, by=scene.by.system(), email=contact.email,
            job_title="Dr", given_names="Changed",
        )  # fmt: skip
    client = signed_in(scene.manager)

    # session, user, desk; the cursor, the last report; the members with events; these members,
    # their periods, contacts, roles; the events; people who left, older periods: none of these,
    # none asked for; the reports sent, how many, the last; the desk's names; the menu (2)
    with django_assert_num_queries(17):
        page = client.get(scene.address())
    assert len(page.context["draft"].members) == number


def test_a4_the_service_too_asks_for_a_manager(scene: Scene) -> None:
    scene.add("Ada Byron")
    draft = draft_report(scene.consortium)

    for by in (Actor.lead(user_of(scene.reader)), Actor.contact(user_of(scene.manager)), scene.by):
        with pytest.raises(PermissionDenied):
            mark_as_sent(
                consortium_id=scene.consortium.pk, since=draft.since, through=draft.through,
                text="", by=by,
            )  # fmt: skip

    assert OrcidReport.objects.filter(through_event=draft.through).count() == 0
