"""The API's description: valid, without warnings, and the one in docs/ is this one."""

from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

COMMITTED = Path(configured.BASE_DIR) / "docs" / "api-schema.yaml"


def test_committed_schema_is_current(tmp_path: Path, settings: Settings):
    settings.SESSION_COOKIE_NAME = "__Host-sessionid"  # as wherever it is reached by https
    written = tmp_path / "schema.yaml"

    call_command("spectacular", validate=True, fail_on_warn=True, file=str(written))

    hint = "run: manage.py spectacular --validate --fail-on-warn --file docs/api-schema.yaml"
    assert written.read_text() == COMMITTED.read_text(), hint


@pytest.mark.django_db
def test_documentation_loads_its_script_from_here(client: Client):
    page = client.get("/api/docs/").text
    script = client.get("/api/docs/?script=")

    assert '<script src="/api/docs/?script="></script>' in page
    assert script["Content-Type"] == "application/javascript"
    assert 'url: "/api/schema/"' in script.text
