"""Where a request comes from, as it is counted."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from contacts.networks import network_of


def network(address: str, forwarded: str = "") -> str:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return network_of(RequestFactory().get("/", headers=headers, REMOTE_ADDR=address))


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        # As a server that listens by IPv6 sees IPv4: not all of it is one place.
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "0.0.0.0"),  # noqa: S104  # not known
        ("nonsense", "0.0.0.0"),  # noqa: S104
    ],
)
def test_ipv4_counts_by_address_and_ipv6_by_network(address: str, counted: str) -> None:
    assert network(address) == counted


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        (0, "203.0.113.9", "192.0.2.7"),  # nobody of ours wrote it
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "10.0.0.1, 203.0.113.9", "203.0.113.9"),
        (1, "10.0.0.1,203.0.113.9,", "203.0.113.9"),
        (2, "10.0.0.1, 203.0.113.9, 198.51.100.1", "203.0.113.9"),
        (2, "203.0.113.9", "203.0.113.9"),  # somebody inside asks the inner proxy
        (1, "", "192.0.2.7"),
        (1, "made up", "0.0.0.0"),  # noqa: S104
        (1, "[2001:db8::1]:443", "2001:db8::/64"),
    ],
)
def test_only_what_our_own_proxies_wrote_is_read(
    settings: Settings, proxies: int, forwarded: str, counted: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies

    assert network("192.0.2.7", forwarded) == counted
