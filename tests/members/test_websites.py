"""Websites are compared by their host alone (formats.md section 3)."""

import pytest

from members.websites import website_host


@pytest.mark.parametrize(
    "website",
    [
        "https://uni.example",
        "http://www.uni.example/",
        "HTTPS://WWW.Uni.Example:443/about/?x=1#y",
        "uni.example/library",
        "  uni.example.  ",
    ],
)
def test_one_site_has_one_host_however_it_is_written(website: str) -> None:
    assert website_host(website) == "uni.example"


@pytest.mark.parametrize(
    "website", ["", "https://", "https://[::1", "https://" + "x" * 70 + ".example"]
)
def test_what_has_no_host_is_like_no_other(website: str) -> None:
    assert website_host(website) == ""


def test_other_hosts_of_a_domain_are_other_sites() -> None:
    assert website_host("https://library.uni.example") == "library.uni.example"


def test_letters_beyond_ascii_are_written_as_the_network_does() -> None:
    assert website_host("https://www.münchen.example") == "xn--mnchen-3ya.example"
