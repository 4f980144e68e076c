"""A1: somebody else's list is not there, whatever one asks for."""

import pytest
from django.test import Client
from django.urls import reverse

from integrations.works.models import Work
from tests.factories import make_user, make_work

pytestmark = pytest.mark.django_db


def test_a1_the_work_of_another_person_is_not_there() -> None:
    work = make_work(make_user(), "Only mine", visibility="private")
    client = Client()
    client.force_login(make_user())
    url = reverse("works:edit", args=[work.pk])

    read = client.get(url)
    changed = client.post(url, {"title": "Taken", "type": "book", "version": work.version})

    assert (read.status_code, changed.status_code) == (404, 404)
    assert b"Only mine" not in read.content
    assert Work.objects.get().title == "Only mine"
