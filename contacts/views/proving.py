"""*Confirm that it is you*: one page with whatever the person can prove themselves by."""

from typing import Any

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from contacts.forms.accounts import CodeForm, PasskeyAgainForm, PasswordForm
from contacts.proof import proved_recently, renew_session, ways_of
from members.http import PortalRequest


@sensitive_post_parameters("password", "code", "credential")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_identity(request: PortalRequest) -> HttpResponse:
    """Leads on to `next` once the person has proved who they are."""
    next_url = get_next_redirect_url(request) or "/me/accounts/"
    ways = ways_of(request.user)
    forms = _forms(request)
    sent = next((way for way, form in forms.items() if form.is_bound and getattr(ways, way)), None)
    if sent and forms[sent].is_valid():
        if sent == "password":
            reauthenticate_by_password(request)
        else:
            forms[sent].save()
        # More is open to this session now: not to whoever had its key before.
        renew_session(request)
    if proved_recently(request):
        return redirect(next_url)
    context: dict[str, Any] = {"ways": ways, "forms": forms, "next_url": next_url}
    if ways.passkey:
        context["js_data"] = {"request_options": begin_authentication(request.user)}
    return render(request, "account/confirm_identity.html", context)


def _forms(request: PortalRequest) -> dict[str, Any]:
    """By the name of the way; bound to what was sent, if it was that."""
    fields = {"password": PasswordForm, "code": CodeForm, "passkey": PasskeyAgainForm}
    data = request.POST if request.method == "POST" else None
    names = {"password": "password", "code": "code", "passkey": "credential"}
    return {
        way: form(user=request.user, data=data if data and names[way] in data else None)
        for way, form in fields.items()
    }
