"""O7: what is not public at ORCID is seen by its owner alone, not by the operator either."""

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.models import User
from integrations.works.models import Work
from tests.admin.operator import operator_client
from tests.works_own.conftest import make_orcid_work, make_work

pytestmark = pytest.mark.django_db


def test_o7_the_operator_sees_public_works_only(person: User) -> None:
    make_orcid_work(person, "Shown to everyone")
    private = [
        make_orcid_work(person, "Secret private", visibility=Work.Visibility.PRIVATE),
        make_orcid_work(person, "Secret limited", visibility=Work.Visibility.LIMITED),
        make_orcid_work(person, "Secret hidden", hidden_at=timezone.now()),
        make_orcid_work(person, "Secret that left", left_orcid_at=timezone.now()),
        make_work(person, "Secret typed"),
    ]
    operator = operator_client()

    for search in ("", "?q=Secret"):
        page = operator.get(reverse("admin:works_work_changelist") + search).content.decode()
        assert not [work.title for work in private if work.title in page]
        assert ("Shown to everyone" in page) is (search == "")
    for work in private:
        for name in ("change", "history", "delete"):
            address = reverse(f"admin:works_work_{name}", args=[work.pk])
            answer = operator.get(address, follow=True)
            assert work.title not in answer.content.decode()
