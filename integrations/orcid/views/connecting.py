"""Off to ORCID to connect, and back.

How it went is told on the page of the person's accounts: the address that ORCID sends people back to
holds a code, and is left at once.
"""

import hmac
import logging
import secrets
import time
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from integrations.orcid import connections
from integrations.orcid.errors import OrcidRefused, OrcidUnavailable
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
    adapter = get_adapter(request)
    adapter.stop_if_throttled(request)
    if not orcid:
        if not adapter.may_have_orcid(request):
            return _fail(request, ConnectProblem.NO_ID, next_url=next_url)
        adapter.stop_unless_proved(request, next_url=next_url)
    if not (settings.ORCID_CLIENT_ID and settings.ORCID_CLIENT_SECRET):
        return _fail(request, ConnectProblem.MISCONFIGURED, next_url=next_url)
    state = secrets.token_urlsafe(24)
    request.session[_STATE_KEY] = {"state": state, "at": time.time(), "next": next_url}
    return HttpResponseRedirect(connections.begin(orcid=orcid, state=state, writes=writes))


@require_GET
@never_cache
def connected(request: HttpRequest) -> HttpResponse:
    """Where ORCID sends the person back to, with a code or without."""
    begun = request.session.pop(_STATE_KEY, None)
    if begun is None or not _is_the_one(begun, request.GET.get("state", "")):
        return _fail(request, ConnectProblem.EXPIRED, next_url=(begun or {}).get("next", ""))
    code = request.GET.get("code", "")
    if not code:
        return _without_code(request, begun)
    return _with_code(request, begun, code)


def _without_code(request: HttpRequest, begun: dict[str, Any]) -> HttpResponse:
    if request.GET.get("error") == "access_denied":
        # Who was asked for more than before keeps what was before.
        held = connections.own_connection(_orcid_of(request))
        if held and held.is_active:
            words = _("You did not allow it at ORCID. That is fine: what you allowed before stays.")
        else:
            words = _("Not connected: you did not allow it at ORCID. That is fine.")
        messages.info(request, words)
        return redirect(begun["next"] or "accounts")
    # What only we can have caused: a scope that this client may not ask for, say.
    log.warning("ORCID connection: sent back without a code.")
    return _fail(request, ConnectProblem.MISCONFIGURED, next_url=begun["next"])


def _with_code(request: HttpRequest, begun: dict[str, Any], code: str) -> HttpResponse:
    # Who signed in by other means proves their iD here, and has it from then on.
    fail = partial(_fail, request, next_url=begun["next"])
    claim = partial(get_adapter(request).claim_orcid, request)
    try:
        made = connections.connect(orcid=_orcid_of(request), code=code, claim=claim)
    except connections.AnotherId as error:
        return fail(ConnectProblem.ANOTHER_ID, came=error.orcid)
    except connections.TooLittle:
        return fail(ConnectProblem.TOO_LITTLE)
    except OrcidUnavailable:
        return fail(ConnectProblem.UNAVAILABLE)
    except OrcidRefused as error:
        log.warning("ORCID connection refused: %s %s", error.status, error.error)
        is_ours = error.status == HTTPStatus.UNAUTHORIZED or error.error in CLIENT_ERRORS
        return fail(ConnectProblem.MISCONFIGURED if is_ours else ConnectProblem.EXPIRED)
    if connections.may_write(made):
        words = _("Your ORCID record is connected, and you allow us to add works to it.")
    else:
        words = _("Your ORCID record is connected.")
    messages.success(request, words)
    return redirect(begun["next"] or "accounts")


@dataclass(frozen=True)
class Told:
    """What went wrong the last time: the iD that came, where it was another one, and where the person
    was to go on."""

    problem: ConnectProblem
    came: str
    next_url: str


def problem_of(request: HttpRequest) -> Told | None:
    """Told once."""
    kept = request.session.pop(_PROBLEM_KEY, None)
    return Told(ConnectProblem(kept["problem"]), kept["came"], kept["next"]) if kept else None


def _fail(
    request: HttpRequest, problem: ConnectProblem, *, came: str = "", next_url: str = ""
) -> HttpResponseRedirect:
    """To the page that says why; its button goes the same way again, to the same end."""
    kept = {"problem": problem.value, "came": came, "next": next_url}
    request.session[_PROBLEM_KEY] = kept
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
