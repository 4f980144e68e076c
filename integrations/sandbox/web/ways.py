"""Where a person goes on to: what was interrupted is kept through every page."""

from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from integrations.sandbox.models import Client, Person


def next_url(request: HttpRequest, person: Person) -> str:
    """On with what was interrupted, usually an authorization; else the person's own record."""
    return safe_next(request) or f"/{person.orcid}"


def safe_next(request: HttpRequest) -> str:
    target = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if is_ours else ""


def ways_in(request: HttpRequest) -> dict[str, str]:
    """Whichever way a person takes, what was interrupted goes on afterwards."""
    return {
        "signin_url": with_next("/signin", request),
        "institutional_url": with_next("/institutional-signin", request),
        "register_url": with_next("/register", request),
    }


def with_next(path: str, request: HttpRequest) -> str:
    target = request.GET.get("next", "")
    return f"{path}?{urlencode({'next': target})}" if target else path


def asking_client(request: HttpRequest) -> Client | None:
    """The application in whose authorization this page came up."""
    query = parse_qs(urlsplit(request.GET.get("next", "")).query)
    return Client.objects.filter(client_id=query.get("client_id", [""])[0]).first()
