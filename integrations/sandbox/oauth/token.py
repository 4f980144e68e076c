"""`POST /oauth/token`, answered on the web host and on both API hosts."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from integrations.sandbox import scopes
from integrations.sandbox.api.call import Api
from integrations.sandbox.errors import OAuthError
from integrations.sandbox.models import Client, Person, Token
from integrations.sandbox.oauth import grants
from integrations.sandbox.oauth.client_auth import authenticated_client
from integrations.sandbox.oauth.id_token import id_token

Answer = dict[str, Any]


@csrf_exempt
def token(request: HttpRequest, *, api: Api | None = None) -> JsonResponse:
    """`api` is None on the web host; ORCID's hosts refuse incomplete requests differently."""
    try:
        response = JsonResponse(answer(request, on_api_host=api is not None))
    except OAuthError as error:
        response = JsonResponse(error.body, status=error.status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


def answer(request: HttpRequest, *, on_api_host: bool) -> Answer:
    if request.method != "POST":
        raise OAuthError(405, "invalid_request", f"Method {request.method} not supported")
    client = authenticated_client(request, missing_status=400 if on_api_host else 401)
    grant_type = request.POST.get("grant_type", "")
    if not grant_type:
        error = "invalid_request" if on_api_host else "unsupported_grant_type"
        raise OAuthError(400, error, "grant_type is missing")
    if grant_type not in GRANTS:
        raise OAuthError(400, "unsupported_grant_type", f"Unsupported grant type: {grant_type}")
    return GRANTS[grant_type](request, client)


def authorization_code(request: HttpRequest, client: Client) -> Answer:
    code = request.POST.get("code", "")
    if not code:
        raise OAuthError(400, "invalid_request", "An authorization code must be supplied.")
    spent, issued = grants.redeem_code(
        code, client=client, redirect_uri=request.POST.get("redirect_uri", "")
    )
    body = {**token_json(issued), **person_json(spent.person)}
    if scopes.Scope.OPENID in spent.scopes:
        body["id_token"] = id_token(spent, issued)
    return body


def client_credentials(request: HttpRequest, client: Client) -> Answer:
    try:
        asked = scopes.parse(request.POST.get("scope", ""))
        scopes.check_client_credentials(asked)
        scopes.check_client(asked, is_member=client.is_member, extra_scopes=client.extra_scopes)
    except scopes.UnknownScopeError as error:
        # ORCID answers 401 to a scope that does not exist, 400 to one that is not allowed.
        raise OAuthError(401, "invalid_scope", f"Invalid scope: {error}") from None
    except scopes.ForbiddenScopeError as error:
        raise OAuthError(400, "invalid_scope", f"Invalid scope: {error}") from None
    issued = grants.issue_token(client=client, person=None, scopes=asked)
    return {**token_json(issued), **person_json(None)}


def refresh_token(request: HttpRequest, client: Client) -> Answer:
    """A new pair for a living one. ORCID also takes `revoke_old` and `expires_in` (seconds)."""
    parent = grants.refreshable_token(request.POST.get("refresh_token", ""), client=client)
    issued = grants.refresh(
        parent,
        scopes=refreshed_scopes(parent, request.POST.get("scope", "")),
        seconds=whole_seconds(request.POST.get("expires_in", "")),
        revoke_old=request.POST.get("revoke_old", "true").lower() != "false",
    )
    return {**token_json(issued), **person_json(issued.person)}


def refreshed_scopes(parent: Token, text: str) -> list[str]:
    """What is asked for, if the old token reaches as far; without asking, all of it."""
    try:
        asked = scopes.parse(text)
    except scopes.UnknownScopeError as error:
        raise OAuthError(401, "invalid_scope", f"Invalid scope: {error}") from None
    for scope in asked:
        if not scopes.include(parent.scopes, scope):
            raise OAuthError(400, "invalid_scope", f"Invalid scope: {scope}")
    return sorted(asked) or parent.scopes


def whole_seconds(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,10}", text):
        raise OAuthError(400, "invalid_request", "expires_in must be a number of seconds")
    return int(text)


GRANTS: dict[str, Callable[[HttpRequest, Client], Answer]] = {
    "authorization_code": authorization_code,
    "client_credentials": client_credentials,
    "refresh_token": refresh_token,
}


def person_json(person: Person | None) -> Answer:
    if person is None:
        return {"orcid": None}
    return {"name": person.public_name, "orcid": person.orcid}


def token_json(issued: Token) -> Answer:
    left = issued.expires_at - timezone.now()
    return {
        "access_token": issued.access_token,
        "token_type": "bearer",
        "refresh_token": issued.refresh_token,
        "expires_in": left // dt.timedelta(seconds=1),
        "scope": " ".join(issued.scopes),
    }
