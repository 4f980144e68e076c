"""The pages that mailed links lead to: an invitation, *this is not me*, a new address."""

import functools
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contacts.forms.people import AcceptForm, AnswerForm
from contacts.letters import consortium_of
from contacts.models import PROTECTED_ROLES, Contact, Invitation, Role, User
from contacts.networks import from_network, too_often
from contacts.services import answering, editing, leaving
from contacts.throttles import DEAD_LINKS, spend, wait_for
from members.actors import Actor
from members.models import Member

View = Callable[..., HttpResponse]


def with_token(view: View) -> View:
    """Kept in no cache; its address, which is a secret, is told to no other site. From where many links
    have led nowhere, none leads anywhere for a while.

    `same-origin` rather than `no-referrer`: with the latter browsers send `Origin: null` with the
    page's own forms, which the CSRF check rightly refuses.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        guesses = from_network(DEAD_LINKS, request)
        if wait := wait_for(guesses):
            return too_often(request, wait)
        response = view(request, *args, **kwargs)
        if response.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            spend(guesses)
        response["Referrer-Policy"] = "same-origin"
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped


def dead_link(request: HttpRequest, error: ValidationError, what: str) -> HttpResponse:
    """A link that no longer does anything: why, and the way on."""
    unknown = getattr(error, "code", "") == "unknown"
    context = {"reason": error.messages[0], "what": what}
    status = HTTPStatus.NOT_FOUND if unknown else HTTPStatus.GONE
    return render(request, "people/dead_link.html", context, status=status)


# --- An invitation (C3) --------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@with_token
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    try:
        offer = answering.find_invitation(token)
        if request.method != "POST":
            return _invitation_page(request, offer)
        return _answer(request, token, offer)
    except ValidationError as error:
        return dead_link(request, error, "invitation")


def _answer(request: HttpRequest, token: str, offer: Invitation) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return redirect(request.path)
    if form.cleaned_data["answer"] == "decline":
        answering.decline_invitation(token=token, by=_actor(request))
        return render(request, "people/declined.html", {"member": offer.member})
    if not getattr(request.user, "orcid", None):
        return redirect(request.path)  # where the sign-in is
    return _accept(request, token, offer)


def _accept(request: HttpRequest, token: str, offer: Invitation) -> HttpResponse:
    form = AcceptForm(request.POST, user=_person(request), offer=offer)
    if not form.is_valid():
        return _invitation_page(request, offer, form=form)
    try:
        contact = answering.accept_invitation(token=token, by=_actor(request), **form.details)
    except ValidationError as error:
        if not hasattr(error, "error_dict"):
            raise
        form.add_service_error(error)
        return _invitation_page(request, offer, form=form)
    _welcome(request, offer, contact)
    return HttpResponseRedirect(offer.member.get_absolute_url())


def _welcome(request: HttpRequest, offer: Invitation, contact: Contact) -> None:
    text = _("Welcome. You are now a contact of %(member)s.")
    messages.success(request, text % {"member": offer.member.display_name})
    if left_out := [Role(role).label for role in offer.roles if role not in contact.roles]:
        text = _("Not given, because it is taken or may no longer be given: %(roles)s.")
        messages.warning(request, text % {"roles": ", ".join(left_out)})


def _invitation_page(
    request: HttpRequest, offer: Invitation, *, form: AcceptForm | None = None
) -> HttpResponse:
    if form is None and getattr(request.user, "orcid", None):
        form = AcceptForm(user=_person(request), offer=offer)
    context = {
        "invitation": offer,
        "form": form,
        "roles": [Role(role) for role in offer.roles],
        # Signing in as somebody else: ORCID is told to ask for the password again.
        "fresh": "other" in request.GET,
        **_about(offer.member),
    }
    return render(request, "people/invitation.html", context)


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _actor(request: HttpRequest) -> Actor:
    return Actor.contact(_person(request)) if request.user.is_authenticated else Actor.system()


def _about(member: Member) -> dict[str, Any]:
    return {
        "member": member,
        "consortium": consortium_of(member),
        "protected_roles": PROTECTED_ROLES,
    }


# --- This is not me (C2) -------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@with_token
def disown(request: HttpRequest, token: str) -> HttpResponse:
    try:
        contact = leaving.contact_behind_not_me_link(token)
        about = _about(contact.member)
        if request.method != "POST":
            return render(request, "people/disown.html", {"contact": contact, **about})
        leaving.disown(token=token)
    except ValidationError as error:
        return dead_link(request, error, "disown")
    return render(request, "people/disowned.html", about)


# --- A new address (C6) --------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@with_token
def prove_contact_address(request: HttpRequest, token: str) -> HttpResponse:
    try:
        contact, address = editing.contact_behind_address_link(token)
        context = {"contact": contact, "address": address, "member": contact.member}
        if getattr(request.user, "orcid", None) != contact.orcid:
            status = HTTPStatus.FORBIDDEN
            # To the wrong person neither name nor organisation is told.
            return render(request, "people/address_of_another.html", {}, status=status)
        if request.method != "POST":
            return render(request, "people/prove_address.html", context)
        editing.prove_address(token=token, by=_actor(request))
    except ValidationError as error:
        return dead_link(request, error, "address")
    text = _("%(email)s is now your address at %(member)s.")
    messages.success(request, text % {"email": address, "member": contact.member.display_name})
    return redirect("me:home")
