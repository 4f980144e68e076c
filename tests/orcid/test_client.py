"""HTTP to ORCID's public API: what is sent, what is made of the answers, what is not logged."""

from collections.abc import Iterator

import httpx
import pytest
import respx
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.db import transaction
from pytest_django import Settings

from integrations.orcid import oauth, public
from integrations.orcid.errors import OrcidRefused, OrcidUnavailable
from tests.sandbox_server import SandboxServer

pytestmark = pytest.mark.django_db
WEB = "http://orcid.test"
API = f"{WEB}/pub/v3.0"


@pytest.fixture
def fake(settings: Settings) -> Iterator[respx.MockRouter]:
    cache.clear()
    settings.ORCID_BASE_URL, settings.ORCID_PUBLIC_API_URL = WEB, API
    with respx.mock(assert_all_called=False) as router:
        router.post(f"{WEB}/oauth/token").respond(json={"access_token": "first-token"})
        yield router


def test_reads_with_the_clients_own_token(orcid: SandboxServer) -> None:
    person = orcid.add_person(given_names="Sofia", family_name="Garcia")

    record = public.read_public(f"/{person}/person")

    assert record["name"]["family-name"] == {"value": "Garcia"}


def test_reads_anonymously_without_a_client(fake: respx.MockRouter, settings: Settings) -> None:
    settings.ORCID_CLIENT_ID = ""
    read = fake.get(f"{API}/search").respond(json={})

    public.read_public("/search")

    assert "Authorization" not in read.calls.last.request.headers
    assert read.calls.last.request.headers["Accept"] == "application/json"


def tokens_asked_for(router: respx.MockRouter) -> int:
    return sum(call.request.url.path == "/oauth/token" for call in router.calls)


def test_token_is_asked_for_once(fake: respx.MockRouter) -> None:
    read = fake.get(f"{API}/search").respond(json={})

    public.read_public("/search")
    public.read_public("/search")

    assert tokens_asked_for(fake) == 1
    assert read.calls.last.request.headers["Authorization"] == "Bearer first-token"


def test_o1_token_in_the_cache_is_encrypted(fake: respx.MockRouter, settings: Settings) -> None:
    fake.get(f"{API}/search").respond(json={})
    public.read_public("/search")

    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    public.read_public("/search")

    assert tokens_asked_for(fake) == 2  # the cached one could not be read with another key


def test_token_that_orcid_forgot_is_renewed_once(fake: respx.MockRouter) -> None:
    fake.post(f"{WEB}/oauth/token").mock(
        side_effect=[
            httpx.Response(200, json={"access_token": "first-token"}),
            httpx.Response(200, json={"access_token": "second-token"}),
        ]
    )
    invalid = httpx.Response(401, json={"error": "invalid_token"})
    read = fake.get(f"{API}/search").mock(side_effect=[invalid, httpx.Response(200, json={})])

    public.read_public("/search")

    assert read.calls.last.request.headers["Authorization"] == "Bearer second-token"


def test_token_refused_again_is_an_error(fake: respx.MockRouter) -> None:
    read = fake.get(f"{API}/search").respond(401, json={"error": "invalid_token"})

    with pytest.raises(OrcidRefused) as caught:
        public.read_public("/search")

    assert (caught.value.status, caught.value.error) == (401, "invalid_token")
    assert read.call_count == 2


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(503, html="<h1>Over the limit</h1>"),
        httpx.Response(429, text="You have used up today's reads."),
        httpx.Response(500, json={"error": "server_error"}),
        httpx.Response(403, html="<h1>Blocked</h1>"),
        httpx.Response(302, headers={"Location": "http://elsewhere.test/"}),
        httpx.Response(200, html="<h1>Maintenance</h1>"),
        httpx.Response(200, content=b"{", headers={"Content-Type": "application/json"}),
        httpx.Response(200, content=b"\xff", headers={"Content-Type": "application/json"}),
        httpx.Response(200, json=["not", "an", "object"]),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_unavailable(fake: respx.MockRouter, answer: httpx.Response) -> None:
    fake.get(f"{API}/search").mock(return_value=answer)

    with pytest.raises(OrcidUnavailable):
        public.read_public("/search")


@pytest.mark.parametrize(
    "failure", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError]
)
def test_broken_connection_is_unavailable_and_logs_no_address(
    fake: respx.MockRouter,
    failure: type[httpx.TransportError],
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake.get(f"{API}/search").mock(side_effect=failure)

    with pytest.raises(OrcidUnavailable) as caught:
        public.read_public("/search", params={"q": "email:sofia@uni.example"})

    assert caplog.messages == [f"ORCID (read): {failure.__name__}"]
    # The cause would hold the request, and with it the address.
    assert caught.value.__suppress_context__
    assert str(caught.value) == f"ORCID cannot be reached: {failure.__name__}."


def test_cookies_of_one_call_are_not_sent_with_the_next(fake: respx.MockRouter) -> None:
    read = fake.get(f"{API}/search").respond(json={}, headers={"Set-Cookie": "session=somebody"})

    public.read_public("/search")
    public.read_public("/search")

    assert "Cookie" not in read.calls.last.request.headers


def test_refusal_keeps_one_word_of_the_answer_at_most(fake: respx.MockRouter) -> None:
    fake.get(f"{API}/search").respond(400, json={"error": "no such code: abcdef\nforged line"})

    with pytest.raises(OrcidRefused) as caught:
        public.read_public("/search")

    assert str(caught.value) == "ORCID refused: 400"


def test_ordinary_read_logs_nothing_about_whom(
    fake: respx.MockRouter, caplog: pytest.LogCaptureFixture
) -> None:
    fake.get(f"{API}/search").respond(json={})

    public.read_public("/search", params={"q": "email:sofia@uni.example"})

    assert [line for line in caplog.messages if "sofia" in line or "token" in line] == []


@pytest.mark.django_db(transaction=True)
def test_h1_no_call_inside_a_transaction(fake: respx.MockRouter) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a transaction"):
        public.read_public("/search")

    assert fake.calls.call_count == 0


def test_characters_that_no_database_keeps_are_left_out_of_the_name(fake: respx.MockRouter) -> None:
    answer = r'{"orcid": "0000-0002-1825-0097", "name": "So\u0000f\ud800ia", "id_token": "x"}'
    fake.post(f"{WEB}/oauth/token").respond(
        content=answer, headers={"Content-Type": "application/json"}
    )

    assert oauth.exchange_code(code="abcdef", redirect_uri=WEB).name == "Sofia"
