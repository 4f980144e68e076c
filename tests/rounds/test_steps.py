"""Who is asked when: the Main, then the others, then the lead; nobody twice for one step."""

import datetime
from unittest.mock import patch

import pytest

from contacts.models import Confirmation, Mail, Role
from contacts.services import round_steps, rounds
from contacts.tasks import advance_rounds
from members.models import Event, Membership
from tests.factories import make_contact, make_member
from tests.mails.test_contents import assert_says
from tests.rounds.conftest import Scene, confirm, days_pass, make_org, of, signed_in, told

ASKED, REMINDED = Mail.Kind.ROUND_ASKED, Mail.Kind.ROUND_REMINDED
UNANSWERED = Mail.Kind.ROUND_UNANSWERED


@pytest.fixture(autouse=True)
def _lead_has_answered(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lead is a member too; here it is not what the test is about."""
    add = rounds._add_members  # noqa: SLF001  # what is replaced

    def without_lead(begun) -> int:
        number = add(begun)
        begun.confirmations.filter(member=scene.lead).delete()
        return number - 1

    monkeypatch.setattr(rounds, "_add_members", without_lead)


def test_the_main_is_asked_with_the_way_to_the_page(scene: Scene) -> None:
    org = make_org(scene)
    scene.start()

    advance_rounds()

    assert told(ASKED) == [org.main.email]
    mail = Mail.objects.get(kind=ASKED)
    assert mail.subject == "Are the contacts of Alpha University still right?"
    assert_says(
        mail,
        "Dear Mai Ngo",
        "Round Consortium asks each of its members",
        "Please look at those of Alpha University.",
        "http://testserver/tools/alpha-university/confirm/",
    )
    assert "has not answered" not in mail.text
    assert (of(org).stage, of(org).reminders) == ("main", 0)


def test_starting_sends_nothing_in_the_request_and_sweeping_twice_asks_once(scene: Scene) -> None:
    make_org(scene)

    scene.start()
    at_start = told(ASKED)
    round_steps.advance()
    round_steps.advance()

    assert (at_start, len(told(ASKED))) == ([], 1)


def test_whoever_does_not_answer_is_reminded_then_others_then_the_lead(scene: Scene) -> None:
    org = make_org(scene)
    scene.start()
    round_steps.advance()
    seen = []

    for _week in range(6):
        days_pass(7)
        row = of(org)
        seen.append((row.stage, row.reminders, len(told(ASKED)), len(told(REMINDED))))

    main, tech = org.main.email, org.tech.email
    assert seen == [
        ("main", 1, 1, 1),
        ("main", 2, 1, 2),
        ("others", 3, 2, 3),
        ("others", 4, 2, 5),
        ("lead", 4, 2, 5),
        ("lead", 4, 2, 5),
    ]
    assert told(ASKED) == [main, tech]
    assert told(REMINDED)[:3] == [main, main, main]
    assert sorted(told(REMINDED)[3:]) == sorted([main, tech])
    assert told(UNANSWERED) == [scene.manager.email]
    assert_says(Mail.objects.filter(kind=REMINDED)[0], "Nobody has answered yet.", "Dear ")
    assert "because the Main relationship contact has not answered" in (
        Mail.objects.get(kind=ASKED, to=tech).text
    )


def test_the_lead_gets_one_mail_for_all_who_have_not_answered(scene: Scene) -> None:
    make_org(scene, "Beta University", signed_in=())
    make_org(scene, "Alpha University", signed_in=())
    begun = scene.start()

    round_steps.advance()

    [mail] = Mail.objects.filter(kind=UNANSWERED)
    assert mail.to == scene.manager.email  # not the reader
    assert mail.subject == "Confirmation round: 2 members have not answered"
    assert_says(
        mail,
        "In the confirmation round of Round Consortium these members have not answered",
        "Alpha University",
        "Beta University",
        f"http://testserver/lead/round-consortium/rounds/{begun.pk}/?state=lead",
    )


def test_a_main_who_never_signed_in_is_not_waited_for(scene: Scene) -> None:
    org = make_org(scene, signed_in=("tech",))
    scene.start()

    round_steps.advance()

    assert of(org).stage == "others"
    assert sorted(told(ASKED)) == sorted([org.main.email, org.tech.email])


def test_a_member_without_main_starts_with_the_others(scene: Scene) -> None:
    org = make_org(scene)
    org.main.role_assignments.update(role=Role.COMMS)
    scene.start()

    round_steps.advance()

    assert (of(org).stage, len(told(ASKED))) == ("others", 2)


def test_a_main_who_leaves_meanwhile_hands_the_question_on(scene: Scene) -> None:
    org = make_org(scene)
    scene.start()
    round_steps.advance()
    signed_in(org.main).post(f"/tools/{org.member.slug}/contacts/leave/", {"confirm_gap": "on"})
    org.main.role_assignments.all().delete()
    org.main.removed_at = of(org).asked_at
    org.main.save()

    days_pass(7)

    assert (of(org).stage, told(ASKED)) == ("others", [org.main.email, org.tech.email])


def test_who_has_confirmed_is_left_in_peace(scene: Scene) -> None:
    org = make_org(scene)
    scene.start()
    round_steps.advance()
    confirm(signed_in(org.tech), org.member)

    days_pass(40)

    assert (told(REMINDED), told(UNANSWERED), of(org).stage) == ([], [], "main")


def test_after_the_worker_was_down_the_others_have_time_before_the_lead_hears(
    scene: Scene,
) -> None:
    org = make_org(scene)
    scene.start()
    round_steps.advance()

    days_pass(50)
    days_pass(1)
    stage_then = of(org).stage
    days_pass(7)

    assert (stage_then, of(org).stage) == ("others", "lead")


def test_a_member_that_has_left_is_not_asked(scene: Scene) -> None:
    org = make_org(scene)
    scene.start()
    Membership.objects.filter(member=org.member).update(end="2020-01-01")

    round_steps.advance()

    assert (told(ASKED), of(org).due_at) == ([], None)


def test_a_closed_round_asks_nobody(scene: Scene) -> None:
    org = make_org(scene)
    begun = scene.start()
    rounds.close_round(round_id=begun.pk, by=scene.by)
    rounds.close_round(round_id=begun.pk, by=scene.by)

    round_steps.advance()

    assert (told(ASKED), of(org).due_at) == ([], None)
    events = Event.objects.filter(consortium=scene.consortium).order_by("pk")
    assert [event.kind for event in events] == ["round_started", "round_closed"]


def test_a_worker_killed_in_a_step_loses_nothing_and_mails_nobody_twice(scene: Scene) -> None:
    org = make_org(scene)
    scene.start()

    class Killed(BaseException):
        """Not an error that anything would catch."""

    with (
        patch.object(Confirmation, "save", side_effect=Killed),  # the mail was a row by then
        pytest.raises(Killed),
    ):
        round_steps.advance()
    after_the_kill = told(ASKED)
    round_steps.advance()

    assert (after_the_kill, told(ASKED)) == ([], [org.main.email])


def test_what_fails_for_one_member_does_not_hold_up_the_others(scene: Scene) -> None:
    bad, good = make_org(scene, "Bad University"), make_org(scene, "Good University")
    scene.start()
    mail = round_steps._mail  # noqa: SLF001  # what is replaced

    def fails_for_bad(kind, row, contact) -> None:
        if row.member_id == bad.member.pk:
            raise RuntimeError
        mail(kind, row, contact)

    with patch.object(round_steps, "_mail", fails_for_bad):
        round_steps.advance()
    first = told(ASKED)
    round_steps.advance()

    assert (first, told(ASKED)) == ([good.main.email], [good.main.email, bad.main.email])


def test_a_contact_without_an_address_is_not_counted_on(scene: Scene) -> None:
    org = make_org(scene, signed_in=("main",))
    org.main.email = ""
    org.main.save()
    scene.start()

    round_steps.advance()

    assert (of(org).stage, told(ASKED)) == ("lead", [])


def test_members_of_others_and_those_to_come_are_not_in_the_round(scene: Scene) -> None:
    org = make_org(scene)
    make_member("Direct University")
    make_contact(make_member("Soon", scene.consortium, start=datetime.date(2999, 1, 1)))

    begun = scene.start()

    assert [row.member for row in begun.confirmations.all()] == [org.member]
    event = Event.objects.get(kind=Event.Kind.ROUND_STARTED)
    assert (event.changes, event.capacity) == ({"round": begun.pk, "members": 1}, "lead")
    assert event.actor == scene.by.user
