"""Who may control the sandbox: this computer, and no page of another site."""

import ipaddress
import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from integrations.sandbox import links
from integrations.sandbox.people_file import PeopleFileError

Json = dict[str, Any]
P = ParamSpec("P")
Control = Callable[Concatenate[HttpRequest, P], HttpResponse]


class OrderError(ValueError):
    """What was ordered makes no sense; the text says why."""


def control(*methods: str) -> Callable[[Control[P]], Control[P]]:
    """csrf-exempt, so other pages' scripts are kept out by the Origin that browsers send."""

    def decorate(view: Control[P]) -> Control[P]:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            origin = request.headers.get("Origin", links.base_url())
            if not is_here(request) or origin != links.base_url():
                return problem(403, "Only this computer may control the sandbox.")
            if request.method not in methods:
                return problem(405, f"Use {' or '.join(methods)}.")
            try:
                return view(request, *args, **kwargs)
            except (PeopleFileError, OrderError) as error:
                return problem(400, str(error))

        return guarded

    return decorate


def is_here(request: HttpRequest) -> bool:
    address = str(request.META["REMOTE_ADDR"]).removeprefix("::ffff:")
    return ipaddress.ip_address(address).is_loopback


def problem(status: int, message: str) -> JsonResponse:
    return JsonResponse({"error": message}, status=status)


def body(request: HttpRequest) -> Json:
    """The JSON object that was sent; nothing counts as an empty one."""
    try:
        content = json.loads(request.body or b"{}")
    except ValueError as error:
        raise OrderError(f"The body is not JSON: {error}.") from None
    if not isinstance(content, dict):
        raise OrderError("The body must be a JSON object.")
    return content


def number(order: Json, key: str) -> float | None:
    value = order.get(key)
    if value is not None and (not isinstance(value, int | float) or value < 0):
        raise OrderError(f"{key} must be a number of 0 or more.")
    return value
