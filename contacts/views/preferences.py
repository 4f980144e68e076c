"""What a person wants to hear of: by a mailed link, or signed in; and one press to unsubscribe."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from contacts.forms.preferences import PreferencesForm
from contacts.letters import consortium_of
from contacts.preferences import Place, contact_behind_link, places_of
from contacts.services import preferences as service
from contacts.views.links import dead_link, with_token
from members.actors import Actor
from members.http import PortalRequest


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@with_token
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    try:
        contact, _kind = contact_behind_link(token)
        if request.method == "POST" and (form := PreferencesForm(request.POST)).is_valid():
            service.set_preferences_by_link(
                token=token, place_key=form.cleaned_data["place"], wants=form.wants
            )
            messages.success(request, _("Your choice is saved."))
            return redirect("preferences", token)
    except ValidationError as error:
        return dead_link(request, error, "preferences")
    places = places_of(contact.orcid, address=contact.email)
    return _page(request, places, {"address": contact.email})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def my_preferences(request: PortalRequest) -> HttpResponse:
    if request.method == "POST" and (form := PreferencesForm(request.POST)).is_valid():
        try:
            service.set_preferences(
                place_key=form.cleaned_data["place"],
                wants=form.wants,
                by=Actor.contact(request.user),
            )
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, _("Your choice is saved."))
        return redirect("me:preferences")
    return _page(request, places_of(request.user.orcid), {})


def _page(request: HttpRequest, places: list[Place], context: dict[str, Any]) -> HttpResponse:
    rows = [(place, PreferencesForm.of(place)) for place in places]
    return render(request, "people/preferences.html", {**context, "rows": rows})


@login_not_required
@csrf_exempt  # RFC 8058: mail programs post here by themselves, without cookies
@require_http_methods(["GET", "HEAD", "POST"])
@with_token
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET only asks: programs that look at links in mails must not unsubscribe anybody."""
    try:
        contact, kind = contact_behind_link(token)
        context = {
            "contact": contact,
            "kind": kind,
            "token": token,
            "consortium": consortium_of(contact.member),
        }
        if request.method != "POST":
            return render(request, "people/unsubscribe.html", context)
        if request.POST.get("List-Unsubscribe") != "One-Click":
            status = HTTPStatus.BAD_REQUEST
            return render(request, "people/unsubscribe.html", context, status=status)
        service.unsubscribe(token=token)
    except ValidationError as error:
        return dead_link(request, error, "preferences")
    # No redirect: RFC 8058 forbids it.
    return render(request, "people/unsubscribed.html", context)
