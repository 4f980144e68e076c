"""The demo consortium: what `make run` promises is there, and loading it again changes nothing."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from contacts.models import (
    AgreementRecord,
    Announcement,
    Confirmation,
    Contact,
    DeskSeat,
    HelpRequest,
    Invitation,
    LeadChange,
    Mail,
    Recovery,
    Role,
    User,
)
from contacts.services.orcid_reports import draft_report
from integrations.orcid.ids import is_orcid
from integrations.orcid.models import Connection
from integrations.push.models import Delivery
from integrations.push.services import sending
from integrations.works.models import Grant, Keeper, MemberWork, PermissionRequest
from integrations.works.services import member_works
from members.actors import Actor
from members.identifiers import normalise
from members.models import Consortium, Event, Identifier, Member, Membership
from portal.demo import data, sandbox
from portal.demo.settling import settle
from tests.sandbox_server import SandboxServer

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: Any
) -> Iterator[None]:
    """Once for all tests here, which only read; gone with the transaction."""
    with (
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        call_command("load_demo", operator_password="a-demo-password")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded: None) -> Consortium:
    return Consortium.objects.get()


def members_by_status() -> dict[str, int]:
    counted: dict[str, int] = {}
    for period in Membership.objects.all():
        counted[period.status] = counted.get(period.status, 0) + 1
    return counted


def test_demo_holds_a_lead_and_members_of_every_shape(demo: Consortium) -> None:
    current = Contact.objects.current()
    signed_in = current.signed_in().values("pk")

    nobody_left = Member.objects.active().exclude(pk__in=current.values("member"))
    main_never_came = current.with_role(Role.MAIN).exclude(pk__in=signed_in)
    of_two = current.values("orcid").annotate(members=Count("pk")).filter(members=2)

    assert str(demo.lead) == "Northlands Research Network"
    assert members_by_status() == {"active": 15, "pending": 1, "ended": 2}
    assert current.count() == 42
    assert [str(member) for member in nobody_left] == ["Hvammur Institute"]
    assert {str(contact.member) for contact in main_never_came} == {
        "Akademia Nauk w Łąkowej",
        "Äänekylä University of Applied Sciences",
    }
    assert of_two.count() == 1
    assert Member.objects.filter(memberships__consortium=None).count() == 1
    assert Membership.objects.filter(start=None).count() == 1
    assert AgreementRecord.objects.count() == 1
    assert current.filter(outside_domains=True).count() == 1
    assert sorted(DeskSeat.objects.values_list("level", flat=True)) == ["manager", "reader"]


def test_demo_identifiers_and_ids_pass_the_portals_own_checks(demo: Consortium) -> None:
    identifiers = list(Identifier.objects.values_list("scheme", "value"))
    orcids = [person["orcid"] for person in data.people().values()]

    assert {scheme for scheme, _value in identifiers} == set(Identifier.Scheme.values)
    assert [normalise(*pair) for pair in identifiers] == [value for _scheme, value in identifiers]
    assert [orcid for orcid in orcids if not is_orcid(orcid)] == []
    assert len(set(orcids)) == len(orcids)


def test_demo_invitations_are_open_expired_and_withdrawn(demo: Consortium) -> None:
    statuses = sorted(invitation.status for invitation in Invitation.objects.exclude(sent_at=None))

    assert statuses == ["expired", "open", "open", "withdrawn"]


def test_only_mails_with_a_link_to_try_wait_to_be_delivered(demo: Consortium) -> None:
    waiting = Mail.objects.filter(state=Mail.State.QUEUED).order_by("to")

    assert [(mail.to, mail.kind) for mail in waiting] == [
        ("ester.kivela@elsewhere.example", "permission_asked"),
        ("jukka.virtanen@aanekyla.example", "invitation"),
        ("malgorzata.wisniewska@lakowa.example", "recovery_started"),
        ("pawel.swiatek@lakowa.example", "recovery_started"),
        ("vigdis.ro@fjordheim.example", "invitation"),
    ]
    ways = ("/invitations/", "/recovery/", "/permissions/")
    assert all(any(way in mail.text for way in ways) for mail in waiting)


def test_demo_holds_a_help_request_in_each_state_that_the_desk_sees(demo: Consortium) -> None:
    states = HelpRequest.objects.order_by("pk").values_list("state", flat=True)

    assert list(states) == ["declined", "resolved", "escalated", "answered", "open"]


def test_demo_lead_may_recover_and_one_recovery_waits_for_its_days(demo: Consortium) -> None:
    waiting = Recovery.objects.get()

    assert demo.lead_may_recover
    assert (str(waiting.member), str(waiting.contact)) == (
        "Akademia Nauk w Łąkowej",
        "Paweł Świątek",
    )
    assert waiting.state == Recovery.State.WAITING
    assert waiting.takes_effect_at > timezone.now() + datetime.timedelta(days=2)


def test_demo_has_a_round_of_last_year_and_one_open_that_some_have_answered(
    demo: Consortium,
) -> None:
    this_year, last_year = demo.rounds.all()
    answered = this_year.confirmations.exclude(confirmed_at=None)
    stages = this_year.confirmations.values_list("stage", flat=True)

    assert (this_year.closed_at is None, last_year.closed_at is None) == (True, False)
    assert (answered.count(), this_year.confirmations.count()) == (6, 14)
    assert set(stages) == {"main", "others", "lead"}
    assert [row for row in answered if row.confirmed_at != row.member.confirmed_at] == []


def test_demo_rounds_ask_nobody_again_on_the_day_it_is_loaded(demo: Consortium) -> None:
    tomorrow = timezone.now() + datetime.timedelta(days=1)

    assert not Confirmation.objects.filter(due_at__lt=tomorrow).exists()


def test_demo_has_one_announcement_sent_long_ago_and_one_draft(demo: Consortium) -> None:
    draft, sent = demo.announcements.all()
    deliveries = sent.deliveries.values_list("state", flat=True)

    assert (draft.state, sent.state) == ("draft", "sent")
    assert {state: list(deliveries).count(state) for state in set(deliveries)} == {
        "sent": 34,
        "failed": 1,
    }


def test_two_people_of_the_demo_declined_mail_and_got_none(demo: Consortium) -> None:
    declined = Contact.objects.filter(wants_newsletters=False).order_by("given_names")

    assert [str(contact) for contact in declined] == ["Jonas Berg", "Lucía Fernández Peña"]
    assert not Mail.objects.filter(announcement__isnull=False, contact__in=declined).exists()


def test_one_member_of_the_demo_lets_the_lead_manage_and_has_a_change_to_decide(
    demo: Consortium,
) -> None:
    members = Member.objects.filter(lead_may_manage_contacts=True)
    change = LeadChange.objects.get()

    assert [str(member) for member in members] == ["Ögärde University"]
    assert (str(change.member), change.person, change.state) == (
        "Ögärde University",
        "Linnéa Sjögren",
        "open",
    )


def test_demo_has_an_import_of_contacts_that_nobody_has_sent(demo: Consortium) -> None:
    brought = demo.contact_imports.get()

    assert (brought.sent_at, brought.present, brought.left_out) == (None, 1, 1)
    assert [draft.status for draft in brought.invitations.all()] == ["draft"] * 3


def test_demo_told_orcid_months_ago_and_has_something_new_to_tell(demo: Consortium) -> None:
    last = demo.orcid_reports.first()

    assert last is not None
    assert last.sent_at < timezone.now() - datetime.timedelta(days=100)
    assert len(draft_report(demo).members) > 3


def test_demo_flags_a_closed_record_and_a_renamed_member_keeps_its_old_address(
    demo: Consortium, client: Client
) -> None:
    flagged = Contact.objects.exclude(record_state="fine").get()
    old = client.get("/directory/marehav-forlag/")

    assert (flagged.family_name, flagged.record_state) == ("Horváth", "deactivated")
    assert old.headers["Location"] == "/directory/marehav/"


def test_demo_has_a_publications_desk_with_works_in_every_state(demo: Consortium) -> None:
    keeper = Keeper.objects.current().get()
    states = MemberWork.objects.order_by("state").values_list("state", flat=True)
    [sent_in] = MemberWork.objects.exclude(asked_at=None)

    assert (keeper.name, str(keeper.member)) == ("Tove Rønning", "University of Fjordheim")
    assert list(states) == ["draft"] * 2 + ["public"] * 4 + ["validated"]
    assert (str(sent_in), sent_in.origin) == ("Debts between skippers: a network", "researcher")
    assert sent_in.asked_at
    assert sent_in.asked_at < timezone.now() - datetime.timedelta(days=4)


def test_a_work_of_the_demo_that_was_decided_on_is_not_sent_in_any_more(demo: Consortium) -> None:
    [sent_in] = MemberWork.objects.exclude(asked_at=None)
    keeper = Keeper.objects.current().get()
    by = Actor.contact(User.objects.get(orcid=keeper.orcid))
    member_works.set_state(
        member_id=sent_in.member_id, work_ids=[sent_in.pk], state="validated", by=by
    )

    settle()

    sent_in.refresh_from_db()
    assert (sent_in.state, sent_in.asked_at) == ("validated", None)


def test_mails_of_the_demo_count_as_sent_where_a_request_has_lost_its_mail(
    demo: Consortium,
) -> None:
    past = Mail.objects.filter(state=Mail.State.SENT).latest("pk")
    Mail.objects.filter(pk=past.pk).update(state=Mail.State.QUEUED, sent_at=None)
    PermissionRequest.objects.live().update(mail=None)

    settle()

    past.refresh_from_db()
    assert past.state == Mail.State.SENT


def test_public_works_of_the_demo_go_to_records_and_one_says_what_it_lacks(
    demo: Consortium, orcid: SandboxServer, settings: Any
) -> None:
    secret, portal = settings.ORCID_CLIENT_SECRET, {"client_id": settings.ORCID_CLIENT_ID}
    for entry in sandbox.people_file(client_secret=secret, redirect_uris=[])["people"]:
        orcid.add_person(**entry | {"permissions": [one | portal for one in entry["permissions"]]})

    for connection in Connection.objects.all():
        while sending.deliver(connection_id=connection.pk):
            pass

    deliveries = {
        (str(MemberWork.objects.get(pk=row.item_id)), row.connection.name): (row.state, row.problem)
        for row in Delivery.objects.select_related("connection")
    }
    arrivals = "Arrivals at the harbour of Fjordheim, 1780–1820"
    assert deliveries == {
        ("Timber on the tide: a harbour ledger, 1788–1803", "Eirik Vold"): ("in_orcid", ""),
        (arrivals, "Eirik Vold"): ("in_orcid", ""),
        (arrivals, "Sunniva Aas"): ("in_orcid", ""),
        ("Who owned the quay?", "Sunniva Aas"): (
            "failed",
            "It has no identifier of its own, such as a DOI or an ISBN.",
        ),
    }


def test_one_researcher_of_the_demo_has_not_connected_and_one_has_not_answered(
    demo: Consortium,
) -> None:
    connected = Connection.objects.values("orcid")
    without = Grant.objects.in_force().exclude(person__orcid__in=connected)

    assert [grant.person.name for grant in without] == ["Magnus Eide"]
    assert [row.person_id for row in PermissionRequest.objects.live()] == [None]


def test_demo_history_goes_back_years_in_the_order_of_the_feed(demo: Consortium) -> None:
    dates = list(Event.objects.order_by("pk").values_list("created_at", flat=True))

    assert dates == sorted(dates)
    assert dates[0] < timezone.now() - datetime.timedelta(days=4 * 365)
    assert dates[-1] <= timezone.now()


def test_loading_the_demo_again_changes_nothing(demo: Consortium, capsys: Any) -> None:
    before = contents()

    call_command("load_demo")

    assert contents() == before
    assert capsys.readouterr().out == "The demo is loaded already. Nothing was changed.\n"


def test_operator_has_the_password_that_was_given(demo: Consortium) -> None:
    operator = User.objects.get(is_superuser=True)

    assert operator.email == "operator@northlands.example"
    assert operator.check_password("a-demo-password")
    assert operator.orcid is None


def test_sandbox_knows_the_same_people_and_the_portal_as_client() -> None:
    file = sandbox.people_file(client_secret="s", redirect_uris=["http://127.0.0.1:9/back/"])

    shown = {person["orcid"]: person["emails"][0] for person in file["people"]}
    findable, hidden = (data.people()[key] for key in (data.FINDABLE, data.HIDDEN))

    assert list(shown) == [person["orcid"] for person in data.people().values()]
    assert shown[findable["orcid"]]["visibility"] == "public"
    assert shown[hidden["orcid"]]["visibility"] == "private"
    assert file["clients"][0]["redirect_uris"] == ["http://127.0.0.1:9/back/"]


def contents() -> list[int]:
    models = (
        *(Consortium, Member, Membership, Identifier, Contact, Invitation, Mail, Event, User),
        *(Announcement, Confirmation, HelpRequest, LeadChange, Recovery),
        *(Connection, Delivery, Grant, Keeper, MemberWork, PermissionRequest),
    )
    return [model._default_manager.count() for model in models]
