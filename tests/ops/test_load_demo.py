"""The demo stays out of the way of real data."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from members.models import Member
from tests.factories import make_member

pytestmark = pytest.mark.django_db


def test_demo_is_not_loaded_beside_real_data() -> None:
    make_member("University of Somewhere")

    with pytest.raises(CommandError, match="This database holds data"):
        call_command("load_demo")

    assert Member.objects.count() == 1


def test_make_run_leaves_a_database_with_data_alone(capsys: Any) -> None:
    make_member("University of Somewhere")

    call_command("load_demo", if_empty=True)

    assert Member.objects.count() == 1
    assert capsys.readouterr().out == ""
