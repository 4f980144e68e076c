"""The whole API against its own description, with a lead's and with a member's token.

Schemathesis makes questions up, good ones and bad ones, the same in each run: nothing may break, and
every answer must be one that the description knows. CONTRACT_EXAMPLES asks for more of them.
"""

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import yaml
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from contacts.models import User
from tests.access.conftest import kept_world, world
from tests.access.world import World
from tests.api.calling import secret_for

pytestmark = pytest.mark.django_db
__all__ = ["kept_world", "world"]
DESCRIPTION = yaml.safe_load((settings.BASE_DIR / "docs/api-schema.yaml").read_text())
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
SCHEMA.app = get_wsgi_application()
OPERATIONS = [
    (path, method) for path, methods in DESCRIPTION["paths"].items() for method in methods
]
HOLDS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = hypothesis_settings(
    max_examples=int(os.environ.get("CONTRACT_EXAMPLES", "3")),
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def as_many_calls_as_it_takes(settings) -> Iterator[None]:
    settings.API_CALLS_PER_MINUTE = 1_000_000
    # As Django's own test client does: the connection is the test's.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("who", ["member", "lead"])
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_one_that_the_description_knows(
    world: World, path: str, method: str, who: str
) -> None:
    operation = SCHEMA[path][method]
    headers = {"Authorization": f"Bearer {secret(world, who)}"}

    @EXAMPLES
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def good(case: Any) -> None:
        aim(case, world)
        ask(case, headers)

    @EXAMPLES
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def bad(case: Any) -> None:
        ask(case, headers)

    good()
    with contextlib.suppress(Unsatisfiable):  # some take nothing that could be wrong
        bad()


def secret(world: World, who: str) -> str:
    main = User.objects.get(orcid=world.ours.main.orcid)
    if who == "member":
        return secret_for(main, member=world.ours.member)
    manager = world.people["desk manager"]
    assert manager is not None
    return secret_for(manager, consortium=world.consortium)


def aim(case: Any, world: World) -> None:
    """At what is there: at a made-up address little could go wrong."""
    ids = {
        "identifiers": world.ours.identifier.pk,
        "contacts": world.ours.contact.pk,
        "invitations": world.ours.invitation.pk,
    }
    for name in case.path_parameters or {}:
        kind = case.operation.path.split("/")[5] if name == "id" else ""
        case.path_parameters[name] = ids[kind] if kind else world.ours.member.slug
    if "If-Match" in (case.headers or {}):
        case.headers["If-Match"] = '"1"'  # nothing has been changed yet


def ask(case: Any, headers: dict[str, str]) -> None:
    # Looking up asks ORCID, which no transaction may.
    asks_orcid = case.operation.path.endswith("look-ups/")
    with contextlib.nullcontext() if asks_orcid else transaction.atomic():
        case.call_and_validate(base_url="http://testserver", headers=headers, checks=HOLDS)
        if not asks_orcid:
            transaction.set_rollback(True)
