"""Fixtures of this room: a member of a consortium, and a place for logos that goes away."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from members.models import Consortium, Member
from tests.factories import make_consortium, make_member


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def consortium(db: None) -> Consortium:
    return make_consortium("United Kingdom")


@pytest.fixture
def member(consortium: Consortium) -> Member:
    return make_member("University of Ambridge", consortium)


HEADER = "legal_name,country,community,website,ror,grid,city,start"


@pytest.fixture
def chile(db: None) -> Consortium:
    return make_consortium("Chile", slug="cl")


@pytest.fixture
def run(chile: Consortium, tmp_path: Path) -> Any:
    """Run the command on rows under `HEADER`, or on a file; gives back what it printed."""

    def run_(*rows: str, header: str = HEADER, file: Path | None = None, **options: Any) -> str:
        if file is None:
            file = tmp_path / "members.csv"
            file.write_text("\n".join([header, *rows]), encoding="utf-8")
        out = io.StringIO()
        call_command(
            "import_members",
            file,
            consortium="cl",
            stdout=out,
            stderr=out,
            no_color=True,
            **options,
        )
        return out.getvalue()

    return run_
