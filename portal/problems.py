"""Errors of the API as problem details (RFC 9457)."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, NotFound
from rest_framework.exceptions import PermissionDenied as NotAllowed
from rest_framework.exceptions import ValidationError as InvalidInput
from rest_framework.response import Response
from rest_framework.views import exception_handler

from members.api.base import etag
from members.errors import StaleVersion
from members.serializers import EventSerializer

CONTENT_TYPE = "application/problem+json"
# Where nothing more is known of the kind of error than its status (RFC 9457, 4.2.1).
_BLANK = "about:blank"
# What services refuse because of when it is asked, not because of what is asked.
_STATUS_OF = {
    "gone": HTTPStatus.CONFLICT,
    "closed": HTTPStatus.CONFLICT,
    "throttled": HTTPStatus.TOO_MANY_REQUESTS,
}
# To which field an objection of the services belongs; others are about the whole.
_FIELD_OF = {
    "already_contact": "email",
    "already_invited": "email",
    "outside_domains": "confirm_outside",
    "role_taken": "roles",
    "not_signed_in": "roles",
    "required": "roles",
    "offer": "offer",
}
MOST_EVENTS = 100


def answer(exc: Exception, context: dict[str, Any]) -> Response | None:
    """What an exception in a view becomes; None for what nobody foresaw, which Django answers."""
    match exc:
        case StaleVersion():
            return _stale(exc)
        case ValidationError():
            return _refused(exc)
        case InvalidInput():
            return _invalid(list(_flat(exc.get_full_details())))
        case RequestDataTooBig():
            return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("That is too much at once."))
        case SuspiciousOperation():
            return problem(HTTPStatus.BAD_REQUEST, _("This request cannot be read."))
        case Http404():
            exc = NotFound()
        case PermissionDenied():
            exc = NotAllowed()
    response = exception_handler(exc, context)
    return response and _of_the_library(exc, response)


def _of_the_library(exc: Exception, response: Response) -> Response:
    """The library's own answer (404, 403, 405 …) in our form; its headers stay."""
    headers = {name: value for name, value in response.items() if name != "Content-Type"}
    code = {"code": exc.get_codes()} if isinstance(exc, APIException) else {}
    detail = str(response.data["detail"])
    return problem(HTTPStatus(response.status_code), detail, headers=headers, **code)


def problem(
    status: HTTPStatus, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """One problem; `more` are members of its own."""
    return Response(
        _body(status, detail, **more),
        status=status,
        headers=dict(headers or {}),
        content_type=CONTENT_TYPE,
    )


def _body(status: HTTPStatus, detail: str, **more: Any) -> dict[str, Any]:
    return {"type": _BLANK, "title": status.phrase, "status": int(status), "detail": detail, **more}


def _stale(stale: StaleVersion) -> Response:
    events = EventSerializer(stale.events[-MOST_EVENTS:], many=True).data
    return problem(
        HTTPStatus.PRECONDITION_FAILED,
        _("Somebody has changed this meanwhile. Look at the events, then send it again."),
        headers=etag(stale.version),
        code="stale",
        version=stale.version,
        events=events,
    )


def _refused(error: ValidationError) -> Response:
    """What a service objects to, in the words of the page."""
    code = getattr(error, "code", None)
    if code in _STATUS_OF:
        status = _STATUS_OF[code]
        seconds = (getattr(error, "params", None) or {}).get("seconds")
        wait = {"Retry-After": str(seconds)} if seconds else {}
        return problem(status, error.messages[0], headers=wait, code=code)
    return _invalid(list(_objections(error)))


def _objections(error: ValidationError) -> Iterator[dict[str, Any]]:
    if hasattr(error, "error_dict"):
        for name, errors in error.error_dict.items():
            for one in errors:
                yield _objection(None if name == "__all__" else name, one.messages[0], one.code)
        return
    for one in error.error_list:
        yield _objection(_FIELD_OF.get(one.code or ""), one.messages[0], one.code)


def _flat(details: Any, field: str = "") -> Iterator[dict[str, Any]]:
    """The library's nested errors, each with the path to its field."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield _objection(field or None, str(details["message"]), details["code"])
    elif isinstance(details, dict):
        for name, inner in details.items():
            part = "" if name == "non_field_errors" else str(name)
            yield from _flat(inner, f"{field}.{part}".strip("."))
    else:
        for inner in details:
            yield from _flat(inner, field)


def _objection(field: str | None, detail: str, code: str | None) -> dict[str, Any]:
    return {"field": field, "detail": detail, "code": code or "invalid"}


def _invalid(errors: list[dict[str, Any]]) -> Response:
    detail = errors[0]["detail"] if len(errors) == 1 else _("Some of what was sent is not right.")
    return problem(HTTPStatus.BAD_REQUEST, detail, code="invalid", errors=errors)


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/v")


def plain_problem(status: HTTPStatus, detail: str) -> JsonResponse:
    """For what goes wrong before a view of the API has been reached, or in it unforeseen."""
    return JsonResponse(_body(status, detail), status=status, content_type=CONTENT_TYPE)
