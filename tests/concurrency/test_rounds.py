"""Rounds, confirmations, the lead's switch and reports to ORCID, with two people at once (PG)."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction  # noqa: F401  # the mark below names it
from django.utils import timezone

from contacts.models import Confirmation, ConfirmationRound, Contact, Mail, OrcidReport, Role, User
from contacts.services import confirming, editing, lead_access, orcid_reports, round_steps, rounds
from members.actors import Actor
from members.models import Consortium, Event, Member
from tests.concurrency.test_races import Behind, race
from tests.factories import make_consortium, make_contact, make_member, make_user

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's writers take turns"),
]


@pytest.fixture
def consortium() -> Consortium:
    """Its lead's Main is `manager_of` it, and has no address: the lead asks nobody of its own."""
    consortium = make_consortium()
    consortium.lead = make_member("Lead Library", consortium)
    consortium.save()
    make_user(orcid=make_contact(consortium.lead, [Role.MAIN], email="").orcid)
    return consortium


def manager_of(consortium: Consortium) -> Actor:
    return Actor.lead(_user(Contact.objects.get(member=consortium.lead_id)))


def _user(contact: Contact) -> User:
    return User.objects.get(orcid=contact.orcid)


@pytest.fixture
def main(consortium: Consortium) -> Contact:
    contact = make_contact(make_member("Alpha University", consortium), [Role.MAIN])
    make_user(orcid=contact.orcid)
    return contact


def asked() -> list[str]:
    return list(Mail.objects.filter(kind=Mail.Kind.ROUND_ASKED).values_list("to", flat=True))


def test_two_workers_ask_once(consortium: Consortium, main: Contact) -> None:
    rounds.start_round(consortium_id=consortium.pk, by=manager_of(consortium))

    race(main.member, round_steps.advance, round_steps.advance)

    assert asked() == [main.email]


def test_who_confirms_while_a_worker_is_about_to_remind_is_not_reminded(
    consortium: Consortium, main: Contact
) -> None:
    rounds.start_round(consortium_id=consortium.pk, by=manager_of(consortium))
    by = Actor.contact(_user(main))

    def confirm() -> None:
        confirming.confirm_member(member_id=main.member_id, seen=10**9, by=by)

    race(main.member, confirm, round_steps.advance)

    row = Confirmation.objects.get(member=main.member)
    assert (asked(), row.due_at, row.confirmed_by) == ([], None, by.user)


def test_a_round_that_two_managers_start_is_one(consortium: Consortium) -> None:
    by = manager_of(consortium)

    def start() -> ConfirmationRound:
        return rounds.start_round(consortium_id=consortium.pk, by=by)

    behind = Behind(start)
    with transaction.atomic():
        start()
        behind.start_and_wait_until_blocked()
    behind.join(10)

    assert isinstance(behind.outcome, ValidationError)
    assert ConfirmationRound.objects.count() == 1


def test_two_workers_start_the_years_round_once(consortium: Consortium) -> None:
    Consortium.objects.update(round_month=timezone.localdate().month)
    behind = Behind(rounds.start_yearly_rounds)
    with transaction.atomic():
        rounds.start_yearly_rounds()
        behind.start_and_wait_until_blocked()
    behind.join(10)

    assert (behind.outcome, ConfirmationRound.objects.count()) == (0, 1)


def test_two_people_confirm_at_once_and_neither_is_refused(
    consortium: Consortium, main: Contact
) -> None:
    other = make_contact(main.member)
    make_user(orcid=other.orcid)
    rounds.start_round(consortium_id=consortium.pk, by=manager_of(consortium))

    def confirm(who: Contact) -> Any:
        by = Actor.contact(_user(who))
        return lambda: confirming.confirm_member(member_id=main.member_id, seen=10**9, by=by)

    outcome = race(main.member, confirm(main), confirm(other))

    assert isinstance(outcome, Member)
    row = Confirmation.objects.get(member=main.member)
    assert row.confirmed_by == _user(main)
    assert outcome.confirmed_by == _user(other)


def test_a3_a_change_that_comes_behind_the_switch_is_refused(
    consortium: Consortium, main: Contact
) -> None:
    Member.objects.filter(pk=main.member_id).update(lead_may_manage_contacts=True)
    other = make_contact(main.member)
    by = Actor.contact(_user(main))

    outcome = race(
        main.member,
        lambda: lead_access.set_lead_access(
            member_id=main.member_id, version=None, allowed=False, by=by
        ),
        lambda: editing.edit_contact(
            contact_id=other.pk, version=1, by=manager_of(consortium), email=other.email,
            job_title="Dr",
        ),
    )  # fmt: skip

    assert isinstance(outcome, PermissionDenied)


def test_two_managers_mark_the_same_report_once(consortium: Consortium, main: Contact) -> None:
    editing.edit_contact(
        contact_id=main.pk, version=1, by=Actor.contact(_user(main)), email=main.email,
        family_name="Changed",
    )  # fmt: skip
    by, draft = manager_of(consortium), orcid_reports.draft_report(consortium)

    def mark() -> OrcidReport:
        return orcid_reports.mark_as_sent(
            consortium_id=consortium.pk, since=draft.since, through=draft.through, text="T", by=by
        )

    behind = Behind(mark)
    with transaction.atomic():
        mark()
        behind.start_and_wait_until_blocked()
    behind.join(10)

    assert isinstance(behind.outcome, ValidationError)
    assert (OrcidReport.objects.count(), Event.objects.filter(kind="orcid_told").count()) == (1, 1)


def test_h3_a_report_leaves_out_what_is_not_committed_yet(
    consortium: Consortium, main: Contact
) -> None:
    by = Actor.contact(_user(main))

    def edit() -> None:
        editing.edit_contact(
            contact_id=main.pk, version=1, by=by, email=main.email, family_name="Changed"
        )

    reader = Behind(lambda: orcid_reports.draft_report(consortium))
    with transaction.atomic():
        edit()
        reader.start()
        reader.join(10)
    before = reader.outcome

    after = orcid_reports.draft_report(consortium)

    assert before.members == []
    assert (after.since, before.through < after.through, len(after.members)) == (0, True, 1)
