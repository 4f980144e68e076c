"""Requests as views see them, and answers that several pages give."""

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from members.logos import CONTENT_TYPES

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from contacts.models import User
    from members.models import Member


class PortalRequest(HttpRequest):
    """A signed-in person's request (`LoginRequiredMiddleware` sees to that)."""

    user: "User"
    htmx: "HtmxDetails"


def render_page_or_part(
    request: HttpRequest, page: str, part: str, context: dict[str, Any]
) -> HttpResponse:
    """The page; for htmx only the part that it puts in place of the old one."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # its middleware saw to it
    # A page restored from htmx's history wants the whole of it.
    wants_part = htmx and not htmx.history_restore_request
    response = render(request, part if wants_part else page, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def logo_response(member: "Member", *, cache_control: str) -> HttpResponse:
    """The logo as it is kept. Raises `Http404` where there is none, or its file is gone.

    Who may see it, and how long it may be cached, the caller knows.
    """
    if not member.logo:
        raise Http404
    suffix = str(member.logo.name).rpartition(".")[2]
    try:
        with member.logo.open("rb") as picture:
            content = picture.read()
    except FileNotFoundError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type=CONTENT_TYPES.get(suffix, "image/png"))
    response["Cache-Control"] = cache_control
    return response
