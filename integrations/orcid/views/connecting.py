"""Off to ORCID to connect, and back; and the end of a connection.

How it went is told on the page of the person's accounts: the address that ORCID sends people back to
holds a code, and is left at once.
"""

import hmac
import logging
import secrets
import time
from functools import partial
from http import HTTPStatus
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from integrations.orcid import connections
from integrations.orcid.errors import OrcidRefused, OrcidUnavailable
from integrations.orcid.models import Connection
from integrations.orcid.problems import ConnectProblem
from integrations.orcid.provider import CLIENT_ERRORS

log = logging.getLogger(__name__)

_STATE_KEY = "orcid_connecting"
_PROBLEM_KEY = "orcid_connect_problem"
# Time to sign in at ORCID, or to register first.
STATE_SECONDS = 1800


@require_POST
@never_cache
def connect(request: HttpRequest) -> HttpResponse:
    """Send the person to ORCID, to be asked for what *My publications* needs; with `write`, also to
    let works be added."""
    return send_to_orcid(request, next_url=_next(request), writes=request.POST.get("write") == "1")


def send_to_orcid(
    request: HttpRequest, *, next_url: str = "", writes: bool = False
) -> HttpResponseRedirect:
    """For views that answer a press of the person; `next_url` is a page of this portal."""
    orcid = _orcid_of(request)
    if not orcid and not get_adapter(request).may_claim_orcid(request):
        return _fail(request, ConnectProblem.NO_ID)
    if not (settings.ORCID_CLIENT_ID and settings.ORCID_CLIENT_SECRET):
        return _fail(request, ConnectProblem.MISCONFIGURED)
    state = secrets.token_urlsafe(24)
    request.session[_STATE_KEY] = {"state": state, "at": time.time(), "next": next_url}
    return HttpResponseRedirect(connections.begin(orcid=orcid, state=state, writes=writes))


@require_GET
@never_cache
def connected(request: HttpRequest) -> HttpResponse:
    """Where ORCID sends the person back to, with a code or without."""
    begun = request.session.pop(_STATE_KEY, None)
    if begun is None or not _is_the_one(begun, request.GET.get("state", "")):
        return _fail(request, ConnectProblem.EXPIRED)
    code = request.GET.get("code", "")
    if not code:
        return _without_code(request, begun)
    return _with_code(request, begun, code)


def _without_code(request: HttpRequest, begun: dict[str, Any]) -> HttpResponse:
    if request.GET.get("error") == "access_denied":
        messages.info(request, _("Not connected: you did not allow it at ORCID. That is fine."))
        return redirect(begun["next"] or "accounts")
    # What only we can have caused: a scope that this client may not ask for, say.
    log.warning("ORCID connection: sent back without a code.")
    return _fail(request, ConnectProblem.MISCONFIGURED)


def _with_code(request: HttpRequest, begun: dict[str, Any], code: str) -> HttpResponse:
    # Who signed in by other means proves their iD here, and has it from then on.
    claim = partial(get_adapter(request).claim_orcid, request)
    try:
        connections.connect(orcid=_orcid_of(request), code=code, claim=claim)
    except connections.AnotherId as error:
        return _fail(request, ConnectProblem.ANOTHER_ID, came=error.orcid)
    except connections.TooLittle:
        return _fail(request, ConnectProblem.TOO_LITTLE)
    except OrcidUnavailable:
        return _fail(request, ConnectProblem.UNAVAILABLE)
    except OrcidRefused as error:
        log.warning("ORCID connection refused: %s %s", error.status, error.error)
        is_ours = error.status == HTTPStatus.UNAUTHORIZED or error.error in CLIENT_ERRORS
        return _fail(request, ConnectProblem.MISCONFIGURED if is_ours else ConnectProblem.EXPIRED)
    messages.success(request, _("Your ORCID record is connected."))
    return redirect(begun["next"] or "accounts")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def disconnect(request: HttpRequest) -> HttpResponse:
    """Ask, and say what stays; then end the connection (O6)."""
    connection = connections.own_connection(_orcid_of(request))
    if connection is None or not connection.can_be_ended:
        return redirect("accounts")
    if request.method != "POST":
        return render(request, "people/disconnect.html", {"connection": connection})
    connections.disconnect(connection_id=connection.pk)
    connection.refresh_from_db()
    if connection.state == Connection.State.ENDED:
        text = _("Disconnected. ORCID has ended our permission.")
    else:
        text = _(
            "Disconnected. ORCID does not answer at the moment: we go on telling it that our "
            "permission has ended, and do not use it any more."
        )
    messages.success(request, text)
    return redirect("accounts")


def problem_of(request: HttpRequest) -> tuple[ConnectProblem, str] | None:
    """What went wrong the last time, told once: and the iD that came, where it was another one."""
    kept = request.session.pop(_PROBLEM_KEY, None)
    return (ConnectProblem(kept["problem"]), kept["came"]) if kept else None


def _fail(request: HttpRequest, problem: ConnectProblem, *, came: str = "") -> HttpResponseRedirect:
    request.session[_PROBLEM_KEY] = {"problem": problem.value, "came": came}
    return redirect("accounts")


def _is_the_one(begun: dict[str, Any], state: str) -> bool:
    is_in_time = time.time() - begun["at"] <= STATE_SECONDS
    return is_in_time and hmac.compare_digest(begun["state"].encode(), state.encode())


def _next(request: HttpRequest) -> str:
    """Where to go on: a page of this portal, or nothing."""
    url = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url if is_ours and url.startswith("/") else ""


def _orcid_of(request: HttpRequest) -> str:
    """The iD that the person proved at sign-in (C4); empty for those who have none."""
    return getattr(request.user, "orcid", None) or ""
