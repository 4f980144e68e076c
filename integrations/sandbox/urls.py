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
from integrations.sandbox.web import inbox, institutions, trusted, views, works


def static(request: HttpRequest, path: str) -> HttpResponseBase:
    return serve(request, path, document_root=str(settings.HERE / "static"))


urlpatterns = [
    path("", views.home, name="home"),
    path("signin", views.signin, name="signin"),
    path("signin/as", views.signin_as, name="signin-as"),
    path("signout", views.signout, name="signout"),
    path("register", views.register, name="register"),
    path("institutional-signin", institutions.search, name="institutional-signin"),
    path("institutional-linking", institutions.linking, name="institutional-linking"),
    path("institutions/<int:pk>", institutions.at_institution, name="at-institution"),
    path("institutions/accounts/<int:pk>/unlink", institutions.unlink, name="unlink"),
    path("my-orcid", works.my_record, name="my-record"),
    path("my-orcid/works/add", works.add, name="work-add"),
    path("my-orcid/works/<int:put_code>/edit", works.edit, name="work-edit"),
    path("my-orcid/works/<int:put_code>/delete", works.delete, name="work-delete"),
    path("my-orcid/works/<int:put_code>/visibility", works.show_to, name="work-visibility"),
    path("my-orcid/works/<int:put_code>/prefer", works.prefer, name="work-prefer"),
    path("inbox", inbox.inbox, name="inbox"),
    path("inbox/<int:pk>/archive", inbox.archive, name="notice-archive"),
    path("inbox/requests", inbox.requests, name="notice-requests"),
    path("trusted-parties", trusted.trusted_parties, name="trusted-parties"),
    path("trusted-parties/<int:pk>/revoke", trusted.revoke, name="trusted-revoke"),
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
