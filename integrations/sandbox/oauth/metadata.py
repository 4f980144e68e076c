"""Discovery, signing keys, userinfo and revocation."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations.sandbox import keys, links
from integrations.sandbox.bearer import live_token, presented_token
from integrations.sandbox.errors import OAuthError
from integrations.sandbox.models import Token
from integrations.sandbox.oauth.client_auth import authenticated_client
from integrations.sandbox.oauth.id_token import public_name_claims
from integrations.sandbox.scopes import Scope


@require_safe
def openid_configuration(_request: HttpRequest) -> JsonResponse:
    web = links.base_url()
    return JsonResponse(
        {
            "issuer": web,
            "authorization_endpoint": f"{web}/oauth/authorize",
            "token_endpoint": f"{web}/oauth/token",
            "userinfo_endpoint": f"{web}/oauth/userinfo",
            "jwks_uri": f"{web}/oauth/jwks",
            "scopes_supported": ["openid"],
            "claims_supported": [
                "family_name",
                "given_name",
                "name",
                "auth_time",
                "iss",
                "sub",
            ],
            # ORCID lists the implicit types too; the sandbox does not serve them.
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "subject_types_supported": ["public"],
            "claims_parameter_supported": False,
        }
    )


@require_safe
def jwks(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"keys": [keys.jwk()]})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def userinfo(request: HttpRequest) -> JsonResponse:
    token = live_token(presented_token(request))
    signing_in = {Scope.OPENID, Scope.AUTHENTICATE}
    if token is None or token.person is None or not signing_in & set(token.scopes):
        # With a hyphen, unlike every other OAuth error.
        error = {"error": "access_denied", "error-description": "access_token is invalid"}
        return JsonResponse(error, status=403)
    person = token.person
    names = public_name_claims(person)
    return JsonResponse(
        {
            "id": links.orcid_uri(person.orcid),
            "sub": person.orcid,
            "name": names.get("name"),
            "family_name": names.get("family_name"),
            "given_name": names.get("given_name"),
        }
    )


@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """Disables a token and its pair; 200 also for a token that is unknown or another client's."""
    try:
        client = authenticated_client(request, missing_status=401)
    except OAuthError as error:
        return JsonResponse(error.body, status=error.status)
    presented = request.POST.get("token", "")
    own = Token.objects.filter(client=client)
    for token in own.filter(access_token=presented) | own.filter(refresh_token=presented):
        token.disable(Token.Reason.CLIENT_REVOKED)
    return HttpResponse()
