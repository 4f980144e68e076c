"""One host for all of ORCID's: the web site, `/pub/` and `/api/` for the two API hosts."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import include, path
from django.views.static import serve

from integrations.sandbox import settings
from integrations.sandbox.api.call import Api
from integrations.sandbox.api.status import status
from integrations.sandbox.oauth import authorize, metadata
from integrations.sandbox.oauth.token import token
from integrations.sandbox.web import views


def static(request: HttpRequest, path: str) -> HttpResponseBase:
    return serve(request, path, document_root=str(settings.HERE / "static"))


urlpatterns = [
    path("", views.home, name="home"),
    path("signin", views.signin, name="signin"),
    path("signin/as", views.signin_as, name="signin-as"),
    path("signout", views.signout, name="signout"),
    path("register", views.register, name="register"),
    path("userStatus.json", views.user_status),
    path("status", status),
    path("oauth/authorize", authorize.authorize, name="authorize"),
    path("oauth/token", token),
    path("oauth/revoke", metadata.revoke),
    path("oauth/userinfo", metadata.userinfo),
    path("oauth/jwks", metadata.jwks),
    path(".well-known/openid-configuration", metadata.openid_configuration),
    path("pub/", include("integrations.sandbox.api.urls"), {"api": Api.PUBLIC}),
    path("api/", include("integrations.sandbox.api.urls"), {"api": Api.MEMBER}),
    path("mailbox/", include("integrations.sandbox.mailbox.urls")),
    path("sandbox/", include("integrations.sandbox.control.urls")),
    path("static/<path:path>", static),
    path("<orcid:orcid>", views.record, name="record"),
]

handler400 = "integrations.sandbox.web.errors.bad_request"
handler404 = "integrations.sandbox.web.errors.not_found"
handler500 = "integrations.sandbox.web.errors.server_error"
