"""Asking for help, and watching what becomes of it; objecting to a new Main."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contacts.forms._shared import ServiceForm
from contacts.forms.help import HelpForm, ObjectForm, ReplyForm
from contacts.models import HelpRequest, User
from contacts.networks import from_network
from contacts.services import recovery as recovery_service
from contacts.services import requests as service
from contacts.services.security import address_of
from contacts.throttles import HELP_FROM_NETWORK, in_words, spend
from contacts.views._shared import sent
from contacts.views.links import dead_link, with_token
from members.actors import Actor
from members.models import Member


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def help_request(request: HttpRequest) -> HttpResponse:
    form = HelpForm(sent(request), initial=_initial(request))
    if not form.is_valid() or _asks_too_often(request, form):
        return render(request, "people/help_request.html", {"form": form})
    user = request.user if isinstance(request.user, User) else None
    try:
        service.open_request(user=user, **form.found())
    except ValidationError as error:
        # To a stranger an address from which others have asked looks like any other (A8).
        if getattr(error, "code", None) != "throttled":
            form.add_service_error(error)
            return render(request, "people/help_request.html", {"form": form})
    return render(request, "people/help_sent.html", {"email": form.cleaned_data["email"]})


def _asks_too_often(request: HttpRequest, form: HelpForm) -> bool:
    """Whether so many mails were caused from there that somebody is at play with other people's
    mailboxes; the form says so."""
    wait = spend(from_network(HELP_FROM_NETWORK, request))
    if wait:
        text = _("Many requests have come from your network. Try again in %(wait)s.")
        form.add_error(None, text % {"wait": in_words(wait)})
    return bool(wait)


def _initial(request: HttpRequest) -> dict[str, str]:
    initial = {"kind": request.GET.get("kind", "")}
    if isinstance(request.user, User):
        initial |= {"name": request.user.name, "email": address_of(request.user)}
    slug = request.GET.get("organisation", "")
    member = Member.objects.public().filter(slug=slug).first() if slug else None
    return {**initial, "organisation": str(member)} if member else initial


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@with_token
def help_status(request: HttpRequest, token: str) -> HttpResponse:
    """Proves the address on the first POST; afterwards shows every step, and takes replies."""
    try:
        asked = service.request_behind(token)
    except ValidationError as error:
        return dead_link(request, error, "help")
    if not asked.proved_at:
        return _prove(request, token, asked)
    form = ReplyForm(sent(request)) if not asked.closed_at else None
    if request.method == "POST" and form and form.is_valid():
        try:
            service.reply(token=token, text=form.cleaned_data["text"])
        except ValidationError as error:
            form.add_service_error(error)
        else:
            messages.success(request, _("Your message is added."))
            return redirect(request.path)
    return render(request, "people/help_status.html", {"asked": asked, "form": form})


def _prove(request: HttpRequest, token: str, asked: HelpRequest) -> HttpResponse:
    if request.method != "POST":
        context = {"asked": asked, "form": ServiceForm()}
        return render(request, "people/help_prove.html", context)
    service.prove_request(token=token)
    messages.success(request, _("Your request is with the people who can help."))
    return redirect(request.path)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@with_token
def recovery(request: HttpRequest, token: str) -> HttpResponse:
    """Who is to become Main, why, and from when; anybody who was told may object."""
    try:
        found = recovery_service.recovery_behind(token)
        form = ObjectForm(sent(request))
        if not form.is_valid():
            return render(request, "people/recovery.html", {"recovery": found, "form": form})
        by = Actor.contact(request.user) if isinstance(request.user, User) else None
        recovery_service.object_to(token=token, text=form.cleaned_data["text"], by=by)
    except ValidationError as error:
        return dead_link(request, error, "recovery")
    return render(request, "people/recovery_objected.html", {"recovery": found})
