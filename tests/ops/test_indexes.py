"""What is looked up for every row of a list is found by an index, on the embedded default as well."""

import pytest
from django.db import connection

from contacts.models import User


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads short tables whole")
def test_people_are_found_by_their_id_without_reading_them_all() -> None:
    plan = User.objects.filter(orcid="0000-0002-1825-0097").order_by().explain()

    assert "user_orcid_once" in plan
