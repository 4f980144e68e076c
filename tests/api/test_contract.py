"""The whole API against its own description, with a lead's and with a member's token.

Schemathesis makes questions up, good ones and bad ones, the same in each run: nothing may break, and
every answer must be one that the description knows. CONTRACT_EXAMPLES asks for more of them.
"""

import os
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
import yaml
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from contacts.models import User
from contacts.services.tokens import make_token
from tests.access.world import World, make_world
from tests.api.calling import secret_for

pytestmark = pytest.mark.django_db
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
    max_examples=int(os.environ.get("CONTRACT_EXAMPLES", "6")),
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def world(settings) -> World:
    settings.API_CALLS_PER_MINUTE = 1_000_000
    settings.REST_FRAMEWORK = {}
    return make_world()


@pytest.mark.parametrize("who", ["member", "lead"])
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_one_that_the_description_knows(
    world: World, path: str, method: str, who: str
) -> None:
    operation = SCHEMA[path][method]
    headers = {"Authorization": f"Bearer {secret(world, who)}"}

    @EXAMPLES
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def good(case: Case) -> None:
        aim(case, world, headers)
        ask(case, headers)

    @EXAMPLES
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def bad(case: Case) -> None:
        ask(case, headers)

    good()
    bad()


def secret(world: World, who: str) -> str:
    main = User.objects.get(orcid=world.ours.main.orcid)
    if who == "member":
        return secret_for(main, member=world.ours.member)
    manager = world.people["desk manager"]
    assert manager is not None
    return secret_for(manager, consortium=world.consortium)


def aim(case: Case, world: World, headers: dict[str, str]) -> None:
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
        address = case.operation.path.format(**case.path_parameters).removesuffix("roles/")
        case.headers["If-Match"] = Client().get(address, headers=headers)["ETag"]


def ask(case: Case, headers: dict[str, str]) -> None:
    with transaction.atomic():
        case.call_and_validate(base_url="http://testserver", headers=headers, checks=HOLDS)
        transaction.set_rollback(True)
