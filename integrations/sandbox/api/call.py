"""One call of the Record API: who reads, what may be seen, and in which format to answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from integrations.sandbox import errors, scopes
from integrations.sandbox.bearer import live_token, presented_token
from integrations.sandbox.models import Token
from integrations.sandbox.scopes import Scope

JSON_TYPES = ("application/json", "application/vnd.orcid+json", "application/orcid+json")
XML_TYPES = ("application/vnd.orcid+xml", "application/orcid+xml", "application/xml", "text/xml")
ALL_TYPES = [*JSON_TYPES, *XML_TYPES]

Json = dict[str, Any]


class Api(StrEnum):
    """The two API hosts; the value is the path prefix that stands for the host here."""

    PUBLIC = "pub"
    MEMBER = "api"


@dataclass(frozen=True)
class ApiCall:
    request: HttpRequest
    api: Api
    token: Token | None

    def may(self, scope: Scope) -> bool:
        return self.token is not None and scopes.include(self.token.scopes, scope)

    def require_read_public(self) -> None:
        if self.api == Api.MEMBER and not self.may(Scope.READ_PUBLIC):
            raise errors.wrong_scope()


def api_view(view: Callable[..., Json]) -> Callable[..., HttpResponse]:
    """Wrap `view(call, **path)` in what ORCID does around each endpoint.

    The order is ORCID's: the security filter (which speaks OAuth and knows no format), the
    negotiated type, the method, then the endpoint itself.
    """

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *, api: Api, **path: str) -> HttpResponse:
        try:
            token = filtered_token(request, api)
        except errors.OAuthError as error:
            return JsonResponse(
                error.body, status=error.status, content_type="application/json;charset=UTF-8"
            )
        content_type = JSON_TYPES[0]
        try:
            content_type = negotiated_type(request)
            if request.method not in {"GET", "HEAD"}:
                raise errors.wrong_method()
            body = view(ApiCall(request, api, token), **path)
            if content_type in XML_TYPES:
                raise errors.json_only()
            return rendered(body, content_type)
        except errors.ApiError as error:
            response = rendered(error.body, content_type, status=error.status)
            for name, value in error.headers.items():
                response.headers[name] = value
            return response

    return answer


def filtered_token(request: HttpRequest, api: Api) -> Token | None:
    """The token of a request that ORCID's security filter lets through; OAuthError otherwise."""
    presented = presented_token(request)
    if not presented:
        if api == Api.MEMBER:
            raise errors.no_token()
        return None
    token = live_token(presented)
    if token is None:
        raise errors.invalid_token(presented)
    if api == Api.MEMBER and not token.client.is_member:
        raise errors.no_token()
    return token


def negotiated_type(request: HttpRequest) -> str:
    if request.headers.get("Accept", "*/*") == "*/*":
        return request.content_type if request.content_type in ALL_TYPES else XML_TYPES[0]
    chosen = request.get_preferred_type(ALL_TYPES)
    if chosen is None:
        raise errors.no_format()
    return chosen


def rendered(body: Json, content_type: str, *, status: int = 200) -> HttpResponse:
    if content_type in XML_TYPES:
        text = error_xml(body)
    elif content_type == "application/json":
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    else:
        # ORCID pretty-prints its own two types, with a space before the colon.
        text = json.dumps(body, ensure_ascii=False, indent=2, separators=(",", " : "))
    return HttpResponse(text, status=status, content_type=f"{content_type};charset=UTF-8")


def error_xml(body: Json) -> str:
    inner = "".join(f"<{key}>{escape(str(value))}</{key}>" for key, value in body.items())
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<error xmlns="http://www.orcid.org/ns/error">{inner}</error>'
    )
