"""allauth's own pages, and orders from the tests."""

import json
from typing import Any

from allauth.idp.oidc.models import Client
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from tests.institutional.oidc_idp.adapter import PEOPLE, WRONG


@csrf_exempt
def person(request: HttpRequest) -> HttpResponse:
    """{username, …claims}: the password is the username."""
    claims = json.loads(request.body)
    username = claims.pop("username")
    PEOPLE[username] = claims
    get_user_model().objects.update_or_create(
        username=username, defaults={"password": make_password(username)}
    )
    return HttpResponse(status=204)


@csrf_exempt
def client(request: HttpRequest) -> HttpResponse:
    order: dict[str, Any] = json.loads(request.body)
    Client.objects.update_or_create(
        id=order["id"],
        defaults={
            "name": order["id"],
            "secret": make_password(order["secret"]),
            "scopes": "openid\nprofile\nemail",
            "redirect_uris": order["redirect_uri"],
        },
    )
    return HttpResponse(status=204)


@csrf_exempt
def wrong(request: HttpRequest) -> HttpResponse:
    """{id_token: {…}, userinfo: {…}}: what to say instead of the truth; nothing puts it right."""
    order = json.loads(request.body)
    for what, claims in WRONG.items():
        claims.clear()
        claims.update(order.get(what, {}))
    return HttpResponse(status=204)


urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("", include("allauth.idp.urls")),
    path("control/person", person),
    path("control/client", client),
    path("control/wrong", wrong),
]
