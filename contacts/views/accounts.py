"""A person's own account: password, second factor, sessions."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from contacts.browsers import browser_name
from contacts.proof import has_second_factor, proof_needed, proved_recently
from contacts.services import security
from members.http import PortalRequest


@never_cache
def password(request: PortalRequest) -> HttpResponse:
    """Changed by those who have one; the others sign in at ORCID or their institution."""
    if not request.user.has_usable_password():
        return render(request, "account/no_password.html")
    response: HttpResponse = account.password_change(request)
    return response


@require_safe
@never_cache
def sessions(request: PortalRequest) -> HttpResponse:
    known = UserSession.objects.filter(session_key=request.session.session_key)
    if not known.exists():  # one that began before sessions were kept
        UserSession.objects.create_from_request(request)
    rows = [
        {
            "session": row,
            "browser": browser_name(row.user_agent),
            "is_this": row.session_key == request.session.session_key,
        }
        for row in security.live_sessions(request.user)
    ]
    rows.sort(key=lambda row: not row["is_this"])
    context = {"rows": rows, "is_proved": proved_recently(request)}
    return render(request, "account/sessions.html", context)


def _is_number(host: str) -> bool:
    """Passkeys belong to a name: browsers refuse them for an address such as 127.0.0.1."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@require_POST
def session_end(request: PortalRequest, pk: int) -> HttpResponse:
    ended = security.end_session(user=request.user, session_id=pk)
    if ended:
        messages.success(request, _("Signed out there."))
    else:
        messages.info(request, _("That session was over already."))
    return redirect("usersessions_list")


@require_POST
def sessions_end_others(request: PortalRequest) -> HttpResponse:
    number = security.end_other_sessions(user=request.user, but=request.session.session_key)
    text = ngettext("Signed out in %(n)s other place.", "Signed out in %(n)s other places.", number)
    messages.success(request, text % {"n": number})
    return redirect("usersessions_list")


@require_safe
@never_cache
def second_factor(request: PortalRequest) -> HttpResponse:
    """allauth's overview, with what only operators have to know."""
    view: Any = factors.IndexView()
    view.setup(request)
    context = view.get_context_data()
    context["can_have_passkeys"] = not _is_number(urlsplit(settings.SITE_URL).hostname or "")
    context["is_missing"] = request.user.is_staff and not has_second_factor(request.user)
    return render(request, "mfa/index.html", context)


end_one = proof_needed(session_end, back="usersessions_list")
end_others = proof_needed(sessions_end_others, back="usersessions_list")
add_app = proof_needed(never_cache(app.activate_totp))
remove_app = proof_needed(app.deactivate_totp)
show_codes = proof_needed(never_cache(codes.view_recovery_codes))
make_codes = proof_needed(codes.generate_recovery_codes)
download_codes = proof_needed(codes.download_recovery_codes, back="mfa_view_recovery_codes")
add_passkey = proof_needed(never_cache(passkeys.add_webauthn))
remove_passkey = proof_needed(passkeys.remove_webauthn)
