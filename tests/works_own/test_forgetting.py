"""H7: what a person had here goes with their account."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from contacts.models import Run, User
from contacts.services import erasing
from integrations.works.models import Work
from integrations.works.services import forgetting
from members.actors import Actor
from tests.works_own.conftest import make_orcid_work, make_work
from tests.works_own.test_importing import CSL, go, upload

pytestmark = pytest.mark.django_db


def test_h7_works_and_files_of_an_emptied_account_are_deleted(
    browser: Client, person: User, other: User, django_capture_on_commit_callbacks: Any
) -> None:
    make_orcid_work(person, "Private", visibility=Work.Visibility.PRIVATE)
    kept = make_work(other, "Somebody else's")
    upload(browser, CSL, "ana-garcia.json")
    file = Path(Run.objects.get().file.path)
    assert file.exists()

    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase_person(user_id=person.pk, by=Actor.system())
    forgetting.forget()

    assert list(Work.objects.all()) == [kept]
    assert not Run.objects.exists()
    assert not file.exists()


def test_h7_finished_files_are_forgotten_in_time(browser: Client, person: User) -> None:
    upload(browser, CSL, "ana-garcia.json")
    go(browser)
    forgetting.forget()
    assert Run.objects.exists()
    long_ago = timezone.now() - datetime.timedelta(days=settings.RETAIN_MAIL_LOG_DAYS + 1)
    Run.objects.update(finished_at=long_ago)

    forgetting.forget()

    assert not Run.objects.exists()
    assert Work.objects.of(person).count() == 1
