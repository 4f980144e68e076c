"""The demo consortium: what `make run` promises is there, and loading it again changes nothing."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from contacts.models import AgreementRecord, Contact, DeskSeat, Invitation, Mail, Role, User
from integrations.orcid.ids import is_orcid
from members.identifiers import normalise
from members.models import Consortium, Event, Identifier, Member, Membership
from portal.demo import data, sandbox

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
    assert current.count() == 41
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
    statuses = sorted(invitation.status for invitation in Invitation.objects.all())

    assert statuses == ["expired", "open", "open", "withdrawn"]


def test_only_mails_of_open_invitations_wait_to_be_delivered(demo: Consortium) -> None:
    waiting = Mail.objects.exclude(state=Mail.State.SENT).order_by("to")

    assert [(mail.to, mail.kind, mail.state) for mail in waiting] == [
        ("jukka.virtanen@aanekyla.example", "invitation", "queued"),
        ("vigdis.ro@fjordheim.example", "invitation", "queued"),
    ]
    assert all("/invitations/" in mail.text for mail in waiting)


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
    models = (Consortium, Member, Membership, Identifier, Contact, Invitation, Mail, Event, User)
    return [model._default_manager.count() for model in models]
