"""H4, H7: once somebody is gone, nothing here names them, wherever they were held."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection, models

from contacts import held
from contacts.models import Contact, ContactImport, Mail, OrcidReport, User
from contacts.services import erasing
from integrations.orcid.models import Connection
from members.actors import Actor
from members.models import Event
from tests.factories import make_contact, make_user
from tests.rights.relations import relations_to_people
from tests.rights.somebody import AT_WORK, NAME, Somebody, make_somebody

pytestmark = pytest.mark.django_db

# Where their name may still stand, and why.
STAYS = {
    "works.MemberWork.contributors": "an institution’s publications name their authors",
    "works.MemberWork.search_key": "the same",
}


# What may still point at the emptied account, beside what says that they did something, and why.
STILL_POINTS = {"contacts.Run.started_by": "a desk’s job is the desk’s until its own time is over"}
# The person who is erased has none of it: why.
NOT_THERE = {"orcid.UnwantedToken": "goes when ORCID was told, before the connection does"}


@pytest.fixture
def somebody() -> Somebody:
    return make_somebody()


def texts() -> Iterator[tuple[str, str]]:
    """Every value of every row of every table, as text, decrypted where it is encrypted."""
    for model in apps.get_models(include_auto_created=True):
        fields = [field for field in model._meta.concrete_fields if not field.is_relation]
        names = [field.attname for field in fields]
        for row in model._default_manager.values_list(*names):
            for name, value in zip(names, row, strict=True):
                yield f"{model._meta.label}.{name}", _text(model, value)


def _text(model: type[models.Model], value: Any) -> str:
    if model is Session and isinstance(value, str):
        value = SessionStore().decode(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def places_of(somebody: Somebody) -> set[str]:
    """Where something of the person is found: models and columns."""
    strings = [one.lower() for one in somebody.strings]
    return {where for where, text in texts() if any(one in text.lower() for one in strings)}


def test_h4_before_it_is_erased_a_person_is_found_in_every_such_place(somebody: Somebody) -> None:
    tables = {where.rpartition(".")[0] for where in places_of(somebody)}

    assert tables >= {
        "account.EmailAddress", "admin.LogEntry", "contacts.Contact", "contacts.ContactImport",
        "contacts.HelpRequest", "contacts.Invitation", "contacts.LeadChange", "contacts.Mail",
        "contacts.OrcidReport", "contacts.ApiToken", "contacts.Profile", "contacts.Run",
        "contacts.User", "members.Event", "orcid.Connection", "socialaccount.SocialAccount",
        "works.Keeper", "works.MemberWork", "works.PermissionRequest", "works.Work",
    }  # fmt: skip


def test_h4_nothing_names_a_person_who_was_erased(somebody: Somebody) -> None:
    Connection.objects.update(state=Connection.State.ENDED)

    erasing.erase_person(user_id=somebody.user.pk, by=Actor.system())
    Mail.objects.filter(kind=Mail.Kind.ACCOUNT_CLOSED).update(state="sent", text="", html="")
    erasing.finish_closings()

    assert places_of(somebody) == set(STAYS)


def pointing_at(user: User) -> set[str]:
    """Relations by which some row still points at an account."""
    models_of = {label: apps.get_model(label) for label in _labels(relations_to_people())}
    return {
        f"{label}.{field.name}"
        for label, model in models_of.items()
        for field in model._meta.get_fields()
        if field.concrete and field.related_model is User
        if model._default_manager.filter(**{field.name: user}).exists()
    }


def _labels(relations: set[str]) -> set[str]:
    return {where.rpartition(".")[0] for where in relations}


def test_h4_the_person_who_is_erased_is_in_every_table_that_knows_people(
    somebody: Somebody,
) -> None:
    """So that a new one cannot be forgotten by the tests beside this one."""
    tables = _labels(relations_to_people()) - set(NOT_THERE)

    empty = {label for label in tables if not apps.get_model(label)._default_manager.exists()}

    assert empty == set()


def test_h4_only_what_says_that_they_did_something_points_at_an_emptied_account(
    somebody: Somebody,
) -> None:
    before = pointing_at(somebody.user)

    erasing.erase_person(user_id=somebody.user.pk, by=Actor.system())

    after = pointing_at(somebody.user) - held.deeds()
    assert {"works.Grant.person", "contacts.ApiToken.user"} <= before
    assert after == set(STILL_POINTS)


def test_h4_what_is_about_others_stays(somebody: Somebody) -> None:
    Connection.objects.update(state=Connection.State.ENDED)

    erasing.erase_person(user_id=somebody.user.pk, by=Actor.system())

    assert OrcidReport.objects.get().text == "New contact: …, …, …\nLeft: Otto Other"
    assert ContactImport.objects.get().left_out_rows == [{"email": "other@alpha.example"}]
    assert Contact.objects.get() == somebody.other
    [signed] = Event.objects.filter(kind=Event.Kind.AGREEMENT_RECORDED)
    assert signed.personal


def test_h4_user_is_emptied_never_deleted(somebody: Somebody) -> None:
    erasing.erase_person(user_id=somebody.user.pk, by=Actor.system())

    user = User.objects.get(pk=somebody.user.pk)
    assert (user.orcid, user.own_name, user.is_active) == (None, "?", False)
    assert user.emptied_at
    assert Event.objects.filter(actor=user).exists()


def test_an_address_that_others_have_too_is_left_to_them(somebody: Somebody) -> None:
    make_contact(somebody.member, email=AT_WORK)

    erasing.erase_person(user_id=somebody.user.pk, by=Actor.system())

    assert Mail.objects.filter(to=AT_WORK, announcement__isnull=False).exists()


def test_c8_an_account_that_became_theirs_is_emptied_with_it(somebody: Somebody) -> None:
    former = make_user(None, name=NAME, is_active=False, became=somebody.user)

    erasing.erase_person(user_id=somebody.user.pk, by=Actor.system())

    former.refresh_from_db()
    assert former.name == ""
    assert former.emptied_at


def test_erasing_twice_changes_nothing(somebody: Somebody) -> None:
    erasing.erase_person(user_id=somebody.user.pk, by=Actor.system())
    before = Event.objects.count()

    erasing.erase_person(user_id=somebody.user.pk, by=Actor.system())

    assert Event.objects.count() == before


def test_a_worker_that_died_is_no_reason_to_stop(
    somebody: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    erasing.close_account(user_id=somebody.user.pk, by=Actor.contact(somebody.user))

    assert erasing.finish_closings() == 1

    somebody.user.refresh_from_db()
    assert somebody.user.emptied_at
    assert somebody.user.closing is None


class Killed(BaseException):
    """The worker is gone: nothing of ours handles it."""


@pytest.mark.parametrize("statement", [5, 35, 65, 95, 125])
def test_killed_at_any_statement_beat_finishes_it(somebody: Somebody, statement: int) -> None:
    Connection.objects.update(state=Connection.State.ENDED)
    erasing.close_account(user_id=somebody.user.pk, by=Actor.contact(somebody.user))
    done = 0

    def kill(execute: Any, *call: Any) -> Any:
        nonlocal done
        done += 1
        if done == statement:
            raise Killed
        return execute(*call)

    with connection.execute_wrapper(kill), pytest.raises(Killed):
        erasing.carry_out(user_id=somebody.user.pk)
    erasing.finish_closings()
    Mail.objects.filter(kind=Mail.Kind.ACCOUNT_CLOSED).update(state="sent", text="", html="")
    erasing.finish_closings()

    assert places_of(somebody) == set(STAYS)


def test_one_that_cannot_be_emptied_does_not_keep_the_others(
    somebody: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    ill, well = make_user(name="Ill One"), make_user(name="Well One")
    for user in (ill, well):
        erasing.close_account(user_id=user.pk, by=Actor.contact(user))
    real = erasing.empty_user

    def fail_for_ill(*, user_id: int, by: Actor) -> bool:
        if user_id == ill.pk:
            raise RuntimeError
        return real(user_id=user_id, by=by)

    monkeypatch.setattr(erasing, "empty_user", fail_for_ill)

    assert erasing.finish_closings() == 1
    well.refresh_from_db()
    assert well.emptied_at
