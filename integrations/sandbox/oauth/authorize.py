"""`/oauth/authorize`: sign-in if needed, the consent page, and the way back."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from integrations.sandbox import scopes
from integrations.sandbox.models import AuthorizationCode
from integrations.sandbox.oauth import grants
from integrations.sandbox.oauth.authorize_request import (
    AuthorizeRequest,
    PageError,
    RedirectError,
    parse,
)
from integrations.sandbox.web.forms import person_by_login
from integrations.sandbox.web.session import SignIn, current_sign_in, sign_out


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    try:
        asked = parse(request.GET)
    except PageError as error:
        told = {"message": error.message, "code": error.error}
        return render(request, "sandbox/error.html", told, status=400)
    except RedirectError as error:
        return HttpResponseRedirect(error.url)
    return answer(request, asked)


def answer(request: HttpRequest, asked: AuthorizeRequest) -> HttpResponse:
    current = current_sign_in(request)
    if "none" in asked.prompts:
        return silent_reply(asked, current)
    if current is None or needs_fresh_sign_in(asked, current):
        sign_out(request)
        return HttpResponseRedirect(sign_in_url(request.GET))
    if request.method == "POST":
        return decide(request, asked, current)
    if not asked.always_asks and has_grant(asked, current):
        return grant(asked, current)
    context = {
        "asked": asked,
        "permissions": scopes.permissions(asked.scopes),
        "person": current.person,
        "here": request.get_full_path(),
    }
    return render(request, "sandbox/consent.html", context)


def silent_reply(asked: AuthorizeRequest, current: SignIn | None) -> HttpResponse:
    """prompt=none: no page comes up, whatever happens."""
    if current is None or is_too_old(asked, current):
        return HttpResponseRedirect(asked.reply_url(error="login_required"))
    if not has_grant(asked, current):
        return HttpResponseRedirect(asked.reply_url(error="interaction_required"))
    return grant(asked, current)


def needs_fresh_sign_in(asked: AuthorizeRequest, current: SignIn) -> bool:
    return "login" in asked.prompts or is_too_old(asked, current)


def is_too_old(asked: AuthorizeRequest, current: SignIn) -> bool:
    return asked.max_age is not None and current.age.total_seconds() > asked.max_age


def sign_in_url(query: QueryDict) -> str:
    """Sign-in or registration, prefilled, which then comes back here.

    The person has been signed out, so coming back takes a fresh sign-in: the demand for one is
    met and must not be made again; prompt=login still forces the consent page.
    """
    again = query.copy()
    again.pop("max_age", None)
    if "prompt" in again:
        again["prompt"] = query.get("prompt", "").replace("login", "confirm")
    forward = {"next": f"/oauth/authorize?{again.urlencode()}"}
    for key in ("orcid", "email"):
        if (known := query.get(key)) and person_by_login(known):
            return "/signin?" + urlencode({**forward, "login": known})
    prefilled = {
        key: query[key] for key in ("email", "given_names", "family_names") if query.get(key)
    }
    if not prefilled:
        return "/signin?" + urlencode(forward)
    # The registry names this field differently in its own form.
    if "family_names" in prefilled:
        prefilled["family_name"] = prefilled.pop("family_names")
    return "/register?" + urlencode({**forward, **prefilled})


def has_grant(asked: AuthorizeRequest, current: SignIn) -> bool:
    return grants.has_standing_grant(
        client=asked.client, person=current.person, scopes=asked.scopes
    )


def decide(request: HttpRequest, asked: AuthorizeRequest, current: SignIn) -> HttpResponse:
    if request.POST.get("decision") != "authorize":
        denied = asked.reply_url(error="access_denied", error_description="User denied access")
        return HttpResponseRedirect(denied)
    return grant(asked, current, persistent="persistent" in request.POST)


def grant(asked: AuthorizeRequest, current: SignIn, *, persistent: bool = True) -> HttpResponse:
    code = AuthorizationCode.objects.create(
        code=grants.new_code(),
        client=asked.client,
        person=current.person,
        scopes=sorted(asked.scopes),
        redirect_uri=asked.redirect_uri,
        nonce=asked.nonce,
        persistent=persistent,
        authenticated_at=current.at,
    )
    return HttpResponseRedirect(asked.reply_url(code=code.code))
