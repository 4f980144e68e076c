"""Fixtures of all tests."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.core.cache import cache
from pytest_django import Settings

from tests.sandbox_server import SandboxServer, running_sandbox

# A busy machine is no fault of what is tested.
hypothesis.settings.register_profile(
    "suite",
    max_examples=int(os.environ.get("EXAMPLES", "40")),
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("suite")
# A sixth of the time went into looking for garbage among what lives until the end.
gc.set_threshold(100_000, 20, 100)


# Tests that start other servers, or kill workers and wait for them; some that walk through every page
# or have every mail written; and those of the local ORCID itself. `make test` leaves them to
# `make test-postgres`, so that it is done in two minutes.
SLOW = (
    "access/test_odd_input.py",
    "access/test_publications_desk.py",
    "admin/test_every_page.py",
    "announcements/test_killed_worker.py",
    "api/test_contract.py",
    "institutional/",
    "languages/test_addresses.py",
    "languages/test_admin.py",
    "languages/test_mails.py",
    "languages/test_pages.py",
    "ops/test_demo.py",
    "ops/test_worker.py",
    "push/test_killed_worker.py",
    "sandbox/",
    "signin/test_open_redirects.py",
    "works/test_killed_process.py",
    "works/test_large_record.py",
    "works_own/test_hostile_files.py",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).as_posix().startswith(SLOW):
            item.add_marker("slow")


def pytest_collection_finish() -> None:
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    """What was tried in one test is not counted in the next."""
    cache.clear()


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """A local ORCID; each test process has its own."""
    with running_sandbox(tmp_path_factory.mktemp("orcid")) as server:
        yield server


@pytest.fixture
def orcid(sandbox: SandboxServer, settings: Settings) -> SandboxServer:
    """The local ORCID as new, with the portal registered as its client, and the portal using it."""
    sandbox.reset()
    cache.clear()
    settings.ORCID_BASE_URL = sandbox.base_url
    settings.ORCID_PUBLIC_API_URL = sandbox.public_api_url
    settings.ORCID_MEMBER_API_URL = sandbox.member_api_url
    sandbox.add_client(
        client_id=settings.ORCID_CLIENT_ID,
        client_secret=settings.ORCID_CLIENT_SECRET,
        name="Member Tools",
        redirect_uris=[
            f"{settings.SITE_URL}/accounts/orcid/login/callback/",
            f"{settings.SITE_URL}/me/accounts/orcid/connected/",
        ],
    )
    return sandbox
