"""H7: what has run out goes by beat, and what has not stays."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from pytest_django import Settings

from contacts import tasks
from contacts.models import (
    ApiToken,
    AssertedAffiliation,
    Contact,
    InstitutionalSignIn,
    OrcidReport,
    Role,
    Run,
    User,
)
from contacts.services import _belongings, leaving, retention, tokens
from integrations.orcid.models import Connection
from integrations.push.models import Delivery
from integrations.works.models import Keeper
from integrations.works.services import forgetting
from members.actors import Actor
from members.models import Event, Member
from tests.factories import (
    ago,
    make_connection,
    make_consortium,
    make_contact,
    make_member,
    make_user,
    make_work,
)

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


@pytest.fixture
def member() -> Member:
    return make_member("Alpha", make_consortium("North"))


LONG_AGO: dict[str, Any] = {"date_joined": ago(800), "last_login": ago(366)}


def test_ended_connections_are_deleted_after_twelve_months_with_what_hangs_on_them(
    member: Member,
) -> None:
    ended = {"state": Connection.State.ENDED}
    people = [make_user() for _number in range(3)]
    old = make_connection(str(people[0].orcid), state_changed_at=ago(366), **ended)
    lately = make_connection(str(people[1].orcid), state_changed_at=ago(364), **ended)
    active = make_connection(str(people[2].orcid), state_changed_at=ago(800))
    Delivery.objects.create(connection=old, section="work", item_id=1, member=member)

    tasks.finish_closings()

    assert set(Connection.objects.all()) == {lately, active}
    assert not Delivery.objects.exists()


def test_ended_connection_of_nobody_goes_at_once_but_not_before_orcid_knows() -> None:
    make_connection(state=Connection.State.ENDED)
    ending = make_connection(state=Connection.State.ENDING)

    tasks.finish_closings()

    assert Connection.objects.get() == ending


def test_what_institutions_no_longer_say_is_forgotten(member: Member) -> None:
    sign_in = InstitutionalSignIn.objects.create(
        member=member,
        protocol="oidc",
        slug="alpha",
        issuer="i",
        help_name="h",
        help_url="https://h",
    )
    said = {"member": member, "sign_in": sign_in, "since": ago(800)}
    AssertedAffiliation.objects.create(person=make_user(), until=ago(366), **said)
    kept = [
        AssertedAffiliation.objects.create(person=make_user(), until=ago(364), **said),
        AssertedAffiliation.objects.create(person=make_user(), **said),
    ]

    tasks.erase_expired()

    assert set(AssertedAffiliation.objects.all()) == set(kept)


def test_tokens_that_are_over_go_with_their_names_in_the_history(member: Member) -> None:
    person = make_user(make_contact(member, [Role.MAIN]).orcid)
    for name in ("Old", "New"):
        tokens.make_token(
            name=name, days=3, can_write=False, by=Actor.contact(person), member_id=member.pk
        )
    ApiToken.objects.filter(name="Old").update(expires_at=ago(366))

    tasks.erase_expired()

    assert ApiToken.objects.get().name == "New"
    made = Event.objects.filter(kind=Event.Kind.TOKEN_MADE).order_by("pk")
    assert [event.personal for event in made] == [None, {"token_name": "New"}]


def test_jobs_of_desks_are_forgotten(member: Member) -> None:
    consortium = member.memberships.get().consortium
    job = {"kind": "member_import", "consortium": consortium, "started_by": make_user()}
    Run.objects.create(state="done", finished_at=ago(366), **job)
    kept = Run.objects.create(state="done", finished_at=ago(364), **job)

    tasks.erase_expired()

    assert Run.objects.get() == kept


def test_admins_log_forgets_what_rows_were_called() -> None:
    kind = ContentType.objects.get_for_model(User)
    for days in (366, 364):
        LogEntry.objects.create(
            user=make_user(), content_type=kind, object_id="1", object_repr=f"Lea {days}",
            action_flag=CHANGE, change_message="Changed Lea.", action_time=ago(days),
        )  # fmt: skip

    tasks.erase_expired()

    log = LogEntry.objects.order_by("action_time")
    assert [(one.object_repr, one.change_message) for one in log] == [
        ("…", ""), ("Lea 364", "Changed Lea."),
    ]  # fmt: skip


def test_account_without_an_id_runs_out_too() -> None:
    old = make_user(None, name="Ina Institution", **LONG_AGO)
    make_work(old)

    retention.empty_former_users()

    old.refresh_from_db()
    assert (old.name, bool(old.emptied_at)) == ("", True)
    assert not old.works.exists()


def test_account_that_was_only_deactivated_keeps_its_works() -> None:
    closed = make_user(None, name="Ina Institution", is_active=False)
    work = make_work(closed)

    tasks.erase_expired()
    forgetting.forget()

    assert list(closed.works.all()) == [work]


def test_whoever_keeps_a_members_works_stays_though_they_never_come(member: Member) -> None:
    keeper = make_user(name="Kim Keeper", **LONG_AGO)
    Keeper.objects.create(
        member=member, orcid=str(keeper.orcid), name="Kim", email="k@alpha.example"
    )

    retention.empty_former_users()

    keeper.refresh_from_db()
    assert keeper.name == "Kim Keeper"


def test_former_contact_erased_on_request_is_in_no_report_either(member: Member) -> None:
    contact = make_contact(member, given_names="Lea", family_name="Leaving")
    consortium = member.memberships.get().consortium
    assert consortium
    OrcidReport.objects.create(
        consortium=consortium, since_event=0, through_event=1, sent_by=make_user(),
        text=f"Lea Leaving, {contact.orcid}",
    )  # fmt: skip
    leaving.remove_contact(contact_id=contact.pk, by=SYSTEM)
    operator = make_user(None, is_staff=True, is_superuser=True)

    retention.erase_former_contact(contact_id=contact.pk, by=Actor.operator(operator))

    assert OrcidReport.objects.get().text == "…, …"


def test_files_of_people_that_no_row_knows_are_deleted(tmp_path: Path, settings: Settings) -> None:
    """A worker that dies after an account was emptied leaves its picture behind."""
    settings.MEDIA_ROOT = tmp_path
    make_user(picture="people/hers.webp")
    Run.objects.create(kind="works_import", started_by=make_user(), file="runs/hers.csv")
    names = ["people/lost.webp", "people/hers.webp", "runs/lost.csv", "runs/hers.csv"]
    for name in [*names, "people/just-now.webp", "logos/lost.png"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    for name in [*names, "logos/lost.png"]:
        os.utime(tmp_path / name, (ago(2).timestamp(),) * 2)

    tasks.erase_expired()

    left = sorted(str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*.*"))
    assert left == [
        "logos/lost.png", "people/hers.webp", "people/just-now.webp", "runs/hers.csv",
    ]  # fmt: skip


def test_one_that_cannot_be_erased_keeps_none_of_the_others(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, other = (make_contact(member, removed_at=ago(400)) for _number in range(2))
    long_gone = make_user(**LONG_AGO)
    real = _belongings.erase_contacts

    def erase(contacts: Any, gone: Any) -> Any:
        if stuck in contacts:
            raise RuntimeError
        return real(contacts, gone)

    monkeypatch.setattr(_belongings, "erase_contacts", erase)

    tasks.erase_expired()

    assert list(Contact.objects.values_list("pk", flat=True)) == [stuck.pk]
    assert other.pk != stuck.pk
    long_gone.refresh_from_db()
    assert long_gone.emptied_at


def test_every_period_has_a_task_of_beat() -> None:
    tasks_of_beat = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert tasks_of_beat >= {
        "contacts.erase_expired", "contacts.finish_closings", "contacts.forget_left_out_rows",
        "push.forget_attempts", "works.forget_permissions", "portal.clear_sessions",
    }  # fmt: skip
