"""One call of the Record API: who reads, what may be seen, and in which format to answer."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import wraps
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from integrations.sandbox import errors, scopes
from integrations.sandbox.api import xml
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


@dataclass(frozen=True)
class Answer:
    """What a view answers where it is more than a body with 200; None: no body."""

    body: Json | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    # The element in XML, where it is not the address's own.
    root: str = ""


View = Callable[..., Json | Answer]


def endpoint(root: str = "", /, **views: View) -> Callable[..., HttpResponse]:
    """One address of the API: a `view(call, **path)` for each method, in what ORCID does around it.

    The order is ORCID's: the security filter (which speaks OAuth and knows no format), the
    negotiated type, the method, then the view itself. The public API only reads. `root`: the
    element of what is answered in XML; without one, that is not served.
    """

    @csrf_exempt
    def answer(request: HttpRequest, *, api: Api, **path: Any) -> HttpResponse:
        try:
            token = filtered_token(request, api)
        except errors.OAuthError as error:
            return JsonResponse(
                error.body, status=error.status, content_type="application/json;charset=UTF-8"
            )
        content_type = JSON_TYPES[0]
        try:
            content_type = negotiated_type(request)
            view = view_for(request, views, api)
            if content_type in XML_TYPES and not root and request.method == "GET":
                raise errors.json_only()
            return answered(view(ApiCall(request, api, token), **path), content_type, root)
        except errors.ApiError as error:
            return answered(Answer(error.body, error.status, error.headers), content_type)

    return answer


def api_view(view: View) -> Callable[..., HttpResponse]:
    """An address that is only read."""
    return wraps(view)(endpoint(GET=view))


def view_for(request: HttpRequest, views: Mapping[str, View], api: Api) -> View:
    """The one for this method; ApiError when there is none."""
    allowed = [name for name in views if api == Api.MEMBER or name == "GET"]
    if not allowed:
        raise errors.unknown_path()
    method = "GET" if request.method == "HEAD" else request.method
    if method not in allowed:
        raise errors.wrong_method(allowed)
    return views[str(method)]


def answered(answer: Json | Answer, content_type: str, root: str = "") -> HttpResponse:
    if not isinstance(answer, Answer):
        answer = Answer(answer)
    if answer.body is None:
        return HttpResponse(status=answer.status, headers=answer.headers)
    response = rendered(answer.body, content_type, answer.root or root, status=answer.status)
    for name, value in answer.headers.items():
        response.headers[name] = value
    return response


def filtered_token(request: HttpRequest, api: Api) -> Token | None:
    """The token of a request that ORCID's security filter lets through; OAuthError otherwise."""
    presented = presented_token(request)
    if not presented:
        if api == Api.MEMBER:
            raise errors.no_token()
        return None
    token = live_token(presented, method=request.method)
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


def rendered(body: Json, content_type: str, root: str, *, status: int) -> HttpResponse:
    if content_type in XML_TYPES:
        text = xml.rendered(body, root) if root else error_xml(body)
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
