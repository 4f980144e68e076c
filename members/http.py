"""Requests as views see them, and answers that several pages give."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from members.dates import today
from members.pictures import CONTENT_TYPES

if TYPE_CHECKING:
    from django.db.models.fields.files import FieldFile
    from django_htmx.middleware import HtmxDetails

    from contacts.models import User
    from members.models import Member


View = TypeVar("View", bound=Callable[..., HttpResponse])
Response = TypeVar("Response", bound=HttpResponseBase)


class PortalRequest(HttpRequest):
    """A signed-in person's request (`LoginRequiredMiddleware` sees to that)."""

    user: "User"
    htmx: "HtmxDetails"


def same_for_all(view: View) -> View:
    """For answers that neither greet anybody nor hold words or times: who asks is not looked up."""
    view.same_for_all = True  # type: ignore[attr-defined]  # a function can have it
    return view


@contextmanager
def saying(request: HttpRequest, done: str) -> Iterator[None]:
    """Around a service: on the next page, that it is done, or what it objected to."""
    try:
        yield
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, done)


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


def attachment(response: Response, name: str, ending: str) -> Response:
    """Saved rather than shown, under a name with today's date."""
    filename = f"{name}-{today():%Y-%m-%d}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def logo_response(member: "Member", *, cache_control: str) -> HttpResponse:
    return picture_response(member.logo, cache_control=cache_control)


def picture_response(picture: "FieldFile", *, cache_control: str) -> HttpResponse:
    """A picture as it is kept. Raises `Http404` where there is none, or its file is gone.

    Who may see it, and how long it may be cached, the caller knows.
    """
    if not picture:
        raise Http404
    suffix = str(picture.name).rpartition(".")[2]
    try:
        with picture.open("rb") as file:
            content = file.read()
    except FileNotFoundError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type=CONTENT_TYPES.get(suffix, "image/png"))
    response["Cache-Control"] = cache_control
    return response
