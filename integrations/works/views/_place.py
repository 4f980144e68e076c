"""Where the reader was in *My publications*: its filters, order and page travel with what is pressed."""

from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from members.http import PortalRequest


def query_of(request: PortalRequest) -> str:
    """Of the list, as a page about one of its works, or a button in it, has been told."""
    told = request.POST.get("query") or request.GET.get("list", "")
    return QueryDict(told).urlencode()


def in_list(request: PortalRequest) -> str:
    """The address that leads back there."""
    return _with(reverse("works:publications"), query_of(request))


def of_work(request: PortalRequest, pk: int) -> str:
    """The address of a work's page that leads back there."""
    query = query_of(request)
    return _with(reverse("works:edit", args=[pk]), urlencode({"list": query}) if query else "")


def _with(address: str, query: str) -> str:
    return f"{address}?{query}" if query else address
