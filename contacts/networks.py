"""Where a request comes from, as far as it may be believed; and the page for who came too often."""

import ipaddress
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from allauth.core.internal.httpkit import clean_client_ip
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from contacts.throttles import FAILED_SIGN_INS, Count, Limit, in_words, spend, wait_for

View = Callable[..., HttpResponse]
# One household or office has as many IPv6 addresses as it likes, all in one such network.
IPV6_PREFIX = 64
NOWHERE = "0.0.0.0"  # noqa: S104  # nothing is bound to it: it stands for “not known”


def address_of(request: HttpRequest) -> str:
    """The address that the outermost of our own proxies saw, without proxies the connection's; never
    one that the client wrote before it. What cannot be told is all one place."""
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    said = [part for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if proxies and said:
        found = said[-min(proxies, len(said))]
    else:
        found = request.META.get("REMOTE_ADDR") or ""
    address = clean_client_ip(found)
    if address is None:
        return NOWHERE
    # A server that listens by IPv6 sees IPv4 so; all of those would be one network.
    mapped = getattr(ipaddress.ip_address(address), "ipv4_mapped", None)
    return str(mapped or address)


def network_of(request: HttpRequest) -> str:
    """What is counted as one place: an IPv4 address, or an IPv6 network."""
    address = ipaddress.ip_address(address_of(request))
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False))


def from_network(limit: Limit, request: HttpRequest) -> Count:
    return limit, network_of(request)


def note_failure(request: HttpRequest) -> None:
    """Of a sign-in that came back as no honest one does."""
    spend(_failed_here(request))


def _failed_here(request: HttpRequest) -> Count:
    """Of each place that people come back to by itself: when an institution has changed its key, all
    of its people fail there, and sign in by ORCID as ever."""
    return FAILED_SIGN_INS, (network_of(request), request.path)


def too_often(request: HttpRequest, seconds: int, *, by_network: bool = True) -> HttpResponse:
    """The page that says when to try again."""
    context = {"wait": in_words(seconds), "by_network": by_network}
    response = render(request, "429.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response


def limited(view: View, limit: Limit, *, only: str = "") -> View:
    """The view, so many times from one network; `only` for that method."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        counts = not only or request.method == only
        if counts and (wait := spend(from_network(limit, request))):
            return too_often(request, wait)
        return view(request, *args, **kwargs)

    return answer


def shut_after_failures(view: View) -> View:
    """The view where people come back from a sign-in, unless much from that network has failed there."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if wait := wait_for(_failed_here(request)):
            return too_often(request, wait)
        return view(request, *args, **kwargs)

    return answer
