"""Fixtures of the connection to ORCID."""

import pytest

from tests.connection.steps import Somebody, somebody
from tests.sandbox_server import SandboxServer


@pytest.fixture
def sofia(orcid: SandboxServer) -> Somebody:
    return somebody(orcid)
