"""Sending, following, answering: mails only on send, nobody gets two, every state is told."""

import csv as csv_module
import datetime
import io
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from contacts import tasks
from contacts.models import Contact, ContactImport, ImportedContact, Invitation, Mail, Role
from contacts.services.imports import sending
from contacts.services.imports.applying import forget_left_out
from contacts.services.invitations import resend_invitation
from members.actors import Actor
from members.models import Event, Member, Membership
from tests.contact_import.house import Switch, csv
from tests.factories import make_consortium, make_contact, make_user
from tests.lead.desk import client_of

THREE = csv(
    "Alpha University,Ada Lovelace,ada@alpha.example,0000-0002-1825-0097,Main contact,Librarian",
    "Alpha University,Grace Hopper,grace@alpha.example,,Technical,",
    "Universität Beta,Clara,clara@beta.example,,Main contact,",
    header="Member,Name,Email,ORCID iD,Role,Job title",
)


@pytest.fixture
def into(switch: Switch) -> ContactImport:
    return switch.bring_in(THREE)


def one(email: str) -> Invitation:
    return Invitation.objects.get(email=email)


def mailed() -> Counter[str]:
    return Counter(Mail.objects.values_list("to", flat=True))


def press(switch: Switch, into: ContactImport, what: str = "send") -> Any:
    """The button, and then the worker that it wakes."""
    response = switch.client.post(switch.url(f"{into.pk}/{what}/"), follow=True)
    sending.carry_on(import_id=into.pk)
    return response


def do(switch: Switch, into: ContactImport, email: str, what: str) -> Any:
    url = switch.url(f"{into.pk}/invitations/{one(email).pk}/")
    return switch.client.post(url, {"do": what}, follow=True)


def states(switch: Switch, into: ContactImport, **query: str) -> dict[str, str]:
    page = switch.client.get(switch.url(f"{into.pk}/"), query).context["page"]
    return {row.email: row.progress for row in page.items}


def link_to(email: str) -> str:
    text = Mail.objects.filter(to=email).latest("pk").text
    found = re.search(r"http://testserver(/invitations/[^\s]+)", text)
    assert found
    return found[1]


def accept(email: str, orcid: str = "") -> Any:
    user = make_user(orcid, name="Ada Public")
    given = {"answer": "accept", "given_names": "Ada", "family_name": "Lovelace"}
    return client_of(user).post(link_to(email), given)


def test_nothing_is_mailed_before_send_and_everything_once_after(
    switch: Switch, into: ContactImport
) -> None:
    sending.sweep()
    sending.carry_on(import_id=into.pk)
    assert mailed() == {}

    page = press(switch, into).content.decode()
    press(switch, into)

    assert "3 mails are on their way." in page
    assert mailed() == {"ada@alpha.example": 1, "grace@alpha.example": 1, "clara@beta.example": 1}
    assert set(states(switch, into).values()) == {"sending"}


def test_pressing_send_is_a_row_that_the_beat_finds(switch: Switch, into: ContactImport) -> None:
    switch.client.post(switch.url(f"{into.pk}/send/"))
    assert mailed() == {}  # no worker came

    woken = sending.sweep()
    sending.carry_on(import_id=into.pk)

    assert (woken, sum(mailed().values()), sending.sweep()) == (1, 3, 0)


def test_sending_is_an_event_and_so_is_each_invitation(switch: Switch, into: ContactImport) -> None:
    press(switch, into)

    sent = Event.objects.get(kind="import_sent")
    assert (sent.consortium, sent.actor, sent.changes["mails"]) == (
        switch.consortium, switch.manager, 3,
    )  # fmt: skip
    each = Event.objects.filter(kind="invitation_sent")
    assert {event.capacity for event in each} == {"lead"}
    assert each.count() == 3


def test_sender_who_has_left_the_desk_sends_no_more(switch: Switch, into: ContactImport) -> None:
    switch.client.post(switch.url(f"{into.pk}/send/"))
    Contact.objects.filter(pk=switch.desk.main.pk).update(removed_at=timezone.now())

    sending.carry_on(import_id=into.pk)

    assert mailed() == {}


def test_mail_says_that_the_lead_gave_the_address(switch: Switch, into: ContactImport) -> None:
    press(switch, into)

    text = " ".join(Mail.objects.get(to="grace@alpha.example").text.split())
    assert "Lead Aaron invites you to become a contact of Alpha University" in text
    assert (
        "Why you get this mail: North Consortium gave us your e-mail address, which stands in its "
        "list of the contacts of Alpha University." in text
    )


def test_single_ones_are_sent_sent_again_and_withdrawn(switch: Switch, into: ContactImport) -> None:
    do(switch, into, "ada@alpha.example", "send")
    twice = do(switch, into, "ada@alpha.example", "send").content.decode()
    do(switch, into, "grace@alpha.example", "withdraw")

    assert "This invitation has been sent meanwhile." in twice
    assert states(switch, into) == {
        "ada@alpha.example": "sending",
        "grace@alpha.example": "withdrawn",
        "clara@beta.example": "draft",
    }
    press(switch, into)  # the rest
    do(switch, into, "clara@beta.example", "again")
    assert mailed() == {"ada@alpha.example": 1, "clara@beta.example": 2}


def test_reminder_goes_to_whoever_has_not_answered_and_to_no_draft(
    switch: Switch, into: ContactImport
) -> None:
    for email in ("ada@alpha.example", "grace@alpha.example"):
        do(switch, into, email, "send")
    long_ago = timezone.now() - datetime.timedelta(days=30)
    Invitation.objects.exclude(sent_at=None).update(sent_at=long_ago, expires_at=long_ago)
    accept_without_page(one("grace@alpha.example"))

    first = press(switch, into, "remind").content.decode()
    second = press(switch, into, "remind").content.decode()

    assert "1 mail is on its way." in first
    assert "nobody is left to be written to" in second
    assert mailed() == {"ada@alpha.example": 2, "grace@alpha.example": 1}
    assert one("clara@beta.example").status == "draft"


def accept_without_page(invitation: Invitation) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(outcome="accepted", closed_at=timezone.now())


def test_every_state_is_told_and_found(switch: Switch, into: ContactImport) -> None:
    press(switch, into)
    past = timezone.now() - datetime.timedelta(days=1)
    Mail.objects.filter(to="ada@alpha.example").update(state="unknown")
    Mail.objects.filter(to="grace@alpha.example").update(state="failed", last_error="No such box")
    Mail.objects.filter(to="clara@beta.example").update(state="sent")

    assert states(switch, into) == {
        "ada@alpha.example": "unknown",
        "grace@alpha.example": "failed",
        "clara@beta.example": "open",
    }
    assert states(switch, into, progress="failed") == {"grace@alpha.example": "failed"}
    assert states(switch, into, search="clara beta") == {"clara@beta.example": "open"}
    Invitation.objects.update(expires_at=past)
    assert states(switch, into, progress="expired") == {"clara@beta.example": "expired"}


def test_acceptance_offers_what_the_file_says(switch: Switch, into: ContactImport) -> None:
    press(switch, into)

    client = client_of(make_user(name="A. Public"))
    page = client.get(link_to("ada@alpha.example")).content.decode()

    for value in ('value="Ada"', 'value="Lovelace"', 'value="Librarian"'):
        assert value in page
    assert "was given by North Consortium, which has you in its list of the contacts" in page


@pytest.mark.parametrize(
    ("orcid", "told", "chip"),
    [
        ("0000-0002-1825-0097", "same", "same as in the file"),
        ("0000-0001-5109-3700", "other", "another in the file"),
    ],
)
def test_c4_the_proved_id_counts_and_is_compared(
    switch: Switch, into: ContactImport, orcid: str, told: str, chip: str
) -> None:
    press(switch, into)

    accept("ada@alpha.example", orcid)

    assert Contact.objects.get(member=switch.alpha).orcid == orcid
    event = Event.objects.get(kind="invitation_accepted")
    assert event.changes["orcid_in_file"] == told
    page = switch.client.get(switch.url(f"{into.pk}/"), {"compared": told})
    assert [row.email for row in page.context["page"].items] == ["ada@alpha.example"]
    assert chip in page.content.decode()


def test_accepted_without_hint_is_compared_with_nothing(
    switch: Switch, into: ContactImport
) -> None:
    press(switch, into)

    accept("clara@beta.example")

    assert "orcid_in_file" not in Event.objects.get(kind="invitation_accepted").changes
    assert list(states(switch, into, compared="none")) == ["clara@beta.example"]


def test_drafts_are_shown_to_the_members_contacts_as_not_sent(
    switch: Switch, into: ContactImport
) -> None:
    main = make_contact(switch.alpha, [Role.MAIN])
    own = client_of(make_user(main.orcid))

    page = own.get(f"/tools/{switch.alpha.slug}/contacts/").content.decode()
    lead = switch.client.get(f"/lead/{switch.consortium.slug}/invitations/").content.decode()

    assert page.count("Not sent yet (by the lead)") == 2
    assert ("Expired" in page, "expires" in page) == (False, False)
    assert lead.count(f'href="{switch.url(f"{into.pk}/")}"') == 3


def test_members_own_contacts_may_send_a_draft(switch: Switch, into: ContactImport) -> None:
    main = make_contact(switch.alpha, [Role.MAIN])
    by = Actor.contact(make_user(main.orcid))

    resend_invitation(invitation_id=one("grace@alpha.example").pk, by=by)

    assert mailed() == {"grace@alpha.example": 1}
    assert Event.objects.latest("pk").kind == "invitation_sent"


def test_found_people_are_told_when_it_is_sent(switch: Switch, into: ContactImport) -> None:
    contact = make_contact(switch.beta, [Role.COMMS], email="found@beta.example")
    added = ImportedContact.objects.create(contact_import=into, contact=contact)
    gone = make_contact(switch.beta, email="gone@beta.example", removed_at=timezone.now())
    ImportedContact.objects.create(contact_import=into, contact=gone)
    assert "Not told yet" in switch.client.get(switch.url(f"{into.pk}/")).content.decode()

    press(switch, into)
    press(switch, into)

    added.refresh_from_db()
    assert (added.told_at is None, mailed()["found@beta.example"]) == (False, 1)
    assert mailed()["gone@beta.example"] == 0
    text = Mail.objects.get(to="found@beta.example").text
    assert "/not-me/" in text
    assert "North Consortium gave us your e-mail address" in " ".join(text.split())


def test_a3_a_member_that_lets_the_lead_is_told_when_it_is_sent(switch: Switch) -> None:
    main = make_contact(switch.alpha, [Role.MAIN], email="main@alpha.example")
    make_user(main.orcid)
    Member.objects.filter(pk=switch.alpha.pk).update(lead_may_manage_contacts=True)
    into = switch.bring_in(csv("Alpha University,Grace,grace@alpha.example,Technical"))
    assert mailed() == {}

    press(switch, into)

    assert Mail.objects.get(to="main@alpha.example").kind == "lead_changed"
    assert main.member.lead_changes.get().invitation == one("grace@alpha.example")


def test_members_that_have_left_are_written_to_no_more(switch: Switch, into: ContactImport) -> None:
    day = timezone.localdate() - datetime.timedelta(days=1)
    Membership.objects.filter(member=switch.beta).update(end=day)

    press(switch, into)

    assert set(mailed()) == {"ada@alpha.example", "grace@alpha.example"}
    words = "This organisation’s membership has ended."
    assert words in do(switch, into, "clara@beta.example", "send").content.decode()


def test_state_of_everybody_is_a_file_and_an_event(switch: Switch, into: ContactImport) -> None:
    press(switch, into)
    accept("ada@alpha.example", "0000-0001-5109-3700")

    response = switch.client.get(switch.url(f"{into.pk}/people.csv"))

    rows = list(csv_module.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    today = timezone.localdate().isoformat()
    hint = "http://127.0.0.1:9/0000-0002-1825-0097"
    assert rows[0] == [
        "Member", "Name", "Email", "ORCID iD", "Role", "State", "Sent", "Answered", "iD compared",
    ]  # fmt: skip
    assert rows[1] == [
        "Alpha University", "Ada Lovelace", "ada@alpha.example", hint,
        "Main relationship contact (OFFICIAL)", "Accepted", today, today, "Another than in the file",
    ]  # fmt: skip
    assert [row[5] for row in rows[2:]] == ["Being sent", "Being sent"]
    assert Event.objects.get(kind="exported").changes["rows"] == 3


def test_other_consortia_and_readers_do_not_get_there(switch: Switch, into: ContactImport) -> None:
    paths = ["", f"{into.pk}/", f"{into.pk}/send/", f"{into.pk}/people.csv"]
    reader, other = client_of(switch.desk.reader), client_of(make_user())

    assert [reader.get(switch.url(path)).status_code for path in paths] == [403] * 4
    assert [other.get(switch.url(path)).status_code for path in paths] == [404] * 4
    elsewhere = ContactImport.objects.create(consortium=make_consortium(), file_name="x")
    assert switch.client.get(switch.url(f"{elsewhere.pk}/")).status_code == 404
    foreign = f"{elsewhere.pk}/invitations/{one('ada@alpha.example').pk}/"
    assert switch.client.post(switch.url(foreign), {"do": "withdraw"}).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_query_counts_do_not_grow(
    switch: Switch, number: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    rows = [f"Alpha University,,p{n}@alpha.example,Comms" for n in range(number)]
    into = switch.bring_in(csv(*rows))
    for _ in range(number):
        contact = make_contact(switch.beta)
        ImportedContact.objects.create(contact_import=into, contact=contact)
    press(switch, into)

    # session, user, desk, import, figures, added and invited (rows, count of each), untold,
    # whom to remind, the menu (members, desks)
    with django_assert_num_queries(13):
        switch.client.get(switch.url(f"{into.pk}/"))


def test_r1_role_taken_meanwhile_is_left_out_and_both_are_told(
    switch: Switch, into: ContactImport
) -> None:
    press(switch, into)
    make_contact(switch.beta, [Role.MAIN])

    accept("clara@beta.example")

    assert Contact.objects.get(email="clara@beta.example").roles == [Role.OTHER]
    told = Mail.objects.filter(kind="roles_left_out").values_list("to", flat=True)
    assert sorted(told) == sorted(["clara@beta.example", switch.desk.main.email])


def test_h7_rows_that_were_left_out_are_forgotten_after_a_month(switch: Switch) -> None:
    into = switch.bring_in(csv("Gamma,Ada,ada@gamma.example,"))
    url = switch.url(f"{into.pk}/left-out.csv")

    forgotten = forget_left_out()
    kept = switch.client.get(url).status_code
    ContactImport.objects.update(created_at=timezone.now() - datetime.timedelta(days=31))

    assert (forgotten, kept, forget_left_out()) == (0, 200, 1)
    assert switch.client.get(url).status_code == 302


def test_a_worker_is_woken_when_send_is_pressed(
    switch: Switch,
    into: ContactImport,
    settings: Settings,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = True

    with django_capture_on_commit_callbacks(execute=True):
        switch.client.post(switch.url(f"{into.pk}/send/"))

    assert set(states(switch, into).values()) == {"open"}
    tasks.sweep_imports()
    tasks.forget_left_out_rows()
    assert sum(mailed().values()) == 3
