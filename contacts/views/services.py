"""Accounts elsewhere: the way there and back, and removing one from one's own account."""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts.browsers import browser_of
from contacts.elsewhere import services
from contacts.elsewhere.answers import problem_response
from contacts.elsewhere.problems import Problem
from contacts.proof import proof_needed, proof_page, proved_recently
from contacts.services import ways_in
from integrations.orcid.provider import OrcidProvider
from members.http import PortalRequest


def _provider(request: HttpRequest, service: str) -> Any:
    if service not in services.switched_on():
        raise Http404
    return get_adapter().get_provider(request, provider=service)


@login_not_required
@require_POST
@never_cache
def service_login(request: HttpRequest, service: str) -> HttpResponse:
    """Off to the service: to sign in, or, with `process=connect`, to add it to one's account."""
    provider = _provider(request, service)
    if request.POST.get("process") == "connect" and request.user.is_authenticated:
        if request.user.is_staff:
            raise PermissionDenied
        if not proved_recently(request):
            messages.info(
                request, _("First confirm that it is you; then press “Connect” once more.")
            )
            return redirect(proof_page(reverse("accounts")))
    away = provider.redirect_from_request(request)
    # A page, not a redirect: browsers hold a form's redirects to `form-action`, and nobody knows
    # where the service sends its people on to.
    context = {"service": services.NAMES[service], "url": away["Location"]}
    return render(request, "socialaccount/leaving.html", context)


@login_not_required
@require_GET
@never_cache
def service_callback(request: HttpRequest, service: str) -> HttpResponse:
    adapter = _provider(request, service).get_oauth2_adapter(request)
    try:
        response: HttpResponse = OAuth2CallbackView.adapter_view(adapter)(request)
    except (KeyError, TypeError, ValueError) as error:
        # An answer that is not what the service's own documentation says.
        return problem_response(request, service, Problem.UNTRUSTED, reason=type(error).__name__)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def account_remove(request: PortalRequest, pk: int) -> HttpResponse:
    others = SocialAccount.objects.exclude(provider=OrcidProvider.id)
    account = get_object_or_404(others, pk=pk, user=request.user)
    name = services.service_name(account.provider)
    if request.method == "POST":
        try:
            ways_in.remove_account(
                user_id=request.user.pk,
                account_id=pk,
                but=request.session.session_key,
                browser=browser_of(request),
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("%s is no longer connected.") % name)
        return redirect("accounts")
    context = {"service": name, "is_last": ways_in.is_last(request.user, account)}
    return render(request, "socialaccount/remove.html", context)


remove = proof_needed(account_remove)
