"""`/permissions/<token>/`: an institution asks; sign-in, consent at ORCID and grant in one go (O2).

What the person ticked and pressed is kept in their session for the way to ORCID and back. Each step
looks what is still missing: the iD, then what ORCID is to allow.
"""

import time
from http import HTTPStatus
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from contacts.letters import consortium_of
from contacts.services.invitations import token_hash
from contacts.views.links import dead_link, with_token
from integrations.orcid import connections
from integrations.orcid.views.connecting import send_to_orcid
from integrations.works.forms.permissions import AnswerForm
from integrations.works.models import Grant, PermissionRequest
from integrations.works.services import answering as service
from integrations.works.switches import lacking, switches
from members.actors import Actor

_KEY = "permission_answer"
# Time to sign in at ORCID twice, or to register first.
ANSWER_SECONDS = 3600


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@with_token
def permission(request: HttpRequest, token: str) -> HttpResponse:
    """What is asked, by whom, and why; and the answer."""
    try:
        asked = service.find_request(token)
        if request.method != "POST":
            return _page(request, asked)
        if request.POST.get("answer") == "deny":
            service.deny(token=token, by=_actor(request))
            return _denied(request, asked)
        return _allow(request, token, asked)
    except ValidationError as error:
        return dead_link(request, error, "permission")


def _allow(request: HttpRequest, token: str, asked: PermissionRequest) -> HttpResponse:
    form = AnswerForm(request.POST, request=asked)
    if not form.is_valid():
        return _page(request, asked, form=form)
    request.session[_KEY] = {
        "hash": token_hash(token),
        "purposes": form.cleaned_data["purposes"],
        "at": time.time(),
        "was_at_orcid": False,
    }
    return _next_step(request, token, asked)


@require_safe
@with_token
def finish(request: HttpRequest, token: str) -> HttpResponse:
    """Back from ORCID: on with what was pressed, or to the page that asks."""
    try:
        asked = service.find_request(token)
        if _kept(request, token) is None:
            return redirect("permission_request", token)
        return _next_step(request, token, asked)
    except ValidationError as error:
        return dead_link(request, error, "permission")


def _next_step(request: HttpRequest, token: str, asked: PermissionRequest) -> HttpResponse:
    kept = _kept(request, token) or {}
    here = reverse("permission_finish", args=[token])
    if not request.user.is_authenticated:
        provider = get_adapter(request).get_provider(request, "orcid")
        response: HttpResponse = provider.redirect(request, AuthProcess.LOGIN, next_url=here)
        return response
    person = request.user
    if not service.is_for(asked, person):
        return _page(request, asked)
    connection = connections.own_connection(person.orcid)
    if lacking(connection, kept["purposes"]):
        if not kept["was_at_orcid"]:
            writes = Grant.Purpose.PUSH in kept["purposes"]
            if not person.orcid:
                # There are more pages on the way to an iD, and *not now* on one of them: the person
                # comes back to the page that asks.
                asks = reverse("permission_request", args=[token])
                return send_to_orcid(request, next_url=asks, writes=writes)
            request.session[_KEY] = kept | {"was_at_orcid": True}
            return send_to_orcid(request, next_url=here, writes=writes)
        # Whatever else goes wrong at ORCID is told on the page of the accounts: this is a no.
        del request.session[_KEY]
        service.deny(token=token, by=_actor(request), at_orcid=True)
        return _denied(request, asked)
    del request.session[_KEY]
    service.accept(token=token, purposes=kept["purposes"], by=_actor(request))
    text = _("Done: %(name)s has your permission. You can withdraw it here at any time.")
    messages.success(request, text % {"name": asked.member.display_name})
    return redirect("permissions:member", asked.member.slug)


def _kept(request: HttpRequest, token: str) -> dict[str, Any] | None:
    """What this person pressed for this link a while ago, if they did."""
    kept: dict[str, Any] | None = request.session.get(_KEY)
    if kept is None or kept["hash"] != token_hash(token):
        return None
    return kept if time.time() - kept["at"] <= ANSWER_SECONDS else None


def _page(
    request: HttpRequest, asked: PermissionRequest, *, form: AnswerForm | None = None
) -> HttpResponse:
    user = request.user
    is_anothers = user.is_authenticated and not service.is_for(asked, user)
    context = {
        "asked": asked,
        "form": form or AnswerForm(request=asked),
        "switches": switches(purposes=asked.purposes),
        "is_anothers": is_anothers,
        # Signing in as somebody else: ORCID is told to ask for the password again.
        "fresh": "other" in request.GET,
        **_about(asked),
    }
    status = HTTPStatus.FORBIDDEN if is_anothers else HTTPStatus.OK
    return render(request, "works/permission_request.html", context, status=status)


def _about(asked: PermissionRequest) -> dict[str, Any]:
    return {"member": asked.member, "consortium": consortium_of(asked.member)}


def _denied(request: HttpRequest, asked: PermissionRequest) -> HttpResponse:
    return render(request, "works/permission_denied.html", {"member": asked.member})


def _actor(request: HttpRequest) -> Actor:
    user = request.user
    return Actor.contact(user) if user.is_authenticated else Actor.system()
