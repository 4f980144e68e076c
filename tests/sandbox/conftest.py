from collections.abc import Iterator

import httpx
import pytest

from tests.sandbox_server import SandboxClient, SandboxServer, new_browser, running_sandbox


@pytest.fixture(scope="session")
def sandbox_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as server:
        yield server


@pytest.fixture
def sandbox(sandbox_server: SandboxServer) -> SandboxServer:
    sandbox_server.reset()
    return sandbox_server


@pytest.fixture
def member(sandbox: SandboxServer) -> SandboxClient:
    return sandbox.add_client()


@pytest.fixture
def public_client(sandbox: SandboxServer) -> SandboxClient:
    return sandbox.add_client(client_id="APP-TESTPUBLIC000001", member=False)


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with new_browser() as client:
        yield client
