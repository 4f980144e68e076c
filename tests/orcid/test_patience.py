"""Workers wait and try again; web requests do neither."""

from collections.abc import Iterator

import httpx
import pytest
import respx
from django.core.cache import cache
from pytest_django import Settings

from integrations.orcid import http, limiter, public
from integrations.orcid.errors import OrcidUnavailable

pytestmark = pytest.mark.django_db
API = "http://orcid.test/pub/v3.0"
FINE = httpx.Response(200, json={})


@pytest.fixture
def fake(settings: Settings) -> Iterator[respx.MockRouter]:
    cache.clear()
    settings.ORCID_PUBLIC_API_URL, settings.ORCID_CLIENT_ID = API, ""
    with respx.mock(assert_all_called=False) as router:
        yield router


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited, without waiting."""
    slept: list[float] = []
    monkeypatch.setattr(http, "_sleep", slept.append)
    return slept


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.Response(503),
        httpx.Response(429),
        httpx.Response(502),
        httpx.Response(504),
        httpx.ConnectError("x"),
        httpx.ReadTimeout("x"),
        httpx.RemoteProtocolError("x"),
    ],
    ids=str,
)
def test_worker_tries_again(
    fake: respx.MockRouter, pauses: list[float], trouble: httpx.Response | Exception
) -> None:
    fake.get(f"{API}/search").mock(side_effect=[trouble, trouble, FINE])

    with http.patient():
        assert public.read_public("/search") == {}

    assert len(pauses) == 2


def test_pauses_double_give_or_take_a_half_and_come_to_an_end(
    fake: respx.MockRouter, pauses: list[float]
) -> None:
    read = fake.get(f"{API}/search").respond(503)

    with http.patient(), pytest.raises(OrcidUnavailable):
        public.read_public("/search")

    assert read.call_count == 5
    assert [round(pause / 2**number, 1) for number, pause in enumerate(pauses)] == [
        pytest.approx(1, abs=0.55)
    ] * 4
    assert len(set(pauses)) == 4


def test_web_request_does_not_wait(fake: respx.MockRouter, pauses: list[float]) -> None:
    read = fake.get(f"{API}/search").respond(503)

    with pytest.raises(OrcidUnavailable):
        public.read_public("/search")

    assert (read.call_count, pauses) == (1, [])


def test_patience_ends_with_the_work(fake: respx.MockRouter, pauses: list[float]) -> None:
    read = fake.get(f"{API}/search").respond(503)
    with http.patient():
        pass

    with pytest.raises(OrcidUnavailable):
        public.read_public("/search")

    assert read.call_count == 1


def test_orcids_own_wish_is_honoured(fake: respx.MockRouter, pauses: list[float]) -> None:
    busy = httpx.Response(503, headers={"Retry-After": "7"})
    fake.get(f"{API}/search").mock(side_effect=[busy, FINE])

    with http.patient():
        public.read_public("/search")

    assert pauses == [7.0]


def test_what_takes_too_long_is_left_to_a_later_run(
    fake: respx.MockRouter, pauses: list[float]
) -> None:
    fake.get(f"{API}/search").respond(429, headers={"Retry-After": "3600"})

    with http.patient(), pytest.raises(OrcidUnavailable) as caught:
        public.read_public("/search")

    assert (caught.value.retry_after, pauses) == (3600.0, [])


def test_what_changes_something_is_sent_once(fake: respx.MockRouter, pauses: list[float]) -> None:
    post = fake.post(f"{API}/oauth/revoke").respond(503)

    with http.patient():
        http.send("POST", f"{API}/oauth/revoke", "test")

    assert (post.call_count, pauses) == (1, [])


def test_every_try_is_counted_by_the_limiter(
    fake: respx.MockRouter, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    class Counting:
        def acquire(self, *, longest_wait: float) -> None:
            waits.append(longest_wait)

    monkeypatch.setattr(limiter, "the_limiter", Counting)
    fake.get(f"{API}/search").mock(side_effect=[httpx.Response(503), FINE, FINE])

    with http.patient():
        public.read_public("/search")
    public.read_public("/search")

    assert waits == [120.0, 120.0, limiter.LONGEST_WAIT_SECONDS]
