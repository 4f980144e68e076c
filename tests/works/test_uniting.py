"""Two users turn out to be one person (C8): what was the former's follows."""

import pytest

from contacts.models import Run
from contacts.services.moving import move_orcid
from integrations.works.models import Grant, Pull, Work
from members.actors import Actor
from tests.factories import make_connection, make_member, make_user, make_work

pytestmark = pytest.mark.django_db


def test_c8_works_grants_and_runs_follow_the_person() -> None:
    former, present, member = make_user(), make_user(), make_member()
    make_work(former, "Only there")
    make_work(present, "Here")
    Grant.objects.create(person=former, member=member, purpose="list")
    draft = Run.objects.create(kind="works_import", state="draft", started_by=former)
    Run.objects.create(kind="works_pull", state="queued", started_by=former)

    move_orcid(old=str(former.orcid), new=str(present.orcid), by=Actor.system())

    titles = Work.objects.of(present).values_list("title", flat=True)
    assert sorted(titles) == ["Here", "Only there"]
    assert Grant.objects.current().get().person == present
    assert list(Run.objects.filter(started_by=present)) == [draft]


def test_c8_a_work_that_both_had_is_one_with_what_was_edited() -> None:
    former, present = make_user(), make_user()
    make_work(former, "Edited there", put_code=7, edited_fields=["title"])
    kept = make_work(present, "From ORCID", put_code=7)

    move_orcid(old=str(former.orcid), new=str(present.orcid), by=Actor.system())

    one = Work.objects.get()
    assert (one.pk, one.person, one.title) == (kept.pk, present, "Edited there")


def test_c8_a_permission_that_both_gave_is_one() -> None:
    former, present, member = make_user(), make_user(), make_member()
    for person in (former, present):
        Grant.objects.create(person=person, member=member, purpose="push")

    move_orcid(old=str(former.orcid), new=str(present.orcid), by=Actor.system())

    assert Grant.objects.current().get().person == present


def test_c8_the_record_is_read_anew() -> None:
    former, present = make_user(), make_user()
    for person in (former, present):
        Pull.objects.create(connection=make_connection(person.orcid or ""), fingerprint="seen")

    move_orcid(old=str(former.orcid), new=str(present.orcid), by=Actor.system())

    pull = Pull.objects.get()
    assert (pull.connection.orcid, pull.fingerprint) == (present.orcid, "")
    assert pull.due_at is not None
